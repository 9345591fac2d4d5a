"""Registries: what passaudit declares itself and plugins add to.

Each registry holds entries by code, in the order of registration. Our own entries use the same
`register()` as those of plugins.
"""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from django.utils.functional import Promise


class Entry(Protocol):
    """What a registry holds: a stable `code` for files and URLs, and a `label` for people."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...


E = TypeVar("E", bound=Entry)


class AlreadyRegistered(ValueError):  # noqa: N818 - reads as what it is: `except AlreadyRegistered`
    """Another entry has this code."""


class Registry(Generic[E]):
    """Entries of one kind. `name` says which, for messages: "importer", "event type"."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, E] = {}

    def register(self, entry: E) -> E:
        """Add `entry` and return it. Raises `AlreadyRegistered`."""
        if entry.code in self._entries:
            raise AlreadyRegistered(f"The {self.name} “{entry.code}” is registered already.")
        self._entries[entry.code] = entry
        return entry

    def unregister(self, code: str) -> None:
        """Remove an entry, for tests. Raises `KeyError`."""
        del self._entries[code]

    def choices(self) -> list[tuple[str, str | Promise]]:
        """For `choices=` of a model field: pass the method itself, so that no entry is in a
        migration."""
        return [(entry.code, entry.label) for entry in self]

    def get(self, code: str) -> E | None:
        return self._entries.get(code)

    def codes(self) -> list[str]:
        return list(self._entries)

    def __getitem__(self, code: str) -> E:
        return self._entries[code]

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)
