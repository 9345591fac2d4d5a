"""What a code says of itself, for formats that have words of their own for it.

A code is `what.happened`, and the registry knows its category. So a new event type needs no line in
any format.
"""

from typing import NamedTuple

from activity.event_types import event_type


class Deed(NamedTuple):
    """`kind` is the code of the category; `other` for what passaudit does not know."""

    kind: str
    verb: str


def deed(code: str) -> Deed:
    """What was done, and to what kind of thing."""
    return Deed(event_type(code).category.code, code.partition(".")[2])


def in_words(verb: str) -> str:
    """`flags_changed` as “Flags changed”."""
    return verb.replace("_", " ").capitalize()
