"""Event codes from the names that Proton Pass gives to events, on the wire and on the page."""

import re
from functools import cache

from django.utils import translation

from activity.event_types import EVENT_TYPES

# Where the wire name is not the label without its spaces, and labels of newer clients.
OTHER_NAMES = {
    "itemchangedflags": "item.flags_changed",
    "itemautofilled": "item.used",
}


def code_named(name: str) -> str:
    """The code of an event called `ItemRead`, `Item Read` or `item read`.

    An unknown name becomes a code of its own that is the same for its wire name and its label:
    `Vault Archived` and `VaultArchived` are both `VaultArchived`.
    """
    words = re.findall(r"[^\s,\x00-\x1f]+", name)
    code = _codes().get("".join(words).casefold())
    return code or "".join(word[0].upper() + word[1:] for word in words).lstrip("-")


def is_known(name: str) -> bool:
    """Whether the code of `name` says all that the name says."""
    return "".join(name.split()).casefold() in _codes()


@cache
def _codes() -> dict[str, str]:
    with translation.override(None):
        labels = {str(known.label): code for code, known in EVENT_TYPES.items()}
    return {label.replace(" ", "").casefold(): code for label, code in labels.items()} | OTHER_NAMES
