"""How often one may guess, and that nobody is kept out by the guesses of others."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations.models import User
from passaudit.sign_in.limits import PER_ACCOUNT, PER_ADDRESS, Attempt
from passaudit.sign_in.models import AttemptBucket
from tests.factories import UserFactory
from tests.sign_in.conftest import MINUTE, Visitor

pytestmark = pytest.mark.slow

HOUR = 60 * MINUTE


def test_it_refuses_after_ten_guesses_at_an_account(clock, alice):
    visitor = Visitor()
    assert visitor.guesses(alice.email, 10) == [200] * 10

    response = visitor.signs_in(alice.email)

    assert response.status_code == 429
    assert response["Retry-After"] == "60"
    assert "Too many attempts to sign in. Try again in 1 minute." in response.text
    assert "_auth_user_id" not in visitor.client.session


def test_it_lets_in_after_a_minute(clock, alice):
    visitor = Visitor()
    visitor.guesses(alice.email, 11)
    clock.now += MINUTE
    assert visitor.signs_in(alice.email).status_code == 302


def test_it_counts_an_account_over_all_addresses(clock, alice):
    statuses = [
        status for n in range(12) for status in Visitor(f"203.0.113.{n}").guesses(alice.email, 1)
    ]
    assert statuses == [200] * 10 + [429] * 2


def test_it_allows_seventy_guesses_at_an_account_in_an_hour(clock, alice):
    """Ten at once and then one a minute, from as many addresses as one likes."""
    statuses = []
    for n in range(240):
        statuses += Visitor(f"2001:db8:{n:x}::1").guesses(alice.email, 1)
        clock.now += HOUR // 240
    assert statuses.count(200) == 10 + 59


def test_it_counts_an_address_over_all_accounts(clock, db):
    visitor = Visitor()
    statuses = [status for n in range(22) for status in visitor.guesses(f"user{n}@acme.example", 1)]
    assert statuses == [200] * 20 + [429] * 2
    assert visitor.signs_in("user@acme.example")["Retry-After"] == "15"


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
    ],
)
def test_it_knows_which_addresses_are_one(clock, db, one, other, are_one):
    for n in range(20):
        Visitor(one).guesses(f"user{n}@acme.example", 1)
    assert Visitor(other).guesses("somebody@acme.example", 1) == [429 if are_one else 200]


def test_it_takes_the_address_that_the_proxy_saw(clock, db, settings):
    settings.TRUSTED_PROXIES = 1
    visitor = Visitor("127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.1, 203.0.113.7")
    visitor.guesses("user@acme.example", 1)
    forged = Visitor("127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.99, 203.0.113.7")
    for n in range(19):
        forged.guesses(f"user{n}@acme.example", 1)
    assert visitor.guesses("other@acme.example", 1) == [429]


def test_it_gives_the_token_of_a_right_password_back(clock, alice):
    visitor = Visitor()
    for _ in range(30):
        assert visitor.signs_in(alice.email).status_code == 302
        visitor.signs_out()


def test_it_does_not_forget_guesses_after_a_right_password(clock, alice, bob):
    """Otherwise whoever has an account could guess at others without end."""
    visitor = Visitor()
    for n in range(20):
        visitor.guesses(f"user{n}@acme.example", 1)
    clock.now += MINUTE // 4
    assert visitor.signs_in(bob.email).status_code == 302
    visitor.signs_out()
    assert Visitor().guesses("user@acme.example", 2) == [200, 429]


def test_it_keeps_nobody_out_of_a_browser_that_is_known(clock, alice):
    visitor = Visitor()
    visitor.signs_in(alice.email)
    visitor.signs_out()

    for n in range(40):  # of somebody else, also behind the same address
        Visitor(visitor.client.defaults["REMOTE_ADDR"]).guesses(alice.email, 1)
        Visitor(f"192.0.2.{n}").guesses(alice.email, 1)

    assert Visitor().signs_in(alice.email).status_code == 429
    assert visitor.signs_in(alice.email).status_code == 302


def test_it_limits_a_browser_that_is_known(clock, alice):
    visitor = Visitor()
    visitor.signs_in(alice.email)
    visitor.signs_out()
    assert visitor.guesses(alice.email, 12) == [200] * 10 + [429] * 2


def test_it_knows_a_browser_for_its_owner_only(clock, alice, bob):
    visitor = Visitor()
    visitor.signs_in(alice.email)
    visitor.signs_out()
    Visitor("192.0.2.1").guesses(bob.email, 10)
    assert visitor.guesses(bob.email, 1) == [429]


@pytest.mark.parametrize("cookie", ["", "nonsense", "a:b:c", "\xe4", "x" * 3000])
def test_it_knows_no_browser_by_a_forged_cookie(clock, alice, cookie, settings):
    Visitor("192.0.2.1").guesses(alice.email, 10)
    visitor = Visitor()
    visitor.client.cookies[settings.BROWSER_COOKIE_NAME] = cookie
    assert visitor.guesses(alice.email, 1) == [429]


def test_it_hides_whether_there_is_an_account(clock, alice):
    """Accounts and addresses that are nobody's have the same limits."""
    there = Visitor("192.0.2.1").guesses(alice.email, 12)
    not_there = Visitor("192.0.2.2").guesses("nobody@acme.example", 12)
    assert there == not_there


SPELLINGS = st.tuples(
    st.sampled_from(["alice", "ALICE", "Alice", "al\u0131ce", "al\u0130ce", "ALI\u0307CE"]),
    st.sampled_from(["@acme.example", "@ACME.EXAMPLE", "@acme.example\u200b"]),
).map("".join)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(email=SPELLINGS)
def test_it_has_one_bucket_for_all_spellings_of_an_account(alice, email):
    """Whatever finds the account is counted as the account."""
    attempt = Attempt.of(RequestFactory().post("/"), email)
    found = User.objects.with_email(email).exists()
    account = f"user:{alice.pk}" if found else f"nobody:{email.casefold()}"
    assert dict(attempt.buckets)[account] == PER_ACCOUNT


def test_it_keeps_no_address_and_nothing_that_was_typed(clock, db):
    Visitor().guesses("my secret password", 1)
    assert all(len(row.key) == 64 for row in AttemptBucket.objects.all())
    assert AttemptBucket.objects.count() == 2


def test_it_forgets_buckets_that_are_full_again(clock, db):
    for n in range(20):
        Visitor(f"192.0.2.{n}").guesses(f"user{n}@acme.example", 1)
    assert AttemptBucket.objects.count() == 40
    clock.now += 2 * HOUR
    Visitor("198.51.100.1").guesses("user@acme.example", 1)
    assert AttemptBucket.objects.count() == 2


def test_it_does_not_hash_what_it_refuses(clock, alice, monkeypatch):
    Visitor().guesses(alice.email, 10)
    monkeypatch.setattr(User, "check_password", lambda *_: pytest.fail("was hashed"))
    assert Visitor().guesses(alice.email, 1) == [429]


def test_it_bounds_what_it_hashes(clock, alice):
    assert "at most 4096" in Visitor().signs_in(alice.email, "x" * 5000).text
    assert "at most 254" in Visitor().signs_in("a" * 300).text


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_it_holds_for_concurrent_attempts():
    user = UserFactory()

    def guess(number):
        request = RequestFactory().post("/", REMOTE_ADDR=f"203.0.113.{number}")
        try:
            return Attempt.of(request, user.email).take()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(guess, range(40)))
    assert waits.count(0) == PER_ACCOUNT.burst
    assert PER_ADDRESS.burst > PER_ACCOUNT.burst
