"""The filter grammar: the same for page, links, export, command and API.

`EventFilter` is strict: an unknown parameter, a repeated one or a bad value makes the whole filter
invalid, and an invalid filter lists nothing.
"""

from collections.abc import Callable, Container
from typing import Any

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

from activity.event_types import EVENT_TYPES
from activity.ip import Network, parse_network
from activity.models import Actor, Event, LogHead
from activity.reading import filter_values
from activity.reading.filter_fields import FilterForm, GrammarFilter, parse_cursor, parse_order
from activity.reading.ordering import Order

PASSED_BY = frozenset({"organization"})
MANY_ACTORS = 1000
ACTOR = "actor"


class EventFilter(django_filters.FilterSet):
    """The filters of one organization's log, whose `head` knows zone and types.

    `known` names further parameters that somebody else reads.
    """

    q = GrammarFilter(
        label=_("Email or IP address"),
        condition=lambda _set, value: Q() if isinstance(value, str) else in_networks([value]),
    )
    user = GrammarFilter(label=_("User"))
    ip = GrammarFilter(label=_("IP address"), condition=lambda _set, value: in_networks(value))
    event = GrammarFilter(
        label=_("Event"), condition=lambda filterset, _value: filterset.of_types()
    )
    since = GrammarFilter(label=_("From"), condition=lambda _set, value: Q(occurred_at__gte=value))
    until = GrammarFilter(label=_("To"), condition=lambda _set, value: Q(occurred_at__lt=value))
    order = GrammarFilter(label=_("Order"))
    p = GrammarFilter(label=_("Page"))

    class Meta:
        form = FilterForm

    def __init__(
        self,
        data: QueryDict,
        queryset: QuerySet[Event],
        *,
        head: LogHead,
        known: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(data, queryset)
        self.head = head
        zone = head.organization.zone
        parsers: dict[str, Callable[[str], Any]] = {
            "q": filter_values.parse_search,
            "user": filter_values.split_list,
            "ip": lambda text: [parse_network(part) for part in filter_values.split_list(text)],
            "event": lambda text: filter_values.parse_events(
                text, other_codes=head.type_counts.keys() - EVENT_TYPES.keys()
            ),
            "since": lambda text: filter_values.parse_since(text, zone),
            "until": lambda text: filter_values.parse_until(text, zone),
            "order": parse_order,
            "p": parse_cursor,
        }
        for name, parse in parsers.items():
            self.filters[name].extra["parse"] = parse
        self.form.known = PASSED_BY | known

    @property
    def cleaned(self) -> dict[str, Any]:
        """The parsed values by name; empty when the filter is not valid."""
        return self.form.cleaned_data if self.is_valid() else {}

    @property
    def ordering(self) -> Order:
        return self.cleaned.get("order") or Order.NEWEST

    @property
    def qs(self) -> QuerySet[Event]:
        """The matching events; none when the filter is not valid."""
        return self.matching()

    def matching(self, *, ignore: str = "") -> QuerySet[Event]:
        """Like `qs`, as if the filter called `ignore` was not there."""
        events = self.by_anybody(ignore=ignore)
        if self.actors is None:
            return events
        keys = self.actor_keys
        return events.filter(actor__in=self.actors if keys is None else keys)

    def scanned(self, *, ignore: str = "", tested: Container[str] = ()) -> QuerySet[Event]:
        """The same as `matching`, for whoever takes only the first of them in order.

        Of thousands of people none is looked up in an index, as if `tested` held `ACTOR` (see
        `by_anybody`): PostgreSQL would join them all, to sort all that match.
        """
        events = self.by_anybody(ignore=ignore, tested=tested)
        if self.actors is None:
            return events
        if self.actor_keys is None or ACTOR in tested:
            return _tested(events, ACTOR, self.holds(ACTOR))
        return events.filter(actor__in=self.actor_keys)

    def by_anybody(self, *, ignore: str = "", tested: Container[str] = ()) -> QuerySet[Event]:
        """Like `matching`, whoever did it. For the filters `tested` no index is used: they are
        tested on each event that the rest of the query finds.
        """
        if not self.is_valid():
            return self.queryset.none()
        events = self.queryset
        for name, value in self.form.cleaned_data.items():
            if not value or name == ignore:
                continue
            if name in tested:
                events = _tested(events, name, self.holds(name))
            else:
                events = self.filters[name].filter(events, value)
        return events

    def by_period(self) -> QuerySet[Event]:
        """Like `matching`, whatever and whoever it was."""
        return self.queryset.filter(
            *(
                self.filters[name].condition(self, value)
                for name in ("since", "until")
                if (value := self.cleaned[name])
            )
        )

    def holds(self, name: str) -> Expression | Subquery:
        """Whether an event is what the filter `name` asks for, or `ACTOR`: an expression that no
        index answers. True when nothing is asked.
        """
        if name == ACTOR and self.actors is not None and self.actor_keys is None:
            is_meant = self.actors.filter(pk=OuterRef("actor")).values(found=Value(value=True))
            return Subquery(is_meant, output_field=BooleanField())
        if name == ACTOR:
            condition = Q() if self.actor_keys is None else Q(actor__in=self.actor_keys)
        elif value := self.cleaned.get(name):
            condition = self.filters[name].condition(self, value)
        else:
            condition = Q()
        if not condition:
            return Value(value=True, output_field=BooleanField())
        return Case(When(condition, then=True), default=False, output_field=BooleanField())

    @cached_property
    def actors(self) -> QuerySet[Actor] | None:
        """The people asked for by address or fragment; None when anybody may be meant."""
        actors = Actor.objects.filter(organization=self.head.organization)
        fragment, addresses = self.cleaned.get("q"), self.cleaned.get("user")
        if isinstance(fragment, str):
            actors = actors.filter(search_key__contains=Actor.fold(fragment))
        if addresses:
            actors = actors.filter(email_key__in=[Actor.fold(email) for email in addresses])
        return actors if addresses or isinstance(fragment, str) else None

    @cached_property
    def actor_keys(self) -> list[int] | None:
        """The keys of `actors`, or None when these are more than `MANY_ACTORS`."""
        if self.actors is None:
            return None
        keys = list(self.actors.values_list("pk", flat=True)[: MANY_ACTORS + 1])
        return keys if len(keys) <= MANY_ACTORS else None

    @property
    def codes(self) -> list[str] | None:
        """The types asked for that the log has events of; None when any may be meant."""
        selection = self.cleaned.get("event")
        if selection is None:
            return None
        return sorted(code for code in self.head.type_counts if code in selection)

    def of_types(self) -> Q:
        """What is left of the types is looked for, even if some were excluded: an index can."""
        return Q(event_type__in=self.codes or [])


def _tested(events: QuerySet[Event], name: str, holds: Expression | Subquery) -> QuerySet[Event]:
    return events.alias(**{f"{name}_holds": holds}).filter(**{f"{name}_holds": True})


def in_networks(networks: list[Network]) -> Q:
    """Events from any of `networks`; single addresses are looked up as such."""
    hosts = [str(n.network_address) for n in networks if n.prefixlen == n.max_prefixlen]
    condition = Q(ip__in=hosts) if hosts else Q()
    for network in networks:
        if network.prefixlen < network.max_prefixlen:
            condition |= Q(ip__within=network)
    return condition
