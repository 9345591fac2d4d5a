"""Members from CSV and XLSX: upload, preview, confirmation."""

from io import BytesIO

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry

from organizations.models import Member, MemberStatus, Role
from tests.activity.importers.running import CASES
from tests.factories import MemberFactory, UserFactory
from tests.organizations.importing import HEADER, IMPORT, LIST, confirm, stored, upload


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def preview_rows(response):
    return [[row.import_type, *row.diff] for row in response.context["result"].valid_rows()]


def test_it_shows_what_would_happen_and_stores_nothing(as_support, acme, dana):
    kim = MemberFactory(organization=acme, user=None, email="kim@acme.example", name="Kim")

    preview = upload(
        as_support,
        HEADER
        + "acme,DANA@acme.example,Dana <Weiss>,owner,active\n"
        + "acme,kim@acme.example,Kim,member,active\n"
        + "acme,lee@acme.example,'=Lee,Member,Invited\n",
    )

    assert preview_rows(preview) == [
        [
            "update",
            "Acme Robotics",
            "<del>dana@acme.example</del> <ins>DANA@acme.example</ins>",
            "<del>Dana</del> <ins>Dana &lt;Weiss&gt;</ins>",
            "<del>admin</del> <ins>owner</ins>",
            "active",
        ],
        ["skip", "Acme Robotics", "kim@acme.example", "Kim", "member", "active"],
        ["new", "Acme Robotics", "lee@acme.example", "=Lee", "member", "invited"],
    ]
    assert "1 new, 1 changed, 1 as they are. Nothing is stored yet." in preview.text
    assert list(Member.objects.order_by("pk")) == [dana, kim]
    assert Member.objects.get(pk=dana.pk).role == Role.ADMIN


def test_it_stores_what_it_showed_once_confirmed(as_support, support, acme, dana):
    user = UserFactory(email="lee@acme.example")
    preview = upload(
        as_support,
        HEADER + "acme,dana@acme.example,,member,\nacme,lee@acme.example,'=Lee,admin,invited\n",
    )

    response = confirm(as_support, preview)

    assert response.redirect_chain == [(LIST, 302)]
    assert "Import finished: 1 new, 1 updated, 0 deleted and 0 skipped members." in response.text
    assert stored() == [
        ("acme", "dana@acme.example", "Dana", "member", "active"),
        ("acme", "lee@acme.example", "=Lee", "admin", "invited"),
    ]
    assert Member.objects.get(email="lee@acme.example").user == user
    assert LogEntry.objects.filter(user=support).count() == 2


def test_it_confirms_a_second_time_without_harm(as_support, acme):
    preview = upload(as_support, HEADER + "acme,dana@acme.example,Dana,member,active\n")

    confirm(as_support, preview)
    response = confirm(as_support, preview)

    assert "0 new, 0 updated, 0 deleted and 1 skipped" in response.text
    assert len(stored()) == 1


@pytest.mark.parametrize(("export_format", "suffix"), [("0", ".csv"), ("1", ".XLSX")])
def test_it_imports_its_own_exports_without_loss(as_support, acme, birch, export_format, suffix):
    for number, name in enumerate(["=1+1", "''x", 'Ünal, "Ü"', "-", "١٢٣", "007", ""]):
        MemberFactory(organization=acme, user=None, email=f"+{number}@acme.example", name=name)
    MemberFactory(
        organization=birch,
        user=None,
        email="eve@birch.example",
        role=Role.OWNER,
        status=MemberStatus.SUSPENDED,
    )
    before = stored()
    exported = as_support.post(f"{LIST}export/", {"format": export_format}).content
    unchanged = upload(as_support, exported, f"members{suffix}")
    assert {row.import_type for row in unchanged.context["result"].rows} == {"skip"}
    Member.objects.all().delete()

    confirm(as_support, upload(as_support, exported, f"members{suffix}"))

    assert stored() == before


def test_it_reads_cells_that_a_spreadsheet_turned_into_numbers(as_support, acme):
    content = workbook(
        ["Organization ", "EMAIL", "name", None],
        ["acme", "dana@acme.example", 42, None],
        [None, None, None, None],
    )

    confirm(as_support, upload(as_support, content, "members.xlsx"))

    assert stored() == [("acme", "dana@acme.example", "42", "member", "active")]


def test_it_reads_csv_with_a_byte_order_mark_and_crlf(as_support, acme):
    content = "\ufefforganization,email\r\nacme,dana@acme.example\r\n"

    confirm(as_support, upload(as_support, content))

    assert stored() == [("acme", "dana@acme.example", "", "member", "active")]


def test_it_reads_the_format_from_the_name_or_from_the_choice(as_support, acme):
    content = "organization,email\nacme,dana@acme.example\n"

    assert "Choose the format, or name the file" in upload(as_support, content, "x.txt").text
    assert "confirm_form" in upload(as_support, content, "x.txt", "0").context


def test_it_needs_no_inline_script_or_style(as_support, acme, dana):
    row = "acme,dana@acme.example,Dana Weiss,owner,active\n"
    pages = [
        as_support.get(IMPORT),
        upload(as_support, HEADER + row),
        upload(as_support, HEADER + row + row),
        upload(as_support, "nonsense\n1\n"),
    ]

    for page in pages:
        assert "style=" not in page.text
        assert "<style" not in page.text
        assert " onchange" not in page.text
    assert '<label for="id_import_file">' in pages[0].text
    assert '<label for="id_format">' in pages[0].text


@pytest.mark.parametrize(
    "content",
    [
        "organization;email;name\r\nacme;lee@acme.example;Weiß, Lee\r\n",
        "sep=;\r\norganization;email;name\r\nacme;lee@acme.example;Weiß, Lee\r\n;;\r\n\r\n",
        "organization\temail\tname\nacme\tlee@acme.example\tWeiß, Lee\n",
        'organization,email,name,,\n,,,,\nacme,lee@acme.example,"Weiß, Lee",,\n,,\n,\n',
        '"organization","email","name"\r"acme","lee@acme.example","Weiß, Lee"\r',
        "\ufeff\ufeffName|Email|Organization\nWeiß, Lee|lee@acme.example|acme\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_it_reads_csv_as_spreadsheets_save_it(as_support, acme, content, encoding):
    preview = upload(as_support, content.encode(encoding))
    rows = [row.import_type for row in preview.context["result"].rows]
    assert rows[-1] == "new"

    confirm(as_support, preview)

    assert stored() == [("acme", "lee@acme.example", "Weiß, Lee", "member", "active")]


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("26-members-unclosed.csv", "Line 2 cannot be read: a quotation mark is not closed"),
        ("26-members-comma-name.csv", "Line 2 cannot be read: it has 6 cells where the header"),
    ],
)
def test_it_names_the_line_that_it_cannot_read(as_support, acme, case, message):
    response = upload(as_support, (CASES / case).read_bytes())

    assert message in response.text
    assert "confirm_form" not in response.context


def test_it_reads_utf_16(as_support, acme):
    preview = upload(as_support, (CASES / "26-members-utf16.csv").read_bytes())

    assert [row[0] for row in preview_rows(preview)] == ["new"]
