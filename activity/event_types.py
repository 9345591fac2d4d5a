"""The event types: code, label, category, level and description. Adding one is one line.

Plugins register types and categories of their own (`activity.plugin`). Labels are those of Proton Pass, the descriptions are our own. Codes that are not listed here
are kept, shown, filtered and exported under their own name.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activity.registry import Registry


class Level(StrEnum):
    """How loud an event is on the page."""

    ROUTINE = "routine"
    CHANGE = "change"
    SENSITIVE = "sensitive"


LEVEL_LABELS = {
    Level.ROUTINE: _("Routine"),
    Level.CHANGE: pgettext_lazy("level", "Change"),
    Level.SENSITIVE: _("Sensitive"),
}


class Color(StrEnum):
    """The colors of categories. Each is readable on all backgrounds, in light and dark."""

    BLUE = "blue"
    TEAL = "teal"
    VIOLET = "violet"
    AMBER = "amber"
    PINK = "pink"
    GREEN = "green"
    ORANGE = "orange"
    SLATE = "slate"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Category:
    """A group of event types. `code` has no dot: the codes of event types have one."""

    code: str
    label: str | Promise
    color: Color = Color.GREY


CATEGORIES: Registry[Category] = Registry("category")

INVITE = CATEGORIES.register(Category("invite", _("Organization invites"), Color.BLUE))
NEW_USER_INVITE = CATEGORIES.register(
    Category("new_user_invite", _("New user invites"), Color.TEAL)
)
ITEM = CATEGORIES.register(Category("item", _("Items"), Color.VIOLET))
VAULT = CATEGORIES.register(Category("vault", _("Vaults"), Color.AMBER))
BREACH_EMAIL = CATEGORIES.register(Category("breach_email", _("Email breach monitor"), Color.PINK))
SHARE = CATEGORIES.register(Category("share", _("Shared vaults"), Color.GREEN))
SECURE_LINK = CATEGORIES.register(Category("secure_link", _("Secure links"), Color.ORANGE))
SIGN_IN = CATEGORIES.register(Category("signin", _("Sign-ins"), Color.SLATE))
OTHER = CATEGORIES.register(Category("other", _("Other events"), Color.GREY))


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event. `is_documented` is False for those that Proton's help page does not list:
    some that its client knows, and some that other password managers report."""

    code: str
    label: str | Promise
    category: Category
    level: Level
    description: str | Promise
    is_documented: bool = True


EVENT_TYPES: Registry[EventType] = Registry("event type", max_length=100)

_CHANGE, _ROUTINE, _SENSITIVE = Level.CHANGE, Level.ROUTINE, Level.SENSITIVE

# fmt: off
for _event_type in [
    EventType("invite.created", _("Invite Created"), INVITE, _CHANGE, _("An administrator invited somebody to a vault or to the organization.")),
    EventType("invite.accepted", _("Invite Accepted"), INVITE, _CHANGE, _("The invited person accepted.")),
    EventType("invite.deleted", _("Invite Deleted"), INVITE, _SENSITIVE, _("An invite was withdrawn before it was answered.")),
    EventType("invite.rejected", _("Invite Rejected"), INVITE, _CHANGE, _("The invited person did not accept.")),
    EventType("new_user_invite.created", _("New User Invite Created"), NEW_USER_INVITE, _CHANGE, _("Somebody without a Proton account was invited.")),
    EventType("new_user_invite.deleted", _("New User Invite Deleted"), NEW_USER_INVITE, _SENSITIVE, _("An invite to somebody without a Proton account was withdrawn.")),
    EventType("item.created", _("Item Created"), ITEM, _CHANGE, _("A login, alias, card or note was added to a vault.")),
    EventType("item.updated", _("Item Updated"), ITEM, _CHANGE, _("An item was edited.")),
    EventType("item.used", _("Item Used"), ITEM, _ROUTINE, _("An item was filled in by the app or the browser extension.")),
    EventType("item.read", _("Item Read"), ITEM, _ROUTINE, _("An item was opened. The member's app reports this, sometimes late.")),
    EventType("item.deleted", _("Item Deleted"), ITEM, _SENSITIVE, _("An item was removed for good.")),
    EventType("item.trashed", _("Item Trashed"), ITEM, _SENSITIVE, _("An item was moved to the Trash, from where it can come back.")),
    EventType("item.untrashed", _("Item Untrashed"), ITEM, _CHANGE, _("An item came back from the Trash."), is_documented=False),
    EventType("item.flags_changed", _("Item Flags Changed"), ITEM, _CHANGE, _("An item's settings changed, for example its health monitoring."), is_documented=False),
    EventType("item.copied", _("Item Copied"), ITEM, _SENSITIVE, _("A password or another field was copied out of an item."), is_documented=False),
    EventType("item.exported", _("Item Exported"), ITEM, _SENSITIVE, _("Items were written to a file, one or a whole vault."), is_documented=False),
    EventType("vault.created", _("Vault Created"), VAULT, _CHANGE, _("A vault was added.")),
    EventType("vault.deleted", _("Vault Deleted"), VAULT, _SENSITIVE, _("A vault and everything in it was removed for good.")),
    EventType("vault.updated", _("Vault Updated"), VAULT, _CHANGE, _("A vault's name, icon or colour changed."), is_documented=False),
    EventType("breach_email.created", _("Breach Custom Email Created"), BREACH_EMAIL, _CHANGE, _("A member asked to have an address of theirs watched for breaches.")),
    EventType("breach_email.validated", _("Breach Custom Email Validated"), BREACH_EMAIL, _CHANGE, _("A watched address was shown to belong to the member who added it.")),
    EventType("breach_email.deleted", _("Breach Custom Email Deleted"), BREACH_EMAIL, _SENSITIVE, _("An address is not watched for breaches any more.")),
    EventType("share.created", _("Share Created"), SHARE, _SENSITIVE, _("A vault or an item was shared with somebody.")),
    EventType("share.deleted", _("Share Deleted"), SHARE, _SENSITIVE, _("Somebody's access to a shared vault or item was taken away.")),
    EventType("share.updated", _("Share Updated"), SHARE, _CHANGE, _("Somebody's rights in a shared vault or item changed.")),
    EventType("secure_link.created", _("Secure Link Created"), SECURE_LINK, _SENSITIVE, _("A link was made that shows an item to whoever has it.")),
    EventType("secure_link.deleted", _("Secure Link Deleted"), SECURE_LINK, _SENSITIVE, _("A secure link was taken back.")),
    EventType("secure_link.read", _("Secure Link Read"), SECURE_LINK, _SENSITIVE, _("Somebody opened a secure link.")),
    EventType("signin.succeeded", _("Sign-in Succeeded"), SIGN_IN, _ROUTINE, _("Somebody signed in."), is_documented=False),
    EventType("signin.failed", _("Sign-in Failed"), SIGN_IN, _SENSITIVE, _("Somebody could not sign in: a wrong password or second factor, or a rule against it."), is_documented=False),
]:
    EVENT_TYPES.register(_event_type)
# fmt: on


# A log counts this many codes one by one, and the events of all further codes together.
MAX_COUNTED_CODES = 2000
BEYOND = "-"  # the key of the further codes in counts: no code is a hyphen


def event_type(code: str) -> EventType:
    """The type with this code; an unknown code is a type of its own, named by the code."""
    known = EVENT_TYPES.get(code)
    if known:
        return known
    return EventType(code, code, OTHER, Level.CHANGE, _("passaudit has no name for this type."))


@lru_cache(maxsize=1024)
def english_label(code: str) -> str:
    """The label for files and machines, whatever language is active."""
    with translation.override("en"):
        return str(event_type(code).label)


def categories() -> list[Category]:
    """All categories, in the order in which pages list them: `OTHER` comes last."""
    return sorted(CATEGORIES, key=lambda category: category is OTHER)


def codes_in(category: str, *, also: Iterable[str] = ()) -> frozenset[str]:
    """The codes of a category, among those listed here and those in `also`."""
    return frozenset(
        code for code in {*EVENT_TYPES.codes(), *also} if event_type(code).category.code == category
    )
