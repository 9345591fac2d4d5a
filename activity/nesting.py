"""How deep JSON may be nested, and a decoder for rows that an older version stored deeper.

Python's JSON functions and those of receivers recurse. Without a limit, one event could make every
page that shows it fail.
"""

import json
import re
from itertools import accumulate
from typing import Any

MAX_DEPTH = 64  # levels of an event's data, which is the first level itself

# The possessive quantifiers and the optional end keep both patterns linear in any text.
STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
MARKS = re.compile(rf"{STRINGS.pattern}|[\[\]{{}}]", re.DOTALL)
NO_BRACKETS = re.compile(r"[^\[\]{}]+")
STEPS = {"{": 1, "[": 1, "}": -1, "]": -1}


def is_too_deep(text: str) -> bool:
    """Whether the JSON `text` is nested deeper than `MAX_DEPTH`. Linear, without recursion."""
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    brackets = NO_BRACKETS.sub("", STRINGS.sub("", text))
    return max(accumulate(map(STEPS.__getitem__, brackets)), default=0) > MAX_DEPTH


def flattened(text: str) -> str:
    """The JSON `text` in which each value deeper than `MAX_DEPTH` is a string of its JSON."""
    pieces: list[str] = []
    depth = begin = start = 0
    for mark in MARKS.finditer(text):
        step = STEPS.get(mark[0], 0)
        if step == 1 and depth == MAX_DEPTH:
            start = mark.start()
        elif step == -1 and depth == MAX_DEPTH + 1:
            pieces += [text[begin:start], json.dumps(text[start : mark.end()])]
            begin = mark.end()
        depth += step
    return "".join([*pieces, text[begin:]])


class _StoredDecoder(json.JSONDecoder):
    def decode(self, s: str, *args: Any) -> Any:
        return super().decode(flattened(s) if is_too_deep(s) else s, *args)


_DECODER = _StoredDecoder()


def stored_decoder(**_options: Any) -> json.JSONDecoder:
    """The `decoder` of a `JSONField` whose rows may be nested too deep (see `flattened`).

    One decoder for all rows: making one costs more than decoding a short text.
    """
    return _DECODER
