"""The public codes of event types, and their labels, which are those of Proton Pass."""

import re

import pytest

from activity.drafts import EVENT_CODE
from activity.event_types import CATEGORIES, EVENT_TYPES, OTHER, Level, codes_in, event_type
from tests.factories import draft

DOCUMENTED = {
    "invite": {
        "invite.created": "Invite Created",
        "invite.accepted": "Invite Accepted",
        "invite.deleted": "Invite Deleted",
        "invite.rejected": "Invite Rejected",
    },
    "new_user_invite": {
        "new_user_invite.created": "New User Invite Created",
        "new_user_invite.deleted": "New User Invite Deleted",
    },
    "item": {
        "item.created": "Item Created",
        "item.updated": "Item Updated",
        "item.used": "Item Used",
        "item.read": "Item Read",
        "item.deleted": "Item Deleted",
        "item.trashed": "Item Trashed",
    },
    "vault": {"vault.created": "Vault Created", "vault.deleted": "Vault Deleted"},
    "breach_email": {
        "breach_email.created": "Breach Custom Email Created",
        "breach_email.validated": "Breach Custom Email Validated",
        "breach_email.deleted": "Breach Custom Email Deleted",
    },
    "share": {
        "share.created": "Share Created",
        "share.deleted": "Share Deleted",
        "share.updated": "Share Updated",
    },
    "secure_link": {
        "secure_link.created": "Secure Link Created",
        "secure_link.deleted": "Secure Link Deleted",
        "secure_link.read": "Secure Link Read",
    },
}
UNDOCUMENTED = {"item.untrashed": "item", "item.flags_changed": "item", "vault.updated": "vault"}


def test_it_knows_the_23_types_of_the_help_page_in_seven_groups():
    found: dict[str, dict[str, str]] = {}
    for known in EVENT_TYPES:
        if known.is_documented:
            found.setdefault(known.category.code, {})[known.code] = str(known.label)
    assert found == DOCUMENTED
    assert sum(map(len, found.values())) == 23


def test_it_knows_the_three_that_only_the_client_knows():
    found = {code: EVENT_TYPES[code].category.code for code in UNDOCUMENTED}
    assert found == UNDOCUMENTED
    assert not any(EVENT_TYPES[code].is_documented for code in UNDOCUMENTED)


def test_it_has_codes_that_can_be_recorded_and_filtered():
    for code in EVENT_TYPES.codes():
        assert EVENT_CODE.fullmatch(code)
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", code)
        assert draft(event_type=code).event_type == code


def test_it_calls_no_event_like_a_category():
    assert not CATEGORIES.codes() & EVENT_TYPES.codes()
    assert all("." not in code for code in CATEGORIES.codes())


def test_it_describes_every_type_in_a_sentence_of_its_own():
    descriptions = [str(known.description) for known in EVENT_TYPES]
    assert len(set(descriptions)) == len(EVENT_TYPES)
    assert all(text[0].isupper() and text.endswith(".") for text in descriptions)
    assert len({str(known.label) for known in EVENT_TYPES}) == len(EVENT_TYPES)


@pytest.mark.parametrize("code", ["bitwarden.9999", "item.unheard", "x", "Ü.ß", "vault"])
def test_it_takes_an_unknown_code_for_a_type_of_that_name(code):
    unknown = event_type(code)
    assert (unknown.code, unknown.label, unknown.category) == (code, code, OTHER)
    assert unknown.level is Level.CHANGE


def test_it_puts_unknown_codes_into_the_category_of_the_rest():
    assert codes_in("other") == set()
    assert codes_in("other", also=["x.y", "item.read"]) == {"x.y"}
    assert codes_in("vault", also=["vault", "vault.x"]) == {
        "vault.created",
        "vault.deleted",
        "vault.updated",
    }


def test_it_puts_every_type_into_one_category():
    by_category = [codes_in(category) for category in CATEGORIES.codes()]
    assert set().union(*by_category) == EVENT_TYPES.codes()
    assert sum(map(len, by_category)) == len(EVENT_TYPES)
