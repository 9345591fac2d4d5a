"""The page of the log: its rows, its users and its queries."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activity.reading.ordering import PAGE_SIZE
from activity.recording import record
from organizations.models import Role
from organizations.plans import Plan
from tests.factories import MemberFactory, OrganizationFactory, draft, event

LOG = "/admin/activity/event/"
START = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def fill(organization, count):
    """Record `count` events, one a second; several at the end have the same time."""
    moments = [START + timedelta(seconds=min(n, count - 5)) for n in range(count)]
    record(organization, [draft(occurred_at=moment) for moment in moments])


def rows(client, url=LOG):
    return client.get(url).context["cl"].result_list


def walk(client, url):
    """The ids on all pages from `url` on, and then on the pages back to it."""
    ids, back = [], []
    while url:
        changelist = client.get(url).context["cl"]
        ids += [one.pk for one in changelist.page.rows]
        links = {link.relation: link.url for link in changelist.page_links}
        back.append(links.get("prev"))
        url = links.get("next")
    return ids, back


def test_it_shows_an_event(as_alice, acme):
    event(acme, event_type="share.created", ip="2001:db8::7")

    (row,) = rows(as_alice)

    assert f"{row.day} {row.year} {row.time}" == "2 Nov 2026 11:23:13"
    assert (row.user, row.label, row.ip) == ("dana@acme.example", "Share Created", "2001:db8::7")
    assert (row.color, row.level) == ("green", "sensitive")


def test_it_names_the_time_zone(as_alice, acme):
    assert "Times in Europe/Zurich." in as_alice.get(LOG).content.decode()


def test_it_shows_the_system_without_a_link(as_alice, acme):
    event(acme, email="", name="", ip=None)

    (row,) = rows(as_alice)

    assert (row.user, row.user_url, row.ip, row.ip_url) == ("System", "", "", "")


def test_it_shows_an_event_of_an_unknown_type(as_alice, acme):
    event(acme, event_type="robot.moved")

    (row,) = rows(as_alice)

    assert (row.label, row.color) == ("robot.moved", "grey")
    assert [one.ip for one in rows(as_alice, row.event_url)] == ["203.0.113.7"]


@pytest.mark.parametrize(("order", "expected"), [("", [3, 2, 1]), ("?order=oldest", [1, 2, 3])])
def test_it_orders_by_time_both_ways(as_alice, acme, order, expected):
    record(acme, [draft(occurred_at=START + timedelta(hours=n)) for n in range(3)])

    changelist = as_alice.get(LOG + order).context["cl"]

    assert [one.seq for one in changelist.page.rows] == expected
    other = as_alice.get(changelist.order_url).context["cl"]
    assert [one.seq for one in other.page.rows] == expected[::-1]


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_it_pages_to_the_end_and_back(as_alice, acme, order):
    fill(acme, 2 * PAGE_SIZE + 20)

    ids, back = walk(as_alice, f"{LOG}?order={order}")

    assert len(ids) == len(set(ids)) == 2 * PAGE_SIZE + 20
    first, _ = walk(as_alice, back[1])
    assert first == ids


@pytest.mark.parametrize(
    ("order", "labels"),
    [
        ("newest", ["Newest", "Newer", "Older", "Oldest"]),
        ("oldest", ["Oldest", "Older", "Newer", "Newest"]),
    ],
)
def test_it_names_the_ways_on_by_time(as_alice, acme, order, labels):
    fill(acme, 3 * PAGE_SIZE)
    first = as_alice.get(f"{LOG}?order={order}").context["cl"]

    middle = as_alice.get(first.page_links[0].url).context["cl"]

    assert [str(link.label) for link in first.page_links] == labels[2:]
    assert [str(link.label) for link in middle.page_links] == labels
    assert as_alice.get(middle.page_links[0].url).context["cl"].page == first.page
    last = as_alice.get(middle.page_links[3].url).context["cl"]
    assert [str(link.label) for link in last.page_links] == labels[:2]


def questions(client, url):
    """The tables in the queries of a page, without the statements that set time limits."""
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    found = (re.search(r'^SELECT .* FROM "(\w+)"', query["sql"]) for query in queries)
    return Counter(match[1] for match in found if match)


@pytest.mark.parametrize(
    ("query", "log"),
    [
        (
            "",
            {"activity_loghead": 1, "activity_logday": 1, "activity_event": 1, "activity_actor": 1},
        ),
        ("?ip=203.0.113.7", {"activity_loghead": 1, "activity_event": 2, "activity_actor": 1}),
    ],
)
def test_it_asks_the_same_questions_for_one_row_and_for_fifty(as_alice, acme, query, log):
    event(acme, occurred_at=START - timedelta(days=20), ip=None)
    event(acme)
    for_one = questions(as_alice, LOG + query)
    fill(acme, 2 * PAGE_SIZE)

    assert questions(as_alice, LOG + query) == for_one
    assert {table: n for table, n in for_one.items() if table.startswith("activity_")} == log
    assert for_one.total() - sum(log.values()) == 6


def test_it_never_shows_another_organization(as_alice, acme):
    cedar = OrganizationFactory(slug="cedar")
    event(cedar, email="eve@cedar.example")
    event(acme)

    assert [row.user for row in rows(as_alice)] == ["dana@acme.example"]
    assert as_alice.get(f"{LOG}?organization=cedar").status_code == HTTPStatus.FORBIDDEN
    assert as_alice.get(f"{LOG}?organization=nowhere").status_code == HTTPStatus.FORBIDDEN


def test_it_shows_one_of_several_organizations_at_a_time(as_alice, alice, acme):
    cedar = OrganizationFactory(name="Cedar", slug="cedar")
    MemberFactory(organization=cedar, user=alice, role=Role.OWNER)
    event(acme)
    event(cedar, email="eve@cedar.example")

    response = as_alice.get(f"{LOG}?q=example")

    assert response.url == f"{LOG}?q=example&organization=acme"
    assert [row.user for row in rows(as_alice, response.url)] == ["dana@acme.example"]
    page = as_alice.get(f"{LOG}?organization=cedar")
    assert [row.user for row in page.context["cl"].result_list] == ["eve@cedar.example"]
    assert '<option value="cedar" selected>Cedar</option>' in page.content.decode()


def test_it_asks_for_the_slug_where_a_menu_would_be_too_long(superuser):
    OrganizationFactory.create_batch(101)
    client = Client()
    client.force_login(superuser)

    page = client.get(LOG, follow=True).content.decode()

    assert '<input id="id_organization" name="organization" value="organization-' in page
    assert "<option" not in page


def test_it_keeps_support_staff_out_and_off_the_menu(as_support, acme):
    event(acme)

    assert as_support.get(LOG).status_code == HTTPStatus.FORBIDDEN
    assert LOG not in as_support.get("/admin/").content.decode()


def test_it_lets_superusers_read_any_log_that_the_plan_includes(acme, birch, superuser):
    client = Client()
    client.force_login(superuser)
    event(acme)

    assert len(rows(client, f"{LOG}?organization=acme")) == 1
    assert client.get(f"{LOG}?organization=birch").status_code == HTTPStatus.FORBIDDEN


def test_it_sends_members_and_strangers_to_the_door(client, charlie):
    assert "/admin/login/" in client.get(LOG).url
    client.force_login(charlie)
    assert "/admin/login/" in client.get(LOG).url


@pytest.mark.parametrize("path", ["add/", "1/delete/", "1/history/", "autocomplete/"])
def test_it_has_no_way_to_change_anything(as_alice, acme, path):
    assert as_alice.get(LOG + path).status_code == HTTPStatus.NOT_FOUND
    assert as_alice.post(LOG).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_it_escapes_what_others_wrote(as_alice, acme):
    hostile = '"><script>alert(1)</script>'
    acme.name = hostile
    acme.save()
    event(acme, name=hostile, email=hostile, event_type=hostile.replace("-", ""), client=hostile)

    pages = [as_alice.get(LOG), as_alice.get(LOG, {"user": hostile})]
    pages.append(as_alice.get(pages[0].context["cl"].result_list[0].detail_url))

    for page in pages:
        assert page.status_code == HTTPStatus.OK
        assert "<script>" not in page.content.decode()
        assert "&lt;script&gt;" in page.content.decode()


def test_it_keeps_to_the_content_security_policy(as_alice, acme):
    fill(acme, PAGE_SIZE * 2)
    content = as_alice.get(f"{LOG}?q=dana&since=2026-11-01&event=item").content.decode()

    assert not re.search(r"<script(?![^>]*src=)", content)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", content)


def test_it_shows_the_organization_and_its_plan(as_alice, acme):
    acme.plan = Plan.BUSINESS_SUITE
    acme.save()

    content = as_alice.get(LOG).content.decode()

    assert "Acme Robotics" in content
    assert "Proton Business Suite" in content
