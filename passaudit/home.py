"""The data of the home page: `home` in the context of the template `admin/index.html`."""

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
    """For support staff and superusers. `newest_requests` are pending; the newest comes first."""

    plugins: list[Plugin]

    organization_count: int
    member_count: int
    open_request_count: int
    newest_requests: list[UpgradeRequest]


@dataclass(frozen=True, slots=True)
class OrganizationCard:
    """For an administrator: an organization, with the URL of its log.

    `activity` is None if the plan does not include the log; then no events are read.
    """

    organization: Organization
    member_count: int
    log_url: str
    activity: ActivityCard | None


@dataclass(frozen=True, slots=True)
class Home:
    """The cards of one user.

    Support staff have `support`. Administrators have `organizations`, the first twelve by name;
    the log's pages have a menu of all. `failing` are the user's destinations that cannot receive
    events.
    """

    support: SupportCards | None
    organizations: list[OrganizationCard]
    failing: list[Destination]


def home_of(user: User) -> Home:
    """Return the cards of `user`, who must be allowed to enter the site."""
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
