"""Registries: what passaudit declares itself and plugins add to.

Each registry holds entries by code, in the order of registration. Our own entries use the same
`register()` as those of plugins.
"""

import pkgutil
import re
from collections.abc import Iterator, KeysView
from importlib import import_module
from typing import Generic, Protocol, TypeVar

from django.utils.functional import Promise

CODE = re.compile(r"[a-z][a-z0-9_.-]*")
MAX_CODE_LENGTH = 32  # of columns that store a code


class Entry(Protocol):
    """What a registry holds: a stable `code` for files and URLs, and a `label` for people."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...


E = TypeVar("E", bound=Entry)


class RegistrationError(ValueError):
    """The entry cannot be registered: its code is taken or malformed."""


class Registry(Generic[E]):
    """Entries of one kind. `name` says which, for messages: "importer", "event type".

    Codes have at most `max_length` characters.
    """

    def __init__(self, name: str, *, max_length: int = MAX_CODE_LENGTH) -> None:
        self.name = name
        self.max_length = max_length
        self._entries: dict[str, E] = {}

    def register(self, entry: E) -> E:
        """Add `entry` and return it. Raises `RegistrationError`."""
        code = entry.code
        if code in self._entries:
            raise RegistrationError(f"The {self.name} “{code}” is registered already.")
        if len(code) > self.max_length or not CODE.fullmatch(code):
            raise RegistrationError(
                f"The {self.name} “{code}” needs a code of at most {self.max_length} lower-case "
                "letters, digits, “_”, “-” and “.”, which starts with a letter."
            )
        self._entries[code] = entry
        return entry

    def unregister(self, code: str) -> None:
        """Remove an entry, for tests. Raises `KeyError`."""
        del self._entries[code]

    def choices(self) -> list[tuple[str, str | Promise]]:
        """The codes and labels, for `choices` of fields. Model fields need a function of their
        module that returns them, so that no migration lists them.
        """
        return [(entry.code, entry.label) for entry in self]

    def label(self, code: str) -> str | Promise:
        """The label of an entry; its code if it is not registered (any more)."""
        entry = self._entries.get(code)
        return entry.label if entry else code

    def get(self, code: str) -> E | None:
        return self._entries.get(code)

    def codes(self) -> KeysView[str]:
        return self._entries.keys()

    def __getitem__(self, code: str) -> E:
        return self._entries[code]

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)


def import_modules(package: str) -> None:
    """Import each module of `package`. Modules that declare an entry register it then."""
    for module in pkgutil.iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
