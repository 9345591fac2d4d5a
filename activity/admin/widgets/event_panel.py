"""The filter panel of event types, grouped by category, with the count of each type."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activity import event_types
from activity.admin.widgets.invisible import visible
from activity.event_types import BEYOND, CATEGORIES, EVENT_TYPES, Category, categories
from activity.reading.filter_values import EventSelection

MAX_OTHERS = 200  # types that are not registered


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
    """`summary` is the text of the closed panel; `hidden` are the values without a check box.

    `more` is the number of types of the log that are not shown.
    """

    summary: str
    groups: list[Group]
    hidden: list[str]
    more: int


def event_panel(
    selection: EventSelection | None,
    counts: Mapping[str, int] | None,
    known: Mapping[str, int],
    *,
    tokens: Collection[str] = (),
) -> EventPanel:
    """`counts` are by code, None when unknown; `known` are the counts of the whole log.

    `tokens` are the values of the parameter as text. `selection` is None when they are invalid:
    then the values without a check box are dropped, so that submitting the form corrects them.
    """
    codes = EVENT_TYPES.codes()
    shown = [
        code
        for code in codes
        if code in known or code in tokens or event_types.event_type(code).is_documented
    ]
    others = [code for code in most_frequent(known) if code not in codes]
    listed = {*others[:MAX_OTHERS], *(known.keys() & tokens)} - codes - {BEYOND}
    shown += sorted(listed)
    # A category of which some types are not shown is one value, not the boxes of the shown types.
    partly_shown = {_category(code) for code in {*others, *known.keys()} - {*shown}} & set(tokens)
    included = selection.included if selection else frozenset(tokens)
    checked = {
        code
        for code in shown
        if code in (included or ()) and (code in tokens or _category(code) not in partly_shown)
    }
    boxes = (checked | {_category(code) for code in checked}) - partly_shown
    return EventPanel(
        summary=_summary(list(tokens), checked),
        groups=[
            group
            for category in categories()
            if (group := _group(category, shown, counts, checked)).options
        ],
        hidden=[token for token in tokens if selection and token not in boxes],
        more=len(known.keys() - {*shown}),
    )


def most_frequent(known: Mapping[str, int]) -> list[str]:
    """The codes of a log that it counts one by one, by number of events."""
    codes = (code for code in known if code != BEYOND)
    return sorted(codes, key=lambda code: (-known[code], code))


def _category(code: str) -> str:
    return event_types.event_type(code).category.code


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
                Option(
                    code, visible(event_type.label), event_type.description, count, code in checked
                )
            )
    if counts is None:
        return Group(category, None, options)
    total = sum(number for code, number in counts.items() if _category(code) == category.code)
    return Group(category, total, options)


def _summary(tokens: list[str], checked: set[str]) -> str:
    excluded = [token.removeprefix("-") for token in tokens if token.startswith("-")]
    chosen = checked or {token for token in tokens if not token.startswith("-")}
    if chosen:
        if len(chosen) == 1 or len(tokens) == 1:
            return _label(tokens[0] if len(tokens) == 1 else next(iter(chosen)))
        text = ngettext("%(count)d event type", "%(count)d event types", len(chosen))
        return text % {"count": len(chosen)}
    if len(excluded) == 1:
        return _("All but %(event)s") % {"event": _label(excluded[0])}
    if excluded:
        return _("%(count)d excluded") % {"count": len(excluded)}
    return _("All events")


def _label(token: str) -> str:
    category = CATEGORIES.get(token)
    return visible(category.label if category else event_types.event_type(token).label)
