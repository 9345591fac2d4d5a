"""How a filter is declared, and the form that parses and checks the declared filters.

`activity.reading.filters` declares the filters. `activity.reading.filter_values` parses values.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.models import Event, LogHead
from activity.reading.ordering import Cursor, InvalidCursor, Order

SURROGATE = re.compile("[\ud800-\udfff]")  # bytes that are not UTF-8 are decoded to these

Parse = Callable[[str, LogHead], Any]


class LogFilterField(forms.CharField):
    """A text field that returns the parsed value, or None if it is blank."""

    def __init__(self, *, parse: Callable[[str], Any], **options: Any) -> None:
        super().__init__(max_length=4000, empty_value=None, **options)
        self.parse = parse

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text is None:
            return None
        if SURROGATE.search(text):
            raise ValidationError(_("Write this in UTF-8."))
        return self.parse(text)


class LogFilter(django_filters.Filter):
    """The declaration of one URL parameter of the log. All other code derives from it.

    - `label` is the name on the page, `help` the description in the docs and in OpenAPI.
    - `parse(text, head)` returns the value. It raises `ValidationError`.
    - `condition(filterset, value)` restricts events, `actor_condition(value)` restricts actors.
      An actor condition of None means that the value does not restrict actors.
    - `is_list`: values are separated by commas; links, chips and forms treat each value alone.
    - `can_exclude`: a leading `-` excludes a value.
    - `group_of(value)`: for an excludable list, the value that includes this one.
    - `is_counted_daily`: the daily counts by event type can answer it. Leave it False unless
      `activity.reading.facets` handles the filter: then counts are slower, but never wrong.
    - `narrows` is False for parameters that select no events, such as the order.
    - `is_for_page` is True for parameters that only the page reads.
    - `choices` are the only valid values, for OpenAPI; `examples` are pairs for the docs.
    """

    field_class = LogFilterField

    def __init__(
        self,
        *,
        label: str | Promise,
        help: str | Promise,  # noqa: A002 - the term of forms and of argparse
        parse: Parse,
        condition: Callable[[Any, Any], Q] = lambda filterset, value: Q(),
        actor_condition: Callable[[Any], Q | None] = lambda value: None,
        is_list: bool = False,
        can_exclude: bool = False,
        group_of: Callable[[str], str] | None = None,
        is_counted_daily: bool = False,
        narrows: bool = True,
        is_for_page: bool = False,
        choices: tuple[str, ...] = (),
        examples: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(label=label)
        self.help = help
        self.parse = parse
        self.condition = condition
        self.actor_condition = actor_condition
        self.is_list = is_list
        self.can_exclude = can_exclude
        self.group_of = group_of
        self.is_counted_daily = is_counted_daily
        self.narrows = narrows
        self.is_for_page = is_for_page
        self.choices = choices
        self.examples = dict(examples or {})

    def bind(self, head: LogHead) -> None:
        """Parse values for the log with this head."""
        self.extra["parse"] = lambda text: self.parse(text, head)

    def filter(self, qs: QuerySet[Event], value: Any) -> QuerySet[Event]:
        return qs.filter(self.condition(self.parent, value))


class FilterForm(forms.Form):
    """Refuses unknown parameters and names given twice."""

    data: QueryDict
    extra_parameters: frozenset[str] = frozenset()

    def clean(self) -> dict[str, Any]:
        for name, values in self.data.lists():
            if name not in self.fields and name not in self.extra_parameters:
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


def parse_order(text: str, _head: LogHead) -> Order:
    try:
        return Order(text)
    except ValueError:
        raise ValidationError(_("The order is “newest” or “oldest”.")) from None


def parse_cursor(text: str, _head: LogHead) -> Cursor:
    try:
        return Cursor.decode(text)
    except InvalidCursor:
        raise ValidationError(_("This page does not exist. Begin at the first one.")) from None
