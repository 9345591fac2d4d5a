"""The filter grammar: the same for page, links, export, command and API.

`EventFilter` is strict: an unknown parameter, a repeated one or a bad value makes the whole filter
invalid, and an invalid filter lists nothing.
"""

import re
from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from activity import parsing
from activity.event_types import EVENT_TYPES
from activity.keyset import Cursor, InvalidCursor, Order
from activity.models import Actor, Event, LogHead
from activity.parsing import EventSelection, Network

HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # what bytes that are not UTF-8 become
PASSED_BY = frozenset({"organization"})
MANY_ACTORS = 1000


class GrammarField(forms.CharField):
    """A text field whose value `parse` understands; None when it is blank."""

    def __init__(self, *, parse: Callable[[str], Any], **options: Any) -> None:
        super().__init__(max_length=4000, empty_value=None, **options)
        self.parse = parse

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text is None:
            return None
        if HALF_CHARACTER.search(text):
            raise ValidationError(_("Write this in UTF-8."))
        return self.parse(text)


class GrammarFilter(django_filters.Filter):
    """A filter that hands the parsed value, and the filter set, to its `method`."""

    field_class = GrammarField


class FilterForm(forms.Form):
    """Refuses parameters that nobody knows, and names given twice."""

    data: QueryDict
    known: frozenset[str] = frozenset()

    def clean(self) -> dict[str, Any]:
        for name, values in self.data.lists():
            if name not in self.fields and name not in self.known:
                self._refuse(name, _("There is no filter “%(parameter)s”."))
            elif len(values) > 1:
                self._refuse(name, _("“%(parameter)s” is given more than once: join with commas."))
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since >= until:
            self.add_error("until", _("The end must be later than the beginning."))
        return self.cleaned_data

    def _refuse(self, name: str, message: Any) -> None:
        error = ValidationError(message, code="parameter", params={"parameter": name})
        self.add_error(name if name in self.fields else None, error)


def parse_order(text: str) -> Order:
    try:
        return Order(text)
    except ValueError:
        raise ValidationError(_("The order is “newest” or “oldest”.")) from None


def parse_cursor(text: str) -> Cursor:
    try:
        return Cursor.decode(text)
    except InvalidCursor:
        raise ValidationError(_("This page does not exist. Begin at the first one.")) from None


class EventFilter(django_filters.FilterSet):
    """The filters of one organization's log, whose `head` knows zone and types.

    `known` names further parameters that somebody else reads.
    """

    q = GrammarFilter(label=_("Email or IP address"), method="filter_search")
    user = GrammarFilter(label=_("User"), method="leave")
    ip = GrammarFilter(label=_("IP address"), method="filter_ip")
    event = GrammarFilter(label=_("Event"), method="filter_event")
    since = GrammarFilter(label=_("From"), method="filter_since")
    until = GrammarFilter(label=_("To"), method="filter_until")
    order = GrammarFilter(label=_("Order"), method="leave")
    p = GrammarFilter(label=_("Page"), method="leave")

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
            "q": parsing.parse_search,
            "user": parsing.split_list,
            "ip": lambda text: [parsing.parse_network(part) for part in parsing.split_list(text)],
            "event": lambda text: parsing.parse_events(
                text, other_codes=head.type_counts.keys() - EVENT_TYPES.keys()
            ),
            "since": lambda text: parsing.parse_since(text, zone),
            "until": lambda text: parsing.parse_until(text, zone),
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

    def scanned(self, *, ignore: str = "") -> QuerySet[Event]:
        """The same as `matching`, for whoever takes only the first of them in order.

        Among thousands, each event's actor is looked up by itself, in a scalar subquery, which
        PostgreSQL leaves as it is. A list it would join, to sort all that match.
        """
        if self.actors is None or self.actor_keys is not None:
            return self.matching(ignore=ignore)
        actor = Subquery(self.actors.filter(pk=OuterRef("actor")).values("pk"))
        return self.by_anybody(ignore=ignore).alias(meant=actor).filter(meant__isnull=False)

    def by_anybody(self, *, ignore: str = "") -> QuerySet[Event]:
        """Like `matching`, whoever did it."""
        if not self.is_valid():
            return self.queryset.none()
        queryset = self.queryset
        for name, value in self.form.cleaned_data.items():
            if value and name != ignore:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

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

    def filter_search(
        self, queryset: QuerySet[Event], name: str, value: Network | str
    ) -> QuerySet[Event]:
        """A fragment is looked up in `actors`."""
        return queryset if isinstance(value, str) else queryset.filter(in_networks([value]))

    def filter_ip(
        self, queryset: QuerySet[Event], name: str, value: list[Network]
    ) -> QuerySet[Event]:
        return queryset.filter(in_networks(value))

    def filter_event(
        self, queryset: QuerySet[Event], name: str, value: EventSelection
    ) -> QuerySet[Event]:
        """What is left of the types is looked for, even if some were excluded: an index can."""
        return queryset.filter(event_type__in=self.codes or [])

    def filter_since(self, queryset: QuerySet[Event], name: str, value: Any) -> QuerySet[Event]:
        return queryset.filter(occurred_at__gte=value)

    def filter_until(self, queryset: QuerySet[Event], name: str, value: Any) -> QuerySet[Event]:
        return queryset.filter(occurred_at__lt=value)

    def leave(self, queryset: QuerySet[Event], name: str, value: Any) -> QuerySet[Event]:
        """For what narrows elsewhere (`actors`), or not at all (`order`, `p`)."""
        return queryset


def in_networks(networks: list[Network]) -> Q:
    """Events from any of `networks`; single addresses are looked up as such."""
    hosts = [str(n.network_address) for n in networks if n.prefixlen == n.max_prefixlen]
    condition = Q(ip__in=hosts) if hosts else Q()
    for network in networks:
        if network.prefixlen < network.max_prefixlen:
            condition |= Q(ip__within=network)
    return condition
