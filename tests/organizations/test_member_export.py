"""Members as CSV and XLSX."""

from io import BytesIO

import openpyxl
import pytest

from organizations.models import MemberStatus, Role
from tests.factories import MemberFactory

EXPORT = "/admin/organizations/member/export/"
CSV, XLSX = "0", "1"


@pytest.fixture
def members(acme, birch):
    MemberFactory(
        organization=acme, user=None, email="dana@acme.example", name="=1+1", role=Role.ADMIN
    )
    MemberFactory(organization=acme, user=None, email="ünal@acme.example", name='Ünal "Ü", "x"\n')
    MemberFactory(
        organization=birch,
        user=None,
        email="+eve@birch.example",
        name="'quoted",
        status=MemberStatus.INVITED,
    )


def test_it_exports_csv_without_live_formulas(as_support, members):
    response = as_support.post(EXPORT, {"format": CSV})

    assert response["Content-Type"] == "text/csv"
    assert response.content.decode() == (
        "organization,email,name,role,status\r\n"
        "acme,dana@acme.example,'=1+1,admin,active\r\n"
        'acme,ünal@acme.example,"Ünal ""Ü"", ""x""\n",member,active\r\n'
        "birch,'+eve@birch.example,''quoted,member,invited\r\n"
    )


def test_it_exports_xlsx_without_live_formulas(as_support, members):
    response = as_support.post(EXPORT, {"format": XLSX})

    sheet = openpyxl.load_workbook(BytesIO(response.content)).active
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["organization", "email", "name", "role", "status"],
        ["acme", "dana@acme.example", "'=1+1", "admin", "active"],
        ["acme", "ünal@acme.example", 'Ünal "Ü", "x"\n', "member", "active"],
        ["birch", "'+eve@birch.example", "''quoted", "member", "invited"],
    ]
    assert {cell.data_type for row in sheet.rows for cell in row} == {"s"}


def test_it_exports_what_the_list_shows(as_support, members):
    response = as_support.post(f"{EXPORT}?organization=acme&q=dana", {"format": CSV})

    assert response.text.splitlines() == [
        "organization,email,name,role,status",
        "acme,dana@acme.example,'=1+1,admin,active",
    ]


def test_it_exports_many_members_with_the_queries_of_one(
    as_support, acme, django_assert_num_queries
):
    for _ in range(2):
        MemberFactory.create_batch(5)
        with django_assert_num_queries(5):
            as_support.post(EXPORT, {"format": CSV})


@pytest.mark.parametrize("query", ["nonsense=1", "role__exact=a&organization__plan=professional"])
def test_it_exports_nothing_by_unknown_filters(as_support, members, query):
    assert as_support.post(f"{EXPORT}?{query}", {"format": CSV}).status_code == 400


def test_it_needs_no_script_and_no_style_in_the_page(as_support, members):
    page = as_support.get(EXPORT).text

    assert "style=" not in page
    assert "onchange" not in page
    assert '<label for="id_format">' in page
