"""What the caller of an importer may say about a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from activity.importers.files.times import TimeReader


class Person(NamedTuple):
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Options:
    """`times` reads the times. `people` are known by the id that the vendor gives them."""

    times: TimeReader = field(default_factory=TimeReader)
    people: Mapping[str, Person] = field(default_factory=dict)
