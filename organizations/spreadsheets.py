"""Escapes text that a spreadsheet would read as a formula. The escape is reversible."""

FORMULA_STARTS = "=+-@'\t\r\n＝＋－＠"


def guard(text: str) -> str:
    """Return `text`, with a leading `'` if a spreadsheet might read it as a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def unguard(text: str) -> str:
    """Reverse `guard`."""
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in FORMULA_STARTS else text
