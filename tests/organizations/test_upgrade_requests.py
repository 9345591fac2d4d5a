"""Upgrade requests, and the answers of support staff."""

import pytest
from django.test import Client

from organizations.models import PlanChange, RequestStatus, UpgradeRequest
from organizations.plans import Plan
from tests.factories import UpgradeRequestFactory

REQUESTS = "/admin/organizations/upgraderequest/"


@pytest.fixture
def pending(birch, bob):
    upgrade_request, _is_new = UpgradeRequest.submit(birch, bob)
    return upgrade_request


@pytest.fixture
def page(pending):
    return f"{REQUESTS}{pending.pk}/change/"


def approval(**fields):
    return {"approve": "1", "approve-plan": Plan.PROFESSIONAL, "approve-note": ""} | fields


def refusal(note="Not now."):
    return {"decline": "1", "decline-note": note}


def test_it_lists_requests_with_plan_and_status(as_support, pending, bob):
    response = as_support.get(REQUESTS)

    assert "Birch &amp; Co" in response.text
    assert '<span class="badge plan-essentials">Pass Essentials</span>' in response.text
    assert '<span class="badge request-pending">Pending</span>' in response.text
    assert bob.email in response.text


def test_it_lists_many_requests_with_the_queries_of_one(as_support, django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(7):
            as_support.get(REQUESTS)
        UpgradeRequestFactory.create_batch(10)


def test_it_filters_by_status(as_support, pending):
    UpgradeRequestFactory(status=RequestStatus.DECLINED)

    response = as_support.get(REQUESTS, {"status__exact": "pending"})

    assert list(response.context["cl"].result_list) == [pending]


def test_it_offers_the_plans_with_the_log_only(as_support, page):
    form = as_support.get(page).context["answers"]["approve"]

    assert [plan for plan, _label in form.fields["plan"].choices] == [
        Plan.PROFESSIONAL,
        Plan.BUSINESS_SUITE,
    ]


def test_it_approves_and_changes_the_plan(as_support, support, birch, pending, page):
    data = approval(**{"approve-plan": Plan.BUSINESS_SUITE, "approve-note": "Welcome."})

    response = as_support.post(page, data, follow=True)

    assert "Birch &amp; Co: Approved." in response.text
    birch.refresh_from_db()
    pending.refresh_from_db()
    assert birch.plan == Plan.BUSINESS_SUITE
    assert (pending.status, pending.note) == (RequestStatus.APPROVED, "Welcome.")
    assert (pending.resolved_by, pending.resolved_at is None) == (support, False)
    change = PlanChange.objects.get(organization=birch)
    assert (change.new_plan, change.changed_by) == (Plan.BUSINESS_SUITE, support)


def test_it_declines_with_a_note(as_support, birch, pending, page):
    as_support.post(page, refusal("Ask <again> in May."))

    birch.refresh_from_db()
    pending.refresh_from_db()
    assert birch.plan == Plan.ESSENTIALS
    assert (pending.status, pending.note) == (RequestStatus.DECLINED, "Ask <again> in May.")
    assert not PlanChange.objects.exists()
    assert "Ask &lt;again&gt; in May." in as_support.get(page).text


@pytest.mark.parametrize("note", ["", "  "])
def test_it_declines_nothing_without_a_note(as_support, pending, page, note):
    response = as_support.post(page, refusal(note))

    assert "Tell the organization why." in response.text
    pending.refresh_from_db()
    assert pending.status == RequestStatus.PENDING


@pytest.mark.parametrize("plan", [Plan.ESSENTIALS, "gold", ""])
def test_it_approves_no_plan_without_the_log(as_support, birch, pending, page, plan):
    response = as_support.post(page, approval(**{"approve-plan": plan}))

    assert response.context["answers"]["approve"].errors.keys() == {"plan"}
    pending.refresh_from_db()
    assert pending.status == RequestStatus.PENDING


@pytest.mark.parametrize("data", [approval(), refusal()])
def test_it_says_that_somebody_else_has_answered(as_support, superuser, birch, pending, page, data):
    pending.decline(resolved_by=superuser, note="No.")

    response = as_support.post(page, data, follow=True)

    assert "Somebody else has answered this request already." in response.text
    birch.refresh_from_db()
    pending.refresh_from_db()
    assert birch.plan == Plan.ESSENTIALS
    assert (pending.status, pending.note) == (RequestStatus.DECLINED, "No.")


def test_it_shows_no_forms_once_answered(as_support, support, pending, page):
    assert "<h2 id=" in as_support.get(page).text
    pending.approve(Plan.PROFESSIONAL, resolved_by=support)

    response = as_support.get(page)

    assert response.context["answers"] is None
    assert support.email in response.text


def test_it_changes_nothing_by_a_post_without_an_answer(as_support, pending, page):
    assert as_support.post(page, {"status": "approved"}).status_code == 200
    pending.refresh_from_db()
    assert pending.status == RequestStatus.PENDING


def test_it_wants_the_token_against_forged_requests(support, pending, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(support)

    assert client.post(page, approval()).status_code == 403
    pending.refresh_from_db()
    assert pending.status == RequestStatus.PENDING


def test_it_approves_for_an_organization_that_has_moved_on(as_support, birch, pending, page):
    birch.change_plan(Plan.PROFESSIONAL, reason="They called.")

    as_support.post(page, approval())

    pending.refresh_from_db()
    assert pending.status == RequestStatus.APPROVED
    assert PlanChange.objects.count() == 1


def test_it_finds_no_request_that_does_not_exist(as_support):
    assert as_support.get(f"{REQUESTS}999/change/").status_code == 404


def test_it_submits_one_pending_request_at_a_time(birch, bob, support):
    first, is_new = UpgradeRequest.submit(birch, bob)
    second, is_newer = UpgradeRequest.submit(birch, bob)
    assert (first, is_new, is_newer) == (second, True, False)

    first.decline(resolved_by=support, note="No.")

    assert UpgradeRequest.submit(birch, bob)[1]


def test_it_keeps_what_others_changed_since_it_was_read(birch, bob, support, pending):
    UpgradeRequest.objects.filter(pk=pending.pk).update(requested_by_email="robert@birch.example")

    pending.approve(Plan.PROFESSIONAL, resolved_by=support)

    assert pending.requested_by_email == "robert@birch.example"
    pending.refresh_from_db()
    assert pending.requested_by_email == "robert@birch.example"
    reason = PlanChange.objects.get(organization=birch).reason
    assert reason == "Upgrade requested by robert@birch.example"


def test_it_shows_the_stored_answer_when_somebody_was_faster(pending, support, superuser):
    UpgradeRequest.objects.get(pk=pending.pk).decline(resolved_by=superuser, note="No.")

    with pytest.raises(UpgradeRequest.AlreadyAnswered):
        pending.approve(Plan.PROFESSIONAL, resolved_by=support)

    assert (pending.status, pending.note) == (RequestStatus.DECLINED, "No.")
    assert pending.resolved_by == superuser
