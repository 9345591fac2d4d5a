"""manage.py create_api_key."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from activity.api.models import ApiKey
from activity.api.tokens import Token
from tests.api.conftest import EVENTS, bearer


def create(*arguments):
    out, err = StringIO(), StringIO()
    call_command("create_api_key", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_prints_the_key_alone(acme):
    out, err = create("acme", "--scopes", "events:write,events:read")
    assert out.endswith("\n")
    token = out.removesuffix("\n")
    assert Token.parse(token)
    assert token not in err
    key = ApiKey.objects.get(organization=acme)
    key.token = token
    assert bearer(key).get(EVENTS).status_code == 200


def test_it_sets_what_it_is_told(acme):
    create("acme", "--scopes", "events:read", "--name", "SIEM", "--expires", "30")
    key = ApiKey.objects.get(organization=acme)
    assert (key.name, key.scopes) == ("SIEM", ["events:read"])
    assert timedelta(days=29) < key.expires_at - timezone.now() <= timedelta(days=30)
    assert key.created_by is None


def test_it_makes_as_many_as_a_script_wants(acme):
    for _ in range(4):
        create("acme", "--scopes", "events:read")
    assert ApiKey.objects.live().count() == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--scopes", "events:read"], "There is no organization “nowhere”."),
        (["acme", "--scopes", ""], "--scopes: name some of events:write, events:read"),
        (["acme", "--scopes", "events:read,all"], "--scopes: name some of"),
        (["acme", "--scopes", "events:read", "--expires", "0"], "--expires: 1 to 3650 days"),
        (["acme", "--scopes", "events:read", "--expires", "99999999999"], "--expires: 1 to"),
        (["acme", "--scopes", "events:read", "--name", "x" * 81], "at most 80 characters"),
    ],
)
def test_it_says_what_is_wrong(acme, arguments, message):
    with pytest.raises(CommandError, match=message):
        create(*arguments)
    assert not ApiKey.objects.exists()


def test_it_refuses_a_third_key_of_one_name(acme):
    for _ in range(2):
        create("acme", "--scopes", "events:read", "--name", "SIEM")
    with pytest.raises(CommandError, match="Two keys of this name are live"):
        create("acme", "--scopes", "events:read", "--name", "SIEM")
