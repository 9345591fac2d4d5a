"""Support staff and superusers cannot become administrators of an organization."""

import pytest
from django.core.exceptions import ValidationError

from activity.access import readable_organizations
from organizations.models import Member, Role, User
from tests.factories import MemberFactory, UserFactory

REFUSAL = "belongs to the support staff, who may not administer an organization"
MEMBERS = "/admin/organizations/member/"


def form(member=None, **fields):
    values = {"organization": "acme", "email": "", "name": "", "role": "member"}
    if member:
        values |= {"email": member.email, "name": member.name, "role": member.role}
    return values | {"status": "active"} | fields


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_it_refuses_to_add_staff_as_an_administrator(as_support, support, acme, role):
    data = form(email=support.email.upper(), role=role)

    response = as_support.post(f"{MEMBERS}add/", data)

    assert REFUSAL in response.text
    assert not Member.objects.exists()


def test_it_adds_staff_as_a_plain_member(as_support, support, acme):
    as_support.post(f"{MEMBERS}add/", form(email=support.email))

    assert Member.objects.get().user == support
    assert not readable_organizations(support).exists()


def test_it_refuses_to_promote_staff(as_support, support, acme):
    member = MemberFactory(organization=acme, user=support)

    response = as_support.post(f"{MEMBERS}{member.pk}/change/", form(member, role=Role.OWNER))

    assert REFUSAL in response.text
    member.refresh_from_db()
    assert member.role == Role.MEMBER


def test_it_refuses_to_give_an_administrator_the_address_of_staff(as_support, support, alice, acme):
    member = Member.objects.get(user=alice)

    response = as_support.post(f"{MEMBERS}{member.pk}/change/", form(member, email=support.email))

    assert REFUSAL in response.text
    member.refresh_from_db()
    assert member.user == alice


def test_it_refuses_it_below_the_forms_too(support, superuser, acme):
    for user in [support, superuser]:
        with pytest.raises(ValidationError):
            MemberFactory(organization=acme, user=user, role=Role.ADMIN)
        with pytest.raises(ValidationError):
            Member.objects.create(organization=acme, email=user.email.upper(), role=Role.OWNER)
    assert not Member.objects.exists()


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_it_refuses_to_make_an_administrator_staff(as_superuser, alice, right):
    data = {"email": alice.email, "name": alice.name, "is_active": "on", right: "on"}

    response = as_superuser.post(f"/admin/organizations/user/{alice.pk}/change/", data)

    assert "alice@acme.example administers Acme Robotics." in response.text
    alice.refresh_from_db()
    assert not alice.is_staff_or_superuser


@pytest.mark.parametrize("right", ["is_staff", "is_superuser"])
def test_it_refuses_to_store_an_administrator_as_staff(alice, right):
    setattr(alice, right, True)

    with pytest.raises(ValidationError):
        alice.save()
    with pytest.raises(ValidationError):
        alice.save(update_fields=[right])


def test_it_refuses_staff_for_whom_an_administrators_membership_waits(acme):
    MemberFactory(organization=acme, user=None, email="Eve@Acme.example", role=Role.OWNER)

    with pytest.raises(ValidationError):
        User.objects.create_user("eve@acme.example", is_staff=True)
    with pytest.raises(ValidationError):
        User.objects.create_superuser("eve@acme.example")
    assert not User.objects.exists()


def test_it_refuses_staff_an_address_for_which_an_administrators_membership_waits(acme, support):
    MemberFactory(organization=acme, user=None, email="eve@acme.example", role=Role.OWNER)
    support.email = "eve@acme.example"

    with pytest.raises(ValidationError):
        support.save()


def test_it_makes_a_plain_member_staff(acme, charlie):
    charlie.is_staff = True
    charlie.save()

    assert User.objects.get(pk=charlie.pk).is_staff


def test_it_signs_staff_in_without_a_look_at_memberships(
    client, support, django_assert_num_queries
):
    with django_assert_num_queries(1):
        support.save(update_fields=["last_login"])


def test_it_ties_a_waiting_membership_to_its_user(acme):
    member = MemberFactory(organization=acme, user=None, email="Eve@Acme.example")

    user = UserFactory(email="eve@acme.example")

    member.refresh_from_db()
    assert member.user == user


def test_it_ties_a_waiting_membership_when_a_user_takes_its_address(acme, charlie, birch):
    waiting = MemberFactory(organization=birch, user=None, email="eve@acme.example")
    charlie.email = "eve@acme.example"
    charlie.save()

    waiting.refresh_from_db()
    assert waiting.user == charlie


def test_it_ties_nobody_twice_in_one_organization(acme, charlie):
    waiting = MemberFactory(organization=acme, user=None, email="eve@acme.example")
    charlie.email = "eve@acme.example"
    charlie.save()
    waiting.save()

    waiting.refresh_from_db()
    assert waiting.user is None


def test_it_ties_a_member_with_a_new_address_to_another_user(as_support, acme, charlie):
    other = UserFactory(email="eve@acme.example")
    member = Member.objects.get(user=charlie)

    as_support.post(f"{MEMBERS}{member.pk}/change/", form(member, email="eve@acme.example"))

    member.refresh_from_db()
    assert member.user == other


def test_it_unties_a_member_with_a_new_address_that_nobody_has(as_support, acme, charlie):
    member = Member.objects.get(user=charlie)

    as_support.post(f"{MEMBERS}{member.pk}/change/", form(member, email="eve@acme.example"))

    member.refresh_from_db()
    assert member.user is None
