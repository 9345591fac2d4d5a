"""A file is uploaded, previewed, confirmed and imported."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from activity.models import Event
from activity.uploads.models import ImportJob
from tests.activity.importers.running import FIXTURES

pytestmark = pytest.mark.browser

LOG = "/admin/activity/event/"
ADD = "/admin/uploads/importjob/add/"
FILE = FIXTURES / "proton.csv"


def heading(page, level):
    return page.get_by_role("main").get_by_role("heading", level=level).first


def upload(page, file):
    page.get_by_label("File", exact=False).first.set_input_files(file)
    page.get_by_role("button", name="Upload and preview").click()


@pytest.mark.parametrize("with_scripts", [True, False])
def test_it_imports_a_file_step_by_step(open_page, live_server, acme, alice, with_scripts):
    page = open_page(alice, java_script_enabled=with_scripts)
    page.goto(LOG)
    page.get_by_role("main").get_by_role("link", name="Import").click()
    expect(heading(page, 1)).to_have_text("Import a file")
    upload(page, FILE)

    expect(heading(page, 1)).to_have_text("proton.csv")
    expect(heading(page, 2)).to_have_text("Preview of all 240 rows")
    expect(page.locator("#result_list tbody tr")).to_have_count(20)
    assert Event.objects.count() == 0
    page.get_by_role("button", name="Import", exact=True).click()

    expect(heading(page, 2)).to_have_text("Waiting for the worker")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("No worker is running")
    call_command("run_worker", "--once")
    expect(heading(page, 2)).to_have_text("Finished")
    expect(page.locator(".import-figures dd").first).to_have_text("240")
    page.get_by_role("link", name="Show the log from").click()
    expect(heading(page, 1)).to_have_text("Activity log")
    expect(page.locator(".count, [role=status]").first).to_contain_text("240")


def test_it_moves_the_bar_without_a_reload(open_page, live_server, acme, alice):
    page = open_page(alice)
    page.goto(ADD)
    upload(page, FILE)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(heading(page, 2)).to_have_text("Waiting for the worker")
    page.evaluate("window.isSamePage = true")
    ImportJob.objects.update(status="running", bytes_read=ImportJob.objects.get().size // 2)
    expect(page.get_by_role("status")).to_contain_text("49 % read")
    expect(heading(page, 2)).to_have_text("Importing")
    assert page.get_by_role("progressbar").evaluate("bar => bar.value") == 49
    assert page.evaluate("window.isSamePage")


def test_it_cancels_and_says_so(open_page, live_server, acme, alice):
    page = open_page(alice)
    page.goto(ADD)
    upload(page, FILE)
    page.get_by_role("button", name="Cancel and delete the file").click()
    expect(page.locator(".messagelist")).to_contain_text("cancelled")
    assert Event.objects.count() == 0


def test_it_refuses_what_is_too_large_before_it_is_sent(
    open_page, live_server, acme, alice, settings, tmp_path
):
    settings.UPLOAD_MAX_MIB = 1
    large = tmp_path / "large.csv"
    large.write_bytes(b"x" * (1024 * 1024 + 1))
    page = open_page(alice)
    page.goto(ADD)
    upload(page, large)
    field = page.get_by_label("File", exact=False).first
    message = "The file is larger than 1.0\xa0MB. Split it and import the parts."
    assert field.evaluate("input => input.validationMessage") == message
    assert page.url.endswith(ADD)

    without_scripts = open_page(alice, java_script_enabled=False)
    without_scripts.goto(ADD)
    upload(without_scripts, large)
    expect(without_scripts.locator(".errorlist").first).to_have_text(message)
    assert not ImportJob.objects.exists()
