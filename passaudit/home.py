"""What the home page shows: the figures, not their looks.

The template `admin/index.html` finds them in its context as `home`.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from activity.access import readable_organizations
from activity.delivery.models import Destination
from activity.delivery.notifications import failing_destinations
from activity.reading.overview import ActivityCard, activity_card
from organizations.models import (
    Member,
    Organization,
    RequestStatus,
    UpgradeRequest,
    User,
    member_count,
)
from passaudit.plugins.loading import Plugin, loaded_plugins

NEWEST_REQUESTS = 5
MAX_ORGANIZATION_CARDS = 12


@dataclass(frozen=True, slots=True)
class SupportCards:
    """For support staff and superusers. `newest_requests` are pending, the newest first."""

    plugins: list[Plugin]

    organization_count: int
    member_count: int
    open_request_count: int
    newest_requests: list[UpgradeRequest]


@dataclass(frozen=True, slots=True)
class OrganizationCard:
    """For an administrator: one of their organizations, and the way to its log.

    `activity` is None when the plan includes no log; then nothing was asked about events.
    """

    organization: Organization
    member_count: int
    log_url: str
    activity: ActivityCard | None


@dataclass(frozen=True, slots=True)
class Home:
    """`support` is None for organizations' administrators, who have `organizations` instead: the
    first twelve by name. The log's own switcher knows all of them.

    `failing` are destinations that do not get their events, for whoever administers them.
    """

    support: SupportCards | None
    organizations: list[OrganizationCard]
    failing: list[Destination]


def home_of(user: User) -> Home:
    """The cards for `user`, who may enter the site."""
    failing = failing_destinations(user)
    if user.is_staff_or_superuser:
        return Home(support=_support_cards(), organizations=[], failing=failing)
    return Home(support=None, organizations=_organization_cards(user), failing=failing)


def _support_cards() -> SupportCards:
    pending = UpgradeRequest.objects.filter(status=RequestStatus.PENDING)
    return SupportCards(
        plugins=loaded_plugins(),
        organization_count=Organization.objects.count(),
        member_count=Member.objects.count(),
        open_request_count=pending.count(),
        newest_requests=list(pending.select_related("organization")[:NEWEST_REQUESTS]),
    )


def _organization_cards(user: User) -> list[OrganizationCard]:
    log_url = reverse("admin:activity_event_changelist")
    organizations = readable_organizations(user).annotate(member_count=member_count())
    return [
        OrganizationCard(
            organization=organization,
            member_count=organization.member_count,
            log_url=f"{log_url}?{urlencode({'organization': organization.slug})}",
            activity=activity_card(user, organization),
        )
        for organization in organizations[:MAX_ORGANIZATION_CARDS]
    ]
