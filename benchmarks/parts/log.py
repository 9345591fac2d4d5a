"""The measured log: its time span, its readers, and queries on it."""

from datetime import datetime
from functools import cache

from django.http import QueryDict

from activity.models import LogDay, LogHead
from activity.reading.ordering import Cursor, Position
from activity.reading.query import LogQuery
from benchmarks import dataset
from benchmarks.queries import Parameters
from organizations.models import Member, Organization, Role, User

POSITIONS = ("first", "middle", "last")


@cache
def organization() -> Organization:
    return Organization.objects.get(slug=dataset.LARGEST)


@cache
def head() -> LogHead:
    return LogHead.objects.get(organization=organization())


def span() -> tuple[datetime, datetime]:
    """Times of the oldest and the newest event."""
    earliest, latest = head().earliest, head().latest
    if earliest is None or latest is None:
        raise ValueError("The log is empty.")
    return earliest, latest


def administrator() -> User:
    """The user who reads the largest log."""
    email = f"admin@{dataset.LARGEST}.example"
    user = User.objects.with_email(email).first()
    if user is None:
        user = User.objects.create_user(email)
        Member.objects.create(organization=organization(), user=user, email=email, role=Role.ADMIN)
    return user


def superuser() -> User:
    """The user of the stock admin."""
    email = "root@bench.example"
    found = User.objects.with_email(email).first()
    return found or User.objects.create_superuser(email)


def ask(parameters: Parameters) -> LogQuery:
    """A valid query on the largest log."""
    dictionary = QueryDict(mutable=True)
    dictionary.update(parameters)
    query = LogQuery.for_operator(organization(), dictionary)
    if not query.is_valid:
        raise ValueError(f"{parameters}: {query.filterset.form.errors}")
    return query


def at(position: str, parameters: Parameters) -> Parameters:
    """The same filters at the first page, the middle (of their time range) or the last page."""
    if position == "first":
        return parameters
    if position == "last":
        return parameters | {"p": Cursor(is_forward=False).encode()}
    cleaned = ask(parameters).filterset.form.cleaned_data
    earliest, latest = span()
    since, until = cleaned["since"] or earliest, cleaned["until"] or latest
    middle = Position(since + (until - since) / 2, head().size // 2)
    return parameters | {"p": Cursor(is_forward=True, position=middle).encode()}


def newest_days(rows: int) -> Parameters:
    """A filter for at least the newest `rows` events, in whole days."""
    if head().size <= rows * 2:
        return {}
    days = LogDay.objects.filter(organization=organization()).order_by("-day")
    counted = 0
    for day in days:
        counted += sum(day.type_counts.values())
        if counted >= rows:
            return {"since": str(day.day)}
    return {}
