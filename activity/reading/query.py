"""One question to one log: whose it is, which events match, and where in them one stands.

Page, export, command and API all begin here, so that they cannot disagree.
"""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db.models import QuerySet
from django.http import QueryDict

from activity import access
from activity.models import Event, LogHead
from activity.reading import ordering
from activity.reading.filters import EventFilter
from activity.reading.ordering import Order, Page
from activity.reading.planner import paths
from organizations.models import Organization, User
from organizations.plans import Feature


class OrganizationRequired(Exception):  # noqa: N818 - a question, not a failure
    """The user may read several logs and named none. `first` is the first of those, by name."""

    def __init__(self, first: Organization) -> None:
        super().__init__("Name one organization: organization=SLUG.")
        self.first = first


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Read-only; `filterset` tells whether the question is valid and what is wrong with it."""

    organization: Organization
    head: LogHead
    filterset: EventFilter

    @classmethod
    def for_user(
        cls,
        user: User | AnonymousUser,
        parameters: QueryDict,
        *,
        feature: Feature = Feature.READ_LOG,
        known: frozenset[str] = frozenset(),
    ) -> Self:
        """What `user` asks by URL parameters.

        Raises `PermissionDenied`, `access.PlanRequired` (before any event is read) and
        `OrganizationRequired`.
        """
        organization = select_organization(user, parameters.get("organization"))
        events = access.log_for(user, organization, feature)
        return cls._on(events, organization, parameters, known)

    @classmethod
    def for_operator(
        cls, organization: Organization, parameters: QueryDict, *, ignore_plan: bool = False
    ) -> Self:
        """What an operator asks to export. Raises `access.PlanRequired`."""
        events = access.log_of(organization, Feature.EXPORT_LOG, ignore_plan=ignore_plan)
        return cls._on(events, organization, parameters, frozenset())

    @classmethod
    def for_machine(
        cls,
        organization: Organization,
        parameters: QueryDict,
        *,
        known: frozenset[str] = frozenset(),
    ) -> Self:
        """What a machine of the organization asks, by an API key or as a destination.

        To a machine, reading is exporting. Raises `access.PlanRequired`.
        """
        events = access.log_of(organization, Feature.EXPORT_LOG)
        return cls._on(events, organization, parameters, known)

    @classmethod
    def _on(
        cls,
        events: QuerySet[Event],
        organization: Organization,
        parameters: QueryDict,
        known: frozenset[str],
    ) -> Self:
        head = LogHead.objects.filter(pk=organization.pk).first() or LogHead()
        head.organization = organization
        return cls(organization, head, EventFilter(parameters, events, head=head, known=known))

    @property
    def is_valid(self) -> bool:
        return self.filterset.is_valid()

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What is wrong: names of parameters, empty for the whole question, and messages."""
        errors = self.filterset.form.errors
        return [
            ("" if name == NON_FIELD_ERRORS else name, str(message))
            for name, messages in errors.items()
            for message in messages
        ]

    @property
    def order(self) -> Order:
        return self.filterset.ordering

    @property
    def events(self) -> QuerySet[Event]:
        """The matching events; none when the question is not valid."""
        return self.filterset.qs

    def page(self) -> Page:
        """The events to show, each with its actor. Raises `budget.OutOfTime`."""
        if not self.is_valid:
            return Page([], None, None, None)
        return ordering.page(paths.taker(self.filterset), self.order, self.filterset.cleaned["p"])


def select_organization(user: User | AnonymousUser, slug: str | None) -> Organization:
    """The organization that `slug` names, or the only one that `user` may read.

    Raises `PermissionDenied` for one that does not exist or is not theirs, without telling which.
    """
    readable = access.readable_organizations(user)
    if slug:
        organization = readable.filter(slug=slug).first() if slug.isprintable() else None
        if organization is None:
            raise PermissionDenied
        return organization
    organizations = list(readable[:2])
    if not organizations:
        raise PermissionDenied
    if len(organizations) > 1:
        raise OrganizationRequired(organizations[0])
    return organizations[0]
