"""Options of an import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from activity.importers.files.times import TimeReader


class Person(NamedTuple):
    """Who acted. `email` is the address or, without one, what else tells people apart."""

    email: str
    name: str


def person(*identities: str, name: str = "") -> Person:
    """The person with the first of `identities` (address, id) that there is, else with the name."""
    for identity in identities:
        if identity and not identity.isspace():
            return Person(identity, name)
    return Person(" ".join(name.replace(",", " ").split()), name)


@dataclass(frozen=True, slots=True)
class Options:
    """`times` reads the times. `people` maps the vendor's user ids to people."""

    times: TimeReader = field(default_factory=TimeReader)
    people: Mapping[str, Person] = field(default_factory=dict)
