"""The filter panel of event types, grouped by category, with the count of each type."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity import event_types
from activity.event_types import CATEGORIES, EVENT_TYPES, Category, categories
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
    """`summary` is the text of the closed panel; `hidden` are the values without a check box."""

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
    """`counts` are by code, None when unknown; `codes` are the codes that the log contains.

    `tokens` are the values of the parameter as text. `selection` is None when they are invalid:
    then the values without a check box are dropped, so that submitting the form corrects them.
    """
    shown = [
        code
        for code in [*EVENT_TYPES.codes(), *sorted(set(codes) - EVENT_TYPES.codes())]
        if code in codes or code in tokens or event_types.event_type(code).is_documented
    ]
    included = selection.included if selection else frozenset(tokens)
    checked = set(shown) & (included or frozenset())
    groups = [_group(category, shown, counts, checked) for category in categories()]
    boxes = checked | {event_types.event_type(code).category.code for code in checked}
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
        event_type = event_types.event_type(code)
        if event_type.category == category:
            count = None if counts is None else counts.get(code, 0)
            options.append(
                Option(code, event_type.label, event_type.description, count, code in checked)
            )
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
        return _("%(count)d excluded") % {"count": len(excluded)}
    return _("All events")


def _label(token: str) -> str:
    category = CATEGORIES.get(token)
    return str(category.label if category else event_types.event_type(token).label)
