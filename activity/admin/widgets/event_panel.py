"""The panel of event types: seven groups and one for the rest, each type with its count."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity.event_types import CATEGORIES, EVENT_TYPES, Category, event_type
from activity.reading.filter_values import EventSelection


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str | Promise
    description: str | Promise
    count: int | None
    is_checked: bool


@dataclass(frozen=True, slots=True)
class Group:
    category: Category
    count: int | None
    options: list[Option]


@dataclass(frozen=True, slots=True)
class EventPanel:
    """`summary` is the closed panel's text; `hidden` are the values that no box stands for."""

    summary: str
    groups: list[Group]
    hidden: list[str]


def event_panel(
    selection: EventSelection | None,
    counts: Mapping[str, int] | None,
    codes: Collection[str],
    *,
    tokens: Collection[str] = (),
) -> EventPanel:
    """`counts` by code (None when nobody knows), `codes` those that the log has.

    `tokens` are the values as they came; without a `selection` they could not be understood, and
    those that no box stands for are let go, so that the form can mend them.
    """
    shown = [
        code
        for code in [*EVENT_TYPES, *sorted(set(codes) - EVENT_TYPES.keys())]
        if code in codes or code in tokens or event_type(code).is_documented
    ]
    included = selection.included if selection else frozenset(tokens)
    checked = set(shown) & (included or frozenset())
    groups = [_group(category, shown, counts, checked) for category in CATEGORIES.values()]
    boxes = checked | {event_type(code).category.code for code in checked}
    return EventPanel(
        summary=_summary(list(tokens), checked),
        groups=[group for group in groups if group.options],
        hidden=[token for token in tokens if selection and token not in boxes],
    )


def _group(
    category: Category,
    shown: Collection[str],
    counts: Mapping[str, int] | None,
    checked: Collection[str],
) -> Group:
    options = []
    for code in shown:
        kind = event_type(code)
        if kind.category == category:
            count = None if counts is None else counts.get(code, 0)
            options.append(Option(code, kind.label, kind.description, count, code in checked))
    total = None if counts is None else sum(option.count or 0 for option in options)
    return Group(category, total, options)


def _summary(tokens: list[str], checked: set[str]) -> str:
    excluded = [token.removeprefix("-") for token in tokens if token.startswith("-")]
    if checked:
        if len(checked) == 1 or len(tokens) == 1:
            return _label(tokens[0] if len(tokens) == 1 else next(iter(checked)))
        text = ngettext("%(count)d event type", "%(count)d event types", len(checked))
        return text % {"count": len(checked)}
    if len(excluded) == 1:
        return _("All but %(event)s") % {"event": _label(excluded[0])}
    if excluded:
        return _("All but %(count)d kinds") % {"count": len(excluded)}
    return _("All events")


def _label(token: str) -> str:
    category = CATEGORIES.get(token)
    return str(category.label if category else event_type(token).label)
