"""A destination is added, tested, paused, replayed and deleted, with a real receiver."""

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from activity.delivery.engine import deliver
from activity.delivery.models import Destination, ParkedEvent
from tests.delivery.conftest import local_receivers, names  # noqa: F401 - fixtures
from tests.delivery.engine.fakes import fill
from tests.delivery.receivers import WebReceiver, authority_pem

pytestmark = pytest.mark.browser

DESTINATIONS = "/admin/delivery/destination/"


@pytest.fixture
def receiver(local_receivers):  # noqa: F811 - the fixture
    with WebReceiver() as receiver:
        yield receiver


@pytest.fixture
def page(open_page, live_server, acme, alice):
    fill(acme, 3)
    return open_page(alice)


def add_webhook(page, receiver):
    """Add a webhook and return its secret."""
    page.goto(DESTINATIONS)
    page.get_by_role("link", name="Add destination").first.click()
    page.get_by_role("link", name="HTTPS webhook").click()
    page.get_by_label("Name").fill("SIEM")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_label("with the first event of the log").check()
    page.get_by_text("Certificate", exact=True).click()
    page.get_by_label("CA certificate").fill(authority_pem())
    page.get_by_role("button", name="Save").click()
    secret = page.get_by_label("Signing secret").input_value()
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("SIEM")
    assert secret not in page.content()
    return secret


def status(page):
    return page.locator(".state .badge")


def test_it_adds_a_webhook_and_tries_it(page, receiver):
    secret = add_webhook(page, receiver)
    page.get_by_role("button", name="Send a test event").click()
    expect(page.locator(".messagelist")).to_contain_text("The test event arrived.")
    [request] = receiver.requests
    [event] = Webhook(secret).verify(request.body, request.headers)
    assert event["event"] == "delivery.test"
    expect(page.locator(".state")).to_contain_text("3 events")

    deliver(lambda: False)
    page.reload()
    expect(status(page)).to_have_text("OK")
    expect(page.locator(".state")).to_contain_text("Up to date")
    assert [event["seq"] for event in receiver.requests[1].json] == [1, 2, 3]


def test_it_tells_what_fails_until_it_works_again(page, receiver):
    add_webhook(page, receiver)
    receiver.answers = [503]
    deliver(lambda: False)
    page.goto("/admin/")
    page.get_by_role("link", name="SIEM").click()
    expect(status(page)).to_have_text("Failing")
    expect(page.locator(".state")).to_contain_text("status 503")
    page.get_by_role("button", name="Send a test event").click()
    deliver(lambda: False)
    page.goto(DESTINATIONS)
    expect(page.locator("#result_list .badge")).to_have_text("OK")


def test_it_pauses_resumes_and_delivers_again(page, receiver):
    add_webhook(page, receiver)
    page.get_by_role("button", name="Pause").click()
    expect(status(page)).to_have_text("Disabled")
    assert deliver(lambda: False) is False
    page.get_by_role("button", name="Resume").click()
    expect(status(page)).to_have_text("OK")
    deliver(lambda: False)

    page.get_by_role("link", name="Deliver again…").click()
    page.get_by_label("From number").fill("2")
    page.get_by_role("button", name="Deliver again").click()
    expect(page.locator(".messagelist")).to_contain_text("from number 2 on")
    deliver(lambda: False)
    assert [event["seq"] for event in receiver.requests[-1].json] == [2, 3]

    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Yes, I’m sure").click()
    expect(page.locator(".messagelist")).to_contain_text("deleted successfully")
    assert not Destination.objects.exists()


def test_it_can_be_done_with_the_keyboard_alone(page, receiver, acme):
    add_webhook(page, receiver)
    destination = Destination.objects.get()
    for seq in (1, 2):
        ParkedEvent.objects.create(
            organization=acme, destination=destination, seq=seq, reason="too salty"
        )
    page.reload()
    for name in ["Send a test event", "Pause", "Deliver again…", "New signing secret…"]:
        reach(page, name)
    for seq in (1, 2):
        reach(page, f"Number {seq}, Item Read, dana@acme.example")
        if seq == 2:
            page.keyboard.press("Space")
    reach(page, "Discard selected")
    page.keyboard.press("Enter")
    expect(page.locator(".parked h2")).to_have_text("One parked event")
    assert ParkedEvent.objects.get().seq == 1


def reach(page, name):
    """Press Tab until the control has the focus."""
    target = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    target = target.or_(page.get_by_role("checkbox", name=name)).first
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"The Tab key does not reach {name}.")


def test_it_works_without_javascript(open_page, live_server, alice, receiver):
    page = open_page(alice, java_script_enabled=False)
    add_webhook(page, receiver)
    page.get_by_role("button", name="Send a test event").click()
    expect(page.locator(".messagelist")).to_contain_text("The test event arrived.")
