"""Files that the import of members refuses as a whole."""

import pytest

from organizations.member_files import resources, uploads
from tests.factories import MemberFactory, UserFactory
from tests.organizations.importing import CONFIRM, HEADER, IMPORT, confirm, stored, upload

REFUSAL = (
    "belongs to the support staff, who may not administer an organization. "
    "Choose the role Member, or another address."
)


def messages(response):
    """The messages of the page about each row, in the order of the rows."""
    return [
        "; ".join(message for texts in row.error_dict.values() for message in texts)
        for row in response.context["result"].invalid_rows
    ]


def test_it_names_everything_that_is_wrong_and_imports_nothing(as_support, support, acme, dana):
    content = HEADER + (
        "acne,lee@acme.example,Lee,member,active\n"
        ",lee@acme.example,Lee,member,active\n"
        "acme,lee,Lee,member,active\n"
        "acme,,Lee,member,active\n"
        "acme,lee@acme.example,Lee,boss,gone\n"
        "acme,support@passaudit.example,Sue,owner,active\n"
        "acme,dana@acme.example,D,admin,active\n"
        "acme,Dana@acme.example,D,admin,active\n"
        "acme,kim@acme.example," + "k" * 151 + ",admin,active\n"
    )

    response = upload(as_support, content)

    assert messages(response) == [
        "There is no organization with the slug acne.",
        "Name the organization by its slug.",
        "Enter a valid email address.",
        "This field cannot be blank.",
        "“boss” is none of: owner, admin, member.; “gone” is none of: invited, active, suspended.",
        f"support@passaudit.example {REFUSAL}",
        "Row 8 is about the same member.",
        "Ensure this value has at most 150 characters (it has 151).",
    ]
    assert [row.number + 1 for row in response.context["result"].invalid_rows] == [
        2, 3, 4, 5, 6, 7, 9, 10,
    ]  # fmt: skip
    assert "confirm_form" not in response.context
    assert stored() == [("acme", "dana@acme.example", "Dana", "admin", "active")]


def test_it_refuses_to_promote_staff_who_are_plain_members(as_support, support, acme):
    MemberFactory(organization=acme, user=support)

    response = upload(as_support, HEADER + f"acme,{support.email},,admin,\n")

    assert REFUSAL in messages(response)[0]


def test_it_imports_nothing_when_the_world_changed_since_the_preview(as_support, acme):
    content = HEADER + "acme,lee@acme.example,,admin,\nacme,kim@acme.example,,member,\n"
    preview = upload(as_support, content)
    UserFactory(email="lee@acme.example", is_staff=True)

    response = confirm(as_support, preview)

    assert "Nothing was imported: the members changed since the preview." in response.text
    assert response.redirect_chain == [(IMPORT, 302)]
    assert stored() == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("organization:email\nacme:a@b.example\n", "“organization:email” is no column."),
        ("organization,email,rôle\nacme,a@b.example,owner\n", "“rôle” is no column."),
        ("organization,name\nacme,Dana\n", "the first two of them needed"),
        ("organization,email,email\nacme,a@b.example,c@d.example\n", "the first two of them"),
        ("organization,email\n", "No valid data to import."),
        ("", "The submitted file is empty."),
        (
            "organization,email\nacme,a@b.example,x,y\n",
            "Line 2 cannot be read: it has 4 cells where the header has 2.",
        ),
        (
            b"organization,email\n\nacme,\xfc@b.example\n",
            "Line 3 cannot be read: it is not UTF-8. Save the file as “CSV UTF-8”.",
        ),
        (b"\xff\xfe\x00", "Line 1 cannot be read: it is not UTF-8."),
        (
            'organization,email,name\nacme,a@b.example,"A\nacme,b@b.example,B\n',
            "Line 2 cannot be read: a quotation mark is not closed",
        ),
        (
            'organization,email,name\nacme,a@b.example,"A\nacme,b@b.example,"\n',
            "Line 2 cannot be read: a quotation mark is not closed",
        ),
    ],
)
def test_it_refuses_a_file_that_is_not_ours(as_support, acme, content, message):
    response = upload(as_support, content)

    assert response.status_code == 200
    assert message in response.text
    assert "confirm_form" not in response.context
    assert stored() == []


def test_it_refuses_a_broken_workbook(as_support, acme):
    response = upload(as_support, "organization,email\n", "members.xlsx")

    assert "BadZipFile" in response.text


def test_it_refuses_a_file_that_is_too_large(as_support, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_SIZE", 10)

    assert "The file is larger than" in upload(as_support, HEADER).text


def test_it_refuses_a_file_with_too_many_rows_without_reading_them(as_support, acme, monkeypatch):
    monkeypatch.setattr(resources, "MAX_ROWS", 1)

    response = upload(as_support, HEADER + "acme,a@b.example,,,\nacme,c@d.example,,,\n")

    assert "Import 1 rows at a time at most." in response.text
    assert response.context["result"].rows == []


def test_it_confirms_nothing_that_it_has_not_checked(as_support, acme):
    preview = upload(as_support, HEADER + "acme,dana@acme.example,,,\n")
    form = preview.context["confirm_form"]
    data = {name: form[name].value() for name in form.fields}

    for field, value in [
        ("import_file_name", data["import_file_name"][:-1]),
        ("import_file_name", "../../etc/passwd"),
        ("import_file_name", ""),
        ("format", "99"),
        ("format", "x"),
        ("resource", "7"),
    ]:
        response = as_support.post(CONFIRM, data | {field: value})
        assert response.status_code == 200
        assert 'name="confirm"' not in response.text
    assert stored() == []


def test_it_confirms_nothing_an_hour_later(as_support, acme, monkeypatch):
    preview = upload(as_support, HEADER + "acme,dana@acme.example,,,\n")
    monkeypatch.setattr(uploads, "MAX_AGE_SECONDS", -1)

    response = confirm(as_support, preview)

    assert "This preview is more than an hour old. Choose the file again." in response.text
    assert stored() == []
