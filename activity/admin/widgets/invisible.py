"""Show invisible characters, which can make two texts look the same, or turn a text around."""

import re
import unicodedata

# Letters and symbols that look like nothing or like a space: fillers of Hangul, a blank of Braille.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
JOINERS = frozenset("\u200c\u200d")  # spell words of some scripts, and combine emoji
UNUSUAL = re.compile(r"[^\x20-\x7e\n\t]")


def visible(text: object) -> str:
    """`text` for a page, with each invisible character as its code point, such as ⟨U+202E⟩.

    Links, searches and downloads use the original text.
    """
    return UNUSUAL.sub(_shown, str(text))


def _shown(found: re.Match[str]) -> str:
    character = found[0]
    return f"⟨U+{ord(character):04X}⟩" if _is_invisible(character, found) else character


def _is_invisible(character: str, found: re.Match[str]) -> bool:
    if character in BLANK:
        return True
    if character.isprintable():
        return False
    if character in JOINERS:
        start, end = found.span()
        before, after = found.string[max(0, start - 1) : start], found.string[end : end + 1]
        return not before or not after or before.isascii() or after.isascii()
    return unicodedata.category(character) != "Zs"  # spaces of all widths can be seen
