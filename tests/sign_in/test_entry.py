"""Who may enter the site, and what the others are told."""

import pytest
from django.urls import reverse

from organizations.models import Member, MemberStatus
from tests.factories import PASSWORD, UserFactory

LOGIN = "/admin/login/"
EXPLANATION = "Ask an owner of your organization to make you one."
USUAL_MESSAGE = "Please enter a correct email address and password."


def sign_in(client, email, password=PASSWORD):
    return client.post(LOGIN, {"username": email, "password": password})


@pytest.mark.parametrize("who", ["alice", "bob", "support", "superuser"])
def test_it_lets_in_whoever_has_something_to_do(client, request, who):
    response = sign_in(client, request.getfixturevalue(who).email)

    assert response.status_code == 302
    assert response["Location"] == reverse("admin:index")
    assert client.get("/admin/").status_code == 200


def test_it_takes_an_email_address_in_any_case(client, alice):
    assert sign_in(client, "ALICE@Acme.Example").status_code == 302


def test_it_tells_a_plain_member_why_not_and_keeps_no_session(client, charlie):
    response = sign_in(client, charlie.email)

    assert response.status_code == 200
    assert EXPLANATION in response.text
    assert "sessionid" not in " ".join(client.cookies)
    assert "_auth_user_id" not in client.session


def test_it_tells_nothing_about_an_account_without_its_password(client, charlie):
    wrong = sign_in(client, charlie.email, "wrong")
    unknown = sign_in(client, "nobody@acme.example", "wrong")

    for response in [wrong, unknown]:
        assert response.status_code == 200
        assert USUAL_MESSAGE in response.text
        assert EXPLANATION not in response.text
    assert wrong.context["form"].errors == unknown.context["form"].errors


@pytest.mark.parametrize("who", ["alice", "support", "superuser"])
def test_it_lets_nobody_in_who_is_not_active(client, request, who):
    user = request.getfixturevalue(who)
    user.is_active = False
    user.save()

    assert USUAL_MESSAGE in sign_in(client, user.email).text


@pytest.mark.parametrize("status", [MemberStatus.INVITED, MemberStatus.SUSPENDED])
def test_it_lets_in_no_administrator_whose_membership_is_not_active(client, alice, status):
    Member.objects.filter(user=alice).update(status=status)

    assert EXPLANATION in sign_in(client, alice.email).text


def test_it_keeps_two_addresses_apart_that_fold_to_one_in_upper_case(client, alice):
    UserFactory(email="al\N{LATIN SMALL LETTER DOTLESS I}ce@acme.example")

    assert sign_in(client, "alice@acme.example").status_code == 302


def test_it_sends_a_plain_member_with_a_session_back_to_the_door(client, charlie):
    client.force_login(charlie)
    response = client.get("/admin/")

    assert response.status_code == 302
    assert response["Location"] == f"{LOGIN}?next=/admin/"


def test_it_ends_a_session_with_the_membership(as_alice, alice):
    assert as_alice.get("/admin/").status_code == 200

    Member.objects.filter(user=alice).delete()

    assert as_alice.get("/admin/").status_code == 302


def test_it_lets_an_administrator_change_their_password(client, alice):
    sign_in(client, alice.email)
    new = "a much longer passphrase"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    response = client.post("/admin/password_change/", data, follow=True)

    assert response.status_code == 200
    assert client.get("/admin/").status_code == 200
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_it_leads_from_the_root_to_the_admin(client, db):
    assert client.get("/")["Location"] == "/admin/"
