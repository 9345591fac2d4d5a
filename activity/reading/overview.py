"""Key figures of a log, for the home page."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from activity import access
from activity.event_types import Level, event_type
from activity.models import LogDay
from activity.reading.timeouts import QueryTimeout, statement_timeout
from organizations.models import Organization, User

SPARKLINE_DAYS = 14
SENSITIVE_DAYS = 7


@dataclass(frozen=True, slots=True)
class ActivityCard:
    """`last_24_hours` is the number of events, or None if counting timed out.

    `sensitive` is the number of sensitive events in the last 7 days of the organization's
    calendar, including today. `per_day` has the totals of the last 14 days, oldest first.
    """

    last_24_hours: int | None
    sensitive: int
    per_day: list[int]


def activity_card(user: User, organization: Organization) -> ActivityCard | None:
    """The figures of a log. None if the plan does not include the log; no event is read then.

    Raises `PermissionDenied` if `user` may not read the log.
    """
    try:
        events = access.log_for_user(user, organization)
    except access.PlanRequired:
        return None
    now = timezone.now()
    try:
        with statement_timeout(settings.FACETS_SECONDS):
            recent = events.filter(occurred_at__gte=now - timedelta(hours=24)).count()
    except QueryTimeout:
        recent = None
    today = now.astimezone(organization.zone).date()
    days = [today - timedelta(days=age) for age in range(SPARKLINE_DAYS - 1, -1, -1)]
    counts = dict(
        LogDay.objects.filter(organization=organization, day__in=days).values_list(
            "day", "type_counts"
        )
    )
    per_day = [counts.get(day, {}) for day in days]
    return ActivityCard(
        last_24_hours=recent,
        sensitive=sum(map(_count_sensitive, per_day[-SENSITIVE_DAYS:])),
        per_day=[sum(of_day.values()) for of_day in per_day],
    )


def _count_sensitive(type_counts: dict[str, int]) -> int:
    return sum(
        number for code, number in type_counts.items() if event_type(code).level is Level.SENSITIVE
    )
