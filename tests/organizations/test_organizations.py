"""The organizations' pages."""

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType

from activity.models import Event
from organizations.models import Organization, PlanChange
from organizations.plans import Plan
from tests.factories import MemberFactory, OrganizationFactory, UpgradeRequestFactory, event

ORGANIZATIONS = "/admin/organizations/organization/"


def form(organization, **fields):
    values = {
        "name": organization.name,
        "time_zone": organization.time_zone,
        "plan": organization.plan,
        "plan_change_reason": "",
    }
    return values | fields


@pytest.fixture
def change_page(acme):
    return f"{ORGANIZATIONS}{acme.pk}/change/"


def test_it_lists_plan_members_last_activity_and_creation(as_support):
    organization = OrganizationFactory(
        name="Acme Robotics",
        plan=Plan.BUSINESS_SUITE,
        last_activity_at=datetime(2026, 11, 2, 10, 23, tzinfo=UTC),
        created_at=datetime(2026, 10, 1, tzinfo=UTC),
    )
    MemberFactory.create_batch(3, organization=organization)

    page = as_support.get(ORGANIZATIONS)

    assert '<span class="badge plan-business_suite">Proton Business Suite</span>' in page.text
    assert '<td class="field-member_count">3</td>' in page.text
    assert "Nov. 2, 2026, 7:23 p.m." in page.text
    assert "Oct. 1, 2026, 9 a.m." in page.text


def test_it_lists_many_organizations_with_the_queries_of_one(as_support, django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(7):
            as_support.get(ORGANIZATIONS)
        for organization in OrganizationFactory.create_batch(10):
            MemberFactory(organization=organization)


@pytest.mark.parametrize("search", ["robot", "acm", "ALICE@acme"])
def test_it_finds_organizations_by_name_slug_and_members_address(
    as_support, alice, acme, birch, search
):
    MemberFactory(organization=acme, user__email="another.alice@acme.example")

    result = as_support.get(ORGANIZATIONS, {"q": search}).context["cl"]

    assert [organization.member_count for organization in result.result_list] == [2]
    assert list(result.result_list) == [acme]


def test_it_filters_by_plan(as_support, acme, birch):
    page = as_support.get(ORGANIZATIONS, {"plan__exact": Plan.ESSENTIALS})

    assert list(page.context["cl"].result_list) == [birch]


def test_it_adds_an_organization(as_support):
    data = {"name": "Cedar", "slug": "cedar", "time_zone": "Asia/Tokyo", "plan": Plan.PROFESSIONAL}

    as_support.post(f"{ORGANIZATIONS}add/", data)

    stored = Organization.objects.values("name", "slug", "time_zone", "plan").get()
    assert stored == data
    assert not PlanChange.objects.exists()


def test_it_refuses_an_unknown_time_zone_and_suggests_the_known(as_support):
    data = {"name": "Cedar", "slug": "cedar", "time_zone": "Mars/Olympus", "plan": "essentials"}

    page = as_support.post(f"{ORGANIZATIONS}add/", data)

    assert "Mars/Olympus is not a time zone." in page.text
    assert '<option value="Europe/Zurich"></option>' in page.text


def test_it_changes_name_and_time_zone_but_never_the_slug(as_support, acme, change_page):
    data = form(acme, name="Acme", time_zone="UTC", slug="other")

    as_support.post(change_page, data)

    acme.refresh_from_db()
    assert (acme.name, acme.slug, acme.time_zone) == ("Acme", "acme", "UTC")


@pytest.mark.parametrize("reason", ["", "   "])
def test_it_wants_a_reason_for_another_plan(as_support, acme, change_page, reason):
    data = form(acme, plan=Plan.ESSENTIALS, plan_change_reason=reason)

    page = as_support.post(change_page, data)

    assert "Say why the plan changes." in page.text
    acme.refresh_from_db()
    assert acme.plan == Plan.PROFESSIONAL


def test_it_changes_the_plan_and_keeps_why(as_support, support, acme, change_page):
    data = form(acme, name="Acme", plan=Plan.ESSENTIALS, plan_change_reason="They asked <us>.")

    page = as_support.post(change_page, {**data, "_continue": "1"}, follow=True)

    acme.refresh_from_db()
    assert (acme.name, acme.plan) == ("Acme", Plan.ESSENTIALS)
    change = PlanChange.objects.get(organization=acme)
    assert (change.old_plan, change.new_plan) == (Plan.PROFESSIONAL, Plan.ESSENTIALS)
    assert (change.reason, change.changed_by) == ("They asked <us>.", support)
    assert "Pass Professional → Pass Essentials" in page.text
    assert "They asked &lt;us&gt;." in page.text
    assert page.text.count(support.email) >= 2


def test_it_writes_no_history_for_a_reason_without_another_plan(as_support, acme, change_page):
    as_support.post(change_page, form(acme, plan_change_reason="Nothing, really."))

    assert not PlanChange.objects.exists()


def test_it_shows_the_plan_history_newest_first(as_support, acme, change_page):
    for plan in [Plan.ESSENTIALS, Plan.BUSINESS_SUITE]:
        acme.change_plan(plan, reason=f"To {plan}.")

    page = as_support.get(change_page).text

    assert page.index("To business_suite.") < page.index("To essentials.")


def test_it_links_to_the_members(as_support, acme, change_page):
    MemberFactory.create_batch(2, organization=acme)
    MemberFactory()
    link = '<a href="/admin/organizations/member/?organization=acme">2 members</a>'

    assert link in as_support.get(change_page).text
    members = as_support.get("/admin/organizations/member/?organization=acme")
    assert members.context["cl"].result_count == 2


def test_it_opens_an_organization_with_the_same_queries_whatever_it_has(
    as_support, acme, change_page, django_assert_num_queries
):
    ContentType.objects.get_for_model(Organization)
    for plan in [Plan.ESSENTIALS, Plan.BUSINESS_SUITE]:
        with django_assert_num_queries(6):
            as_support.get(change_page)
        acme.change_plan(plan, reason="Again.")
        MemberFactory.create_batch(2, organization=acme)


def test_it_lets_superusers_delete_an_organization_that_has_no_events(as_superuser, acme):
    MemberFactory(organization=acme)
    UpgradeRequestFactory(organization=acme)
    acme.change_plan(Plan.ESSENTIALS, reason="Before the end.")

    response = as_superuser.post(f"{ORGANIZATIONS}{acme.pk}/delete/", {"post": "yes"})

    assert response.status_code == 302
    assert not Organization.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_keeps_an_organization_with_events_and_reads_none_of_them(as_superuser, acme, method):
    event(acme, email="dana@acme.example")
    address = f"{ORGANIZATIONS}{acme.pk}/delete/"

    page = getattr(as_superuser, method)(address, {"post": "yes"})

    assert page.status_code == 200
    assert "would require deleting the following protected related objects" in page.text
    assert "Acme Robotics: activity log" in page.text
    assert "dana@acme.example" not in page.text
    assert "item.read" not in page.text
    assert Event.objects.count() == 1


def test_it_keeps_organizations_with_events_from_the_list_too(as_superuser, acme, birch):
    event(acme)
    data = {"action": "delete_selected", "_selected_action": [acme.pk, birch.pk], "post": "yes"}

    page = as_superuser.post(ORGANIZATIONS, data)

    assert "Acme Robotics: activity log" in page.text
    assert Organization.objects.count() == 2


def test_it_offers_support_no_deletion_in_the_list(as_support, acme):
    assert "delete_selected" not in as_support.get(ORGANIZATIONS).text
