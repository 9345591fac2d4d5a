"""The filters of the log: the same for page, links, export, command and API.

`EventFilter` declares each filter once; the names of the attributes are the URL parameters. It is
strict: an unknown parameter, a repeated one or a bad value makes the whole query invalid, and an
invalid query matches nothing.
"""

from collections.abc import Collection
from typing import Any, ClassVar

import django_filters
from django.db.models import (
    BooleanField,
    Case,
    Expression,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from activity.drafts import EVENT_CODE
from activity.event_types import BEYOND, EVENT_TYPES, event_type
from activity.ip import Network, parse_network
from activity.models import Actor, Event, LogHead
from activity.reading import filter_values
from activity.reading.filter_fields import FilterForm, LogFilter, parse_cursor, parse_order
from activity.reading.ordering import Order

ORGANIZATION = "organization"
ORGANIZATION_HELP = _("the organization, by its slug; only needed if you administer several")
MAX_ACTOR_KEYS = 1000
ACTOR = "actor"


def in_networks(networks: list[Network]) -> Q:
    """Events from any of `networks`. Single addresses are compared for equality."""
    hosts = [str(n.network_address) for n in networks if n.prefixlen == n.max_prefixlen]
    condition = Q(ip__in=hosts) if hosts else Q()
    for network in networks:
        if network.prefixlen < network.max_prefixlen:
            condition |= Q(ip__within=network)
    return condition


def _parse_events(text: str, head: LogHead) -> filter_values.EventSelection:
    others = head.type_counts.keys() - EVENT_TYPES.codes()
    if BEYOND in others:
        tokens = {token.removeprefix("-") for token in filter_values.split_list(text)}
        others = others | {code for code in tokens - others if has_code(head, code)}
    return filter_values.parse_events(text, other_codes=others)


def has_code(head: LogHead, code: str) -> bool:
    """Whether the log has events with this code, also if it does not count the code by itself."""
    if code in head.type_counts or BEYOND not in head.type_counts:
        return bool(head.type_counts.get(code))
    events = Event.objects.filter(organization=head.organization)
    return EVENT_CODE.fullmatch(code) is not None and events.filter(event_type=code).exists()


class EventFilter(django_filters.FilterSet):
    """The filters of one organization's log. `head` is the head of that log.

    `extra_parameters` names further parameters that the caller reads itself.

    A filter without an index of its own is tested on each event that the other filters find.
    """

    base_filters: ClassVar[dict[str, LogFilter]]

    q = LogFilter(
        label=_("Email or IP address"),
        chip_label=_("User or IP"),
        help=_(
            "an IP address, a range, the beginning of an IPv4 address, or a part of an email "
            "address or name"
        ),
        parse=lambda text, _head: filter_values.parse_search(text),
        condition=lambda _set, value: Q() if isinstance(value, str) else in_networks([value]),
        actor_condition=lambda value: (
            Q(search_key__contains=Actor.fold(value)) if isinstance(value, str) else None
        ),
        examples={
            "q=weiss": "users with “weiss” in name or address, in any case",
            "q=ünal": "users with “ünal”, “ÜNAL” or “Ünal” in name or address",
            "q=203.0.113.7": "events from this address",
            "q=10.0.": "events from `10.0.0.0` to `10.0.255.255`",
        },
    )
    user = LogFilter(
        label=_("User"),
        help=_("exactly these email addresses, in any case"),
        parse=lambda text, _head: filter_values.split_list(text),
        actor_condition=lambda value: Q(email_key__in=[Actor.fold(email) for email in value]),
        is_list=True,
        examples={"user=dana@acme.example,omar@acme.example": "events of these two users"},
    )
    ip = LogFilter(
        label=_("IP address"),
        help=_("these IP addresses or CIDR ranges"),
        parse=lambda text, _head: [parse_network(part) for part in filter_values.split_list(text)],
        condition=lambda _set, value: in_networks(value),
        is_list=True,
        examples={"ip=203.0.113.0/24,2001:db8::/32": "events from either range"},
    )
    event = LogFilter(
        label=_("Event"),
        help=_("these event types or categories"),
        parse=_parse_events,
        condition=lambda filterset, _value: filterset.of_types(),
        is_list=True,
        can_exclude=True,
        group_of=lambda code: event_type(code).category.code,
        is_counted_daily=True,
        examples={
            "event=item": "all events about items",
            "event=-item.read,-item.used": "all events but these two types",
            "event=item,-item.used": "all events about items but this type",
        },
    )
    since = LogFilter(
        label=_("From"),
        help=_("from this day or time on"),
        parse=lambda text, head: filter_values.parse_since(text, head.organization.zone),
        condition=lambda _set, value: Q(occurred_at__gte=value),
        is_counted_daily=True,
        examples={
            "since=2026-11-22&until=2026-11-22": "that whole day",
            "since=2026-11-22T10:23&until=2026-11-22T10:24": "that minute",
            "since=2026-11-22T09:23:13.5Z": "from that instant on",
        },
    )
    until = LogFilter(
        label=_("To"),
        help=_("to the end of this day, or before this time"),
        parse=lambda text, head: filter_values.parse_until(text, head.organization.zone),
        condition=lambda _set, value: Q(occurred_at__lt=value),
        is_counted_daily=True,
    )
    order = LogFilter(
        label=_("Order"),
        help=_("`newest` first (the default) or `oldest` first"),
        parse=parse_order,
        narrows=False,
        choices=tuple(Order),
    )
    p = LogFilter(
        label=_("Page"),
        help=_("the page, as an opaque cursor"),
        parse=parse_cursor,
        narrows=False,
        is_for_page=True,
    )

    class Meta:
        form = FilterForm

    def __init__(
        self,
        data: QueryDict,
        queryset: QuerySet[Event],
        *,
        head: LogHead,
        extra_parameters: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(data, queryset)
        self.head = head
        for declared in self.filters.values():
            declared.bind(head)
        self.form.extra_parameters = {ORGANIZATION} | extra_parameters

    @property
    def _all_events(self) -> QuerySet[Event]:
        events: QuerySet[Event] = self.queryset
        return events

    @property
    def cleaned(self) -> dict[str, Any]:
        """The parsed values by name; empty if the query is invalid."""
        return self.form.cleaned_data if self.is_valid() else {}

    @property
    def ordering(self) -> Order:
        return self.cleaned.get("order") or Order.NEWEST

    @property
    def qs(self) -> QuerySet[Event]:
        """The matching events; none if the query is invalid."""
        return self.matching()

    @property
    def is_counted_daily(self) -> bool:
        """Whether the daily counts by event type can answer all filters in force."""
        return not self._names_uncounted_codes and all(
            declared.is_counted_daily or not declared.narrows or self.cleaned.get(name) is None
            for name, declared in self.filters.items()
        )

    @property
    def _names_uncounted_codes(self) -> bool:
        """Whether the query depends on codes that are counted together with others."""
        selection, counts = self.cleaned.get("event"), self.head.type_counts
        if selection is None or BEYOND not in counts:
            return False
        return bool(((selection.included or frozenset()) | selection.excluded) - counts.keys())

    def matching(self, *, ignore: str = "") -> QuerySet[Event]:
        """Like `qs`, without the filter named `ignore`."""
        events = self.ignoring_actors(ignore=ignore)
        if self.actors is None:
            return events
        keys = self.actor_keys
        return events.filter(actor__in=self.actors if keys is None else keys)

    def in_order(self, *, ignore: str = "", residual: Collection[str] = ()) -> QuerySet[Event]:
        """The events of `matching`, for a caller that reads only the first of them in order.

        With thousands of actors, the actor filter is residual (see `ignoring_actors`): as a join,
        PostgreSQL would read and sort all matches.
        """
        events = self.ignoring_actors(ignore=ignore, residual=residual)
        if self.actors is None:
            return events
        if self.actor_keys is None or ACTOR in residual:
            return _residual(events, ACTOR, self.predicate(ACTOR))
        return events.filter(actor__in=self.actor_keys)

    def ignoring_actors(
        self, *, ignore: str = "", residual: Collection[str] = ()
    ) -> QuerySet[Event]:
        """Like `matching`, without the restriction to actors.

        No index is used for the filters named in `residual`: they are tested on each event that
        the rest of the query finds.
        """
        if not self.is_valid():
            return self._all_events.none()
        events = self._all_events
        for name, value in self.form.cleaned_data.items():
            if value is None or name == ignore:
                continue
            if name in residual:
                events = _residual(events, name, self.predicate(name))
            else:
                events = self.filters[name].filter(events, value)
        return events

    def in_period(self) -> QuerySet[Event]:
        """The events between `since` and `until`, without any other filter."""
        return self._all_events.filter(
            *(
                self.filters[name].condition(self, value)
                for name in ("since", "until")
                if (value := self.cleaned[name])
            )
        )

    def predicate(self, name: str) -> Expression | Subquery:
        """A boolean expression for the filter `name` (or `ACTOR`) that no index can answer.

        True if the filter is not in force.
        """
        if name == ACTOR and self.actors is not None and self.actor_keys is None:
            match = self.actors.filter(pk=OuterRef("actor")).values(found=Value(value=True))
            return Subquery(match, output_field=BooleanField())
        if name == ACTOR:
            condition = Q() if self.actor_keys is None else Q(actor__in=self.actor_keys)
        elif (value := self.cleaned.get(name)) is not None:
            condition = self.filters[name].condition(self, value)
        else:
            condition = Q()
        if not condition:
            return Value(value=True, output_field=BooleanField())
        return Case(When(condition, then=True), default=False, output_field=BooleanField())

    @cached_property
    def actors(self) -> QuerySet[Actor] | None:
        """The actors that the filters select; None if no filter restricts actors."""
        conditions = [
            condition
            for name, value in self.cleaned.items()
            if value is not None
            and (condition := self.filters[name].actor_condition(value)) is not None
        ]
        if not conditions:
            return None
        return Actor.objects.filter(*conditions, organization=self.head.organization)

    @cached_property
    def actor_keys(self) -> list[int] | None:
        """The primary keys of `actors`, or None if there are more than `MAX_ACTOR_KEYS`.

        The index finds addresses that are alike when folded. Of these, only exact ones count.
        """
        if self.actors is None:
            return None
        if asked := self.cleaned.get("user"):
            exact = {Actor.lower(email) for email in asked}
            people = self.actors.values_list("pk", "email")
            return [pk for pk, email in people if Actor.lower(email) in exact]
        keys = list(self.actors.values_list("pk", flat=True)[: MAX_ACTOR_KEYS + 1])
        return keys if len(keys) <= MAX_ACTOR_KEYS else None

    @property
    def codes(self) -> list[str] | None:
        """The selected event types that the log has; None if the query does not restrict them.

        `BEYOND` stands for the codes that the log does not count one by one.
        """
        selection, counts = self.cleaned.get("event"), self.head.type_counts
        if selection is None:
            return None
        codes = set(counts)
        if BEYOND in counts:
            codes |= selection.included or frozenset()
        return sorted(code for code in codes if code in selection)

    def selects(self, code: str) -> bool:
        """Whether the event filter selects events with this code."""
        selection = self.cleaned.get("event")
        if selection is None or code in selection:
            return True
        is_named = code in selection.excluded or code in self.head.type_counts
        return not is_named and BEYOND in selection

    def of_types(self) -> Q:
        """A condition on event types. An exclusion is written as the list of the other types, so
        that an index can answer it, unless it includes codes that are not known one by one.
        """
        codes = self.codes or []
        if BEYOND not in codes:
            return Q(event_type__in=codes)
        selection, counts = self.cleaned["event"], self.head.type_counts
        others = {code for code in counts if code not in selection} | selection.excluded
        return ~Q(event_type__in=sorted(others - {BEYOND}))


def declared_filters() -> dict[str, LogFilter]:
    """The declared URL parameters by name, in the order of the filter bar."""
    return EventFilter.base_filters


def narrowing_filters() -> dict[str, LogFilter]:
    """The declared filters that select events: all parameters but the order and the page."""
    return {name: one for name, one in declared_filters().items() if one.narrows}


def parameters_without_effect() -> set[str]:
    """The parameters that a stored filter, such as that of a destination, must not contain."""
    return {ORGANIZATION, *(declared_filters().keys() - narrowing_filters().keys())}


def _residual(
    events: QuerySet[Event], name: str, predicate: Expression | Subquery
) -> QuerySet[Event]:
    return events.alias(**{f"{name}_holds": predicate}).filter(**{f"{name}_holds": True})
