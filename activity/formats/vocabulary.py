"""What a code says of itself, for formats that have words of their own for it.

A code is `what.happened`. So a new event type needs no line in any format.
"""

from typing import NamedTuple

from activity.event_types import EVENT_TYPES

SIGN_IN = "signin"
OTHER_KINDS = frozenset({SIGN_IN})


class Deed(NamedTuple):
    """`kind` is the category, or `signin`; empty for a code that passaudit does not know."""

    kind: str
    verb: str


def deed(code: str) -> Deed:
    """What was done, and to what kind of thing."""
    kind, _, verb = code.partition(".")
    known = EVENT_TYPES.get(code)
    if known:
        return Deed(known.category.code, verb)
    return Deed(kind if kind in OTHER_KINDS else "", verb)


def in_words(verb: str) -> str:
    """`flags_changed` as “Flags changed”."""
    return verb.replace("_", " ").capitalize()
