"""Options of an import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from activity.importers.files.times import TimeReader


class Person(NamedTuple):
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """`times` reads the times. `people` maps the vendor's user ids to people."""

    times: TimeReader = field(default_factory=TimeReader)
    people: Mapping[str, Person] = field(default_factory=dict)
