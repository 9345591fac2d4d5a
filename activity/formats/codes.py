"""Split an event code into parts, for formats that have terms of their own for them.

Codes have the form `object.verb`. So a new event type needs no line in any format.
"""

from typing import NamedTuple

from activity.event_types import event_type


class CodeParts(NamedTuple):
    """`kind` is the code of the category, `other` for unknown event types."""

    kind: str
    verb: str


def split_code(code: str) -> CodeParts:
    """Split `item.flags_changed` into its category, `item`, and its verb, `flags_changed`."""
    return CodeParts(event_type(code).category.code, code.partition(".")[2])


def in_words(verb: str) -> str:
    """`flags_changed` as “Flags changed”."""
    return verb.replace("_", " ").capitalize()
