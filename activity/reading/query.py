"""One query of one log: the organization, the matching events and the position in them.

Page, export, command and API all start here, so that they give the same events.
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


class OrganizationRequired(Exception):  # noqa: N818 - reads as what it is
    """The user may read several logs and named none. `first` is the first of them by name."""

    def __init__(self, first: Organization) -> None:
        super().__init__("Name one organization: organization=SLUG.")
        self.first = first


@dataclass(frozen=True, slots=True)
class LogQuery:
    """A query that has passed the access rules. It may still be invalid: see `errors`.

    The constructors take `extra_parameters`, the names of URL parameters that the caller reads
    itself; other parameters that are not filters make the query invalid.
    """

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
        extra_parameters: frozenset[str] = frozenset(),
    ) -> Self:
        """The query of a signed-in user, from URL parameters.

        Raises `PermissionDenied`, `access.PlanRequired` (before any event is read) and
        `OrganizationRequired`.
        """
        organization = select_organization(user, parameters.get("organization"))
        events = access.log_for_user(user, organization, feature)
        return cls._on(events, organization, parameters, extra_parameters)

    @classmethod
    def for_operator(
        cls, organization: Organization, parameters: QueryDict, *, ignore_plan: bool = False
    ) -> Self:
        """The query of an operator, for an export. Raises `access.PlanRequired`."""
        events = access.log_for_operator(organization, Feature.EXPORT_LOG, ignore_plan=ignore_plan)
        return cls._on(events, organization, parameters, frozenset())

    @classmethod
    def for_machine(
        cls,
        organization: Organization,
        parameters: QueryDict,
        *,
        extra_parameters: frozenset[str] = frozenset(),
    ) -> Self:
        """The query of an API key or a destination of `organization`.

        Reading by a machine needs the export feature. Raises `access.PlanRequired`.
        """
        events = access.log_for_operator(organization, Feature.EXPORT_LOG)
        return cls._on(events, organization, parameters, extra_parameters)

    @classmethod
    def _on(
        cls,
        events: QuerySet[Event],
        organization: Organization,
        parameters: QueryDict,
        extra_parameters: frozenset[str],
    ) -> Self:
        head = LogHead.objects.filter(pk=organization.pk).first() or LogHead()
        head.organization = organization
        filterset = EventFilter(parameters, events, head=head, extra_parameters=extra_parameters)
        return cls(organization, head, filterset)

    @property
    def is_valid(self) -> bool:
        return bool(self.filterset.is_valid())

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Pairs of parameter and message. The parameter is "" if the whole query is wrong."""
        return [
            ("" if name == NON_FIELD_ERRORS else name, str(message))
            for name, messages in self.filterset.form.errors.items()
            for message in messages
        ]

    @property
    def order(self) -> Order:
        return self.filterset.ordering

    @property
    def events(self) -> QuerySet[Event]:
        """The matching events; none if the query is invalid."""
        return self.filterset.qs

    def page(self) -> Page:
        """The events of the page, each with its actor. Raises `QueryTimeout`."""
        if not self.is_valid:
            return Page([], None, None, None)
        fetch = paths.fetcher_for(self.filterset)
        return ordering.page(fetch, self.order, self.filterset.cleaned["p"])


def select_organization(user: User | AnonymousUser, slug: str | None) -> Organization:
    """The organization with this slug; without a slug, the only one that `user` may read.

    Raises `PermissionDenied` if it does not exist or the user may not read it (the error does not
    reveal which), and `OrganizationRequired`.
    """
    if slug:
        organization = access.find_organization(user, slug)
        if organization is None:
            raise PermissionDenied
        return organization
    organizations = access.first_readable_organizations(user, count=2)
    if not organizations:
        raise PermissionDenied
    if len(organizations) > 1:
        raise OrganizationRequired(organizations[0])
    return organizations[0]
