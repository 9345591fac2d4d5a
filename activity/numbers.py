"""Whole numbers in what others send."""

import re

CANONICAL = re.compile(r"0|[1-9][0-9]*", re.ASCII)


def whole_number(text: str, minimum: int, maximum: int) -> int:
    """The number that `text` writes in the usual way: decimal ASCII digits, no sign, no leading 0.

    Raises `ValueError` for any other text, and for a number outside of `minimum` to `maximum`. A
    longer text is not converted: the time of `int` is quadratic in the number of digits.
    """
    if len(text) > len(str(maximum)) or not CANONICAL.fullmatch(text):
        raise ValueError("not a whole number in range")
    number = int(text)
    if not minimum <= number <= maximum:
        raise ValueError("not a whole number in range")
    return number
