"""The declared form of the filters: strict about what it takes.

What values mean is `activity.reading.filter_values`'s business; what they ask of events, `activity.reading.filters`'.
"""

import re
from collections.abc import Callable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from activity.models import Event
from activity.reading.ordering import Cursor, InvalidCursor, Order

HALF_CHARACTER = re.compile("[\ud800-\udfff]")  # what bytes that are not UTF-8 become


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
    """A filter whose `condition` says what the parsed value asks of an event: nothing, for what
    narrows elsewhere (`EventFilter.actors`), or not at all (`order`, `p`).
    """

    field_class = GrammarField

    def __init__(
        self,
        *,
        condition: Callable[[Any, Any], Q] = lambda filterset, value: Q(),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.condition = condition

    def filter(self, qs: QuerySet[Event], value: Any) -> QuerySet[Event]:
        return qs.filter(self.condition(self.parent, value))


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
