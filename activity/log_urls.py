"""URLs of the log. Every state of the page has a URL; every click leads to another URL.

This module handles text only. `activity.reading.filters` declares what the parameters mean.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Protocol, Self
from urllib.parse import urlencode

from django.http import QueryDict

READABLE = ",:/@"
CURSOR = "p"
SHOWN, EXACT = "shown-", "exact-"

Parameters = tuple[tuple[str, str], ...]


class ListFilter(Protocol):
    """What this module reads of a filter's declaration (`filter_fields.LogFilter`)."""

    is_list: bool
    group_of: Callable[[str], str] | None


@dataclass(frozen=True, slots=True)
class LogUrl:
    """A path with the parameters in force; `str()` is the URL. Blank values are left out.

    A name may occur twice when somebody wrote such an address by hand: the page refuses it, and
    links that take the name away take both.
    """

    path: str
    parameters: Parameters = ()

    @classmethod
    def of(cls, path: str, data: QueryDict) -> Self:
        pairs = ((name, value) for name, values in data.lists() for value in values)
        return cls(path, tuple((name, value) for name, value in pairs if value.strip()))

    def __str__(self) -> str:
        if not self.parameters:
            return self.path
        return f"{self.path}?{'&'.join(_encoded(*pair) for pair in self.parameters)}"

    def value(self, name: str) -> str:
        """The text of a parameter, empty when there is none."""
        return next((text for key, text in self.parameters if key == name), "")

    def values(self, name: str) -> list[str]:
        """The parts of a comma-separated parameter, each once."""
        return _parts(text for key, text in self.parameters if key == name)

    def at(self, path: str) -> Self:
        """The same parameters elsewhere."""
        return replace(self, path=path)

    def with_params(self, **values: str) -> Self:
        """With these values in place of the former ones, on the first page."""
        return replace(self, parameters=(*self.without(*values).parameters, *values.items()))

    def without(self, *names: str) -> Self:
        """Without these parameters, on the first page."""
        kept = ((name, value) for name, value in self.parameters if name not in {*names, CURSOR})
        return replace(self, parameters=tuple(kept))

    def without_value(self, name: str, value: str) -> Self:
        """With one value less in a comma-separated parameter, on the first page."""
        left = [part for part in self.values(name) if part != value]
        return self.with_params(**{name: ",".join(left)}) if left else self.without(name)

    def only(self, *names: str) -> Self:
        kept = ((name, value) for name, value in self.parameters if name in names)
        return replace(self, parameters=tuple(kept))


def from_form(path: str, data: QueryDict, filters: Mapping[str, ListFilter]) -> LogUrl:
    """The canonical URL for the data that the filter form sends.

    Check boxes send a name several times: the values are joined with commas. Blanks go, and so
    does the page. A date field cannot tell the two 02:30 of an autumn night apart, nor a day from
    its first minute: as long as it says what it said when the form was drawn (`shown-since`), the
    value in force then (`exact-since`) stays.
    A type that is checked is not excluded any more.
    """
    values = {name: list(filter(str.strip, data.getlist(name))) for name in data}
    for name in ("since", "until"):
        shown, exact = values.pop(SHOWN + name, []), values.pop(EXACT + name, [])
        if exact and shown and _same_moment(values.get(name), shown):
            values[name] = exact
    values.pop(CURSOR, None)
    for name, declared in filters.items():
        if declared.is_list and name in values:
            values[name] = [",".join(_consistent(_parts(values[name]), declared.group_of))]
    pairs = ((name, value) for name, texts in values.items() for value in texts if value)
    return LogUrl(path, tuple(pairs))


@lru_cache(maxsize=4096)
def _encoded(name: str, value: str) -> str:
    """A page has hundreds of addresses, of the same few parameters."""
    return urlencode([(name, value)], safe=READABLE)


def _parts(texts: Iterable[str]) -> list[str]:
    """The values of comma-separated texts, each once."""
    parts = (part.strip() for text in texts for part in text.split(","))
    return list(dict.fromkeys(filter(None, parts)))


def _consistent(values: list[str], group_of: Callable[[str], str] | None) -> list[str]:
    """Drop the exclusion of a selected value, or of the group that contains it."""
    if group_of is None:
        return values
    selected = {value for value in values if not value.startswith("-")}
    selected |= {group_of(value) for value in selected}
    return [value for value in values if value[:1] != "-" or value[1:] not in selected]


def _same_moment(first: list[str] | None, second: list[str]) -> bool:
    """Browsers drop seconds that are zero, so the texts may differ."""
    if not first:
        return False
    try:
        return datetime.fromisoformat(first[0]) == datetime.fromisoformat(second[0])
    except ValueError:
        return False
