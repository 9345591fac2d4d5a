"""Text cells that no spreadsheet takes for formulas, and back again without loss."""

FORMULA_STARTS = "=+-@'\t\r\n＝＋－＠"


def guard(text: str) -> str:
    """`text` with a `'` in front if a spreadsheet might take it for a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def unguard(text: str) -> str:
    """Undo `guard`."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in FORMULA_STARTS else text
