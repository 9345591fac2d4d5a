"""Import and export of members."""

import csv
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from organizations.models import Member
from tests.factories import MemberFactory

pytestmark = pytest.mark.browser

MEMBERS = "/admin/organizations/member/"
HEADER = ["organization", "email", "name", "role", "status"]
LEE = ["acme", "lee@acme.example", "Lee Aoki", "member", "invited"]
DANA = ["acme", "dana@acme.example", "Dana Weiss", "admin", "active"]


def as_csv(*rows):
    text = "".join(",".join(row) + "\r\n" for row in [HEADER, *rows])
    return {"name": "members.csv", "mimeType": "text/csv", "buffer": text.encode()}


def as_xlsx(*rows):
    workbook, content = Workbook(), BytesIO()
    for row in [HEADER, *rows]:
        workbook.active.append(row)
    workbook.save(content)
    return {
        "name": "members.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": content.getvalue(),
    }


@pytest.fixture
def page(open_page, live_server, support, acme):
    MemberFactory(organization=acme, user=None, email="dana@acme.example", name="Dana")
    return open_page(support)


def upload(page, file):
    page.goto(MEMBERS)
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File to import").set_input_files(file)
    page.get_by_role("button", name="Submit").click()


@pytest.mark.parametrize("form", [as_csv, as_xlsx])
def test_it_previews_and_imports_members(page, acme, form):
    upload(page, form(LEE, DANA))
    expect(page.get_by_role("main")).to_contain_text("1 new, 1 changed, 0 as they are.")
    expect(page.locator(".badge")).to_have_text(["New", "Changed"])
    assert Member.objects.count() == 1
    page.get_by_role("button", name="Confirm import").click()

    expect(page.locator(".messagelist")).to_contain_text("Import finished")
    assert set(acme.members.values_list("name", "status")) == {
        ("Lee Aoki", "invited"),
        ("Dana Weiss", "active"),
    }


def test_it_names_the_rows_that_need_a_change(page):
    upload(page, as_csv(LEE, ["acne", "kim@acme.example", "Kim", "boss", "active"]))

    expect(page.get_by_role("heading", level=2, name="Nothing was imported")).to_be_visible()
    row = page.locator(".import-preview tbody tr")
    expect(row.get_by_role("rowheader")).to_have_text("3")
    expect(row).to_contain_text("There is no organization with the slug acne.")
    expect(row).to_contain_text("“boss” is none of: owner, admin, member.")
    expect(page.get_by_role("button", name="Confirm import")).to_have_count(0)
    assert Member.objects.count() == 1


def test_it_exports_members(page):
    page.goto(MEMBERS)
    page.get_by_role("link", name="Export").click()
    page.get_by_label("Format").select_option("csv")
    with page.expect_download() as download_info:
        page.get_by_role("button", name="Submit").click()

    lines = Path(download_info.value.path()).read_text(encoding="utf-8").splitlines()
    (member,) = csv.DictReader(lines)
    assert (member["organization"], member["email"]) == ("acme", "dana@acme.example")
