"""The users' pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from organizations.models import User
from tests.factories import UserFactory

USERS = "/admin/organizations/user/"
PASSWORD = "a much longer passphrase"


def test_it_adds_a_user_with_a_password(as_superuser, client):
    data = {
        "email": "Eve@ACME.example",
        "name": "Eve",
        "usable_password": "true",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }

    response = as_superuser.post(f"{USERS}add/", data)

    user = User.objects.get(name="Eve")
    assert response["Location"] == f"{USERS}{user.pk}/change/"
    assert user.email == "Eve@acme.example"
    assert user.check_password(PASSWORD)
    assert not user.is_staff_or_superuser


def test_it_adds_a_user_without_a_password(as_superuser):
    data = {"email": "eve@acme.example", "usable_password": "false"}

    as_superuser.post(f"{USERS}add/", data)

    assert not User.objects.get(email="eve@acme.example").has_usable_password()


@pytest.mark.parametrize("email", ["alice@acme.example", "ALICE@acme.example"])
def test_it_refuses_an_address_twice_in_any_case(as_superuser, alice, email):
    response = as_superuser.post(f"{USERS}add/", {"email": email, "usable_password": "false"})

    assert "A user with this email address exists already." in response.text


def test_it_makes_a_user_support_staff(as_superuser):
    user = UserFactory()
    data = {"email": user.email, "name": "Sue", "is_active": "on", "is_staff": "on"}

    as_superuser.post(f"{USERS}{user.pk}/change/", data)

    user.refresh_from_db()
    assert (user.name, user.is_staff, user.is_superuser) == ("Sue", True, False)


def test_it_offers_neither_groups_nor_single_permissions(as_superuser, alice):
    form = as_superuser.get(f"{USERS}{alice.pk}/change/").context["adminform"].form

    assert sorted(form.fields) == [
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
        "name",
        "password",
    ]


def test_it_lists_many_users_with_the_queries_of_one(as_superuser, django_assert_num_queries):
    with CaptureQueriesContext(connection) as queries_of_one:
        as_superuser.get(USERS)
    UserFactory.create_batch(10)

    with django_assert_num_queries(len(queries_of_one)):
        as_superuser.get(USERS)


def test_it_finds_users_by_address_and_name(as_superuser):
    user = UserFactory(email="eve@acme.example", name="Ève Çelik")

    for search in ["EVE@", "Çelik"]:
        users = as_superuser.get(USERS, {"q": search}).context["cl"].result_list
        assert list(users) == [user]
