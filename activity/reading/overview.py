"""The few figures of a log that the home page shows."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from activity.access import PlanRequired, log_for
from activity.event_types import Level, event_type
from activity.models import LogDay
from activity.reading.timeouts import OutOfTime, time_budget
from organizations.models import Organization, User

SPARKLINE_DAYS = 14
SENSITIVE_DAYS = 7


@dataclass(frozen=True, slots=True)
class ActivityCard:
    """`last_24_hours` is None when counting took too long.

    `sensitive` is the number in the last 7 days of the organization's calendar, today included;
    `per_day` are the totals of the last 14, the oldest first.
    """

    last_24_hours: int | None
    sensitive: int
    per_day: list[int]


def activity_card(user: User, organization: Organization) -> ActivityCard | None:
    """The figures of a log; None when the plan has none, and then no event is looked at.

    Raises `PermissionDenied` for whoever may not read it.
    """
    try:
        events = log_for(user, organization)
    except PlanRequired:
        return None
    now = timezone.now()
    try:
        with time_budget(settings.FACETS_SECONDS):
            recent = events.filter(occurred_at__gte=now - timedelta(hours=24)).count()
    except OutOfTime:
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
        sensitive=sum(map(_sensitive, per_day[-SENSITIVE_DAYS:])),
        per_day=[sum(of_day.values()) for of_day in per_day],
    )


def _sensitive(type_counts: dict[str, int]) -> int:
    return sum(
        number for code, number in type_counts.items() if event_type(code).level is Level.SENSITIVE
    )
