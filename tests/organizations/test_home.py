"""The figures on the home page."""

import pytest
from django.utils import timezone

from activity.models import Event
from organizations.models import MemberStatus, Role
from passaudit.home import home_of
from tests.factories import (
    MemberFactory,
    OrganizationFactory,
    UpgradeRequestFactory,
    administrator,
    event,
)


def home(client):
    return client.get("/admin/").context["home"]


@pytest.mark.parametrize("who", ["as_support", "as_superuser"])
def test_it_counts_everything_for_support(request, who):
    client = request.getfixturevalue(who)
    MemberFactory.create_batch(2)
    requests = UpgradeRequestFactory.create_batch(6)
    requests[0].decline(resolved_by=requests[0].requested_by, note="No.")

    cards = home(client)

    assert cards.organizations == []
    assert cards.support.organization_count == 8
    assert cards.support.member_count == 2
    assert cards.support.open_request_count == 5
    assert cards.support.newest_requests == list(reversed(requests[1:]))


def test_it_lists_five_open_requests_at_most(as_support):
    requests = UpgradeRequestFactory.create_batch(7)

    assert home(as_support).support.newest_requests == list(reversed(requests[2:]))


def test_it_shows_administrators_their_organization(as_alice, acme):
    MemberFactory(organization=acme)
    event(acme, occurred_at=timezone.now())

    cards = home(as_alice)

    assert cards.support is None
    [card] = cards.organizations
    assert card.organization == acme
    assert card.member_count == 2
    assert card.log_url == "/admin/activity/event/?organization=acme"
    assert sum(card.activity.per_day) == 1


def test_it_shows_every_organization_that_somebody_administers(client, acme, birch):
    user = administrator(acme)
    MemberFactory(organization=birch, user=user, role=Role.OWNER)
    plain, suspended = OrganizationFactory.create_batch(2)
    MemberFactory(organization=plain, user=user)
    MemberFactory(organization=suspended, user=user, role=Role.OWNER, status=MemberStatus.SUSPENDED)
    client.force_login(user)

    assert [card.organization for card in home(client).organizations] == [acme, birch]


def test_it_asks_nothing_about_events_without_a_plan_for_them(
    bob, birch, django_assert_num_queries
):
    event(birch)

    with django_assert_num_queries(3) as queries:
        [card] = home_of(bob).organizations

    assert card.activity is None
    assert not [query for query in queries if Event._meta.db_table in query["sql"]]


def test_it_needs_four_queries_for_support_however_much_there_is(
    support, django_assert_num_queries
):
    for _ in range(2):
        with django_assert_num_queries(4):
            home_of(support)
        MemberFactory.create_batch(3)
        UpgradeRequestFactory.create_batch(4)
