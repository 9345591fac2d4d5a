"""The members' list and form."""

import pytest

from organizations.models import Member, MemberStatus, Role
from tests.factories import MemberFactory, OrganizationFactory

MEMBERS = "/admin/organizations/member/"


def listed(client, **query):
    return list(client.get(MEMBERS, query).context["cl"].result_list)


def test_it_lists_many_members_with_the_queries_of_one(as_support, django_assert_num_queries):
    MemberFactory()
    for _ in range(2):
        with django_assert_num_queries(8):
            as_support.get(MEMBERS)
        MemberFactory.create_batch(10)


def test_it_filters_by_organization_role_and_status(as_support, acme, birch):
    MemberFactory(organization=birch, role=Role.OWNER)
    MemberFactory(organization=acme, role=Role.OWNER, status=MemberStatus.SUSPENDED)
    MemberFactory(organization=acme)
    owner = MemberFactory(organization=acme, role=Role.OWNER)

    assert len(listed(as_support, organization="acme")) == 3
    query = {"organization": "acme", "role__exact": "owner", "status__exact": "active"}
    assert listed(as_support, **query) == [owner]


def test_it_lists_nobody_of_an_organization_that_does_not_exist(as_support, acme):
    MemberFactory(organization=acme)

    assert listed(as_support, organization="acne") == []


def test_it_keeps_the_other_filters_in_the_form_of_the_organization(as_support, acme):
    page = as_support.get(MEMBERS, {"organization": "acme", "role__exact": "owner", "q": "dana"})

    assert '<input type="hidden" name="role__exact" value="owner">' in page.text
    assert '<input type="hidden" name="q" value="dana">' in page.text
    assert '<option value="acme">Acme Robotics</option>' in page.text
    assert '<a href="?q=dana&amp;role__exact=owner">All organizations</a>' in page.text


@pytest.mark.parametrize("search", ["DANA@", "Weiss", "Robotics", "acme"])
def test_it_finds_members_by_address_name_and_organization(as_support, acme, search):
    member = MemberFactory(
        organization=acme, user=None, email="dana@weiss.example", name="Dana Weiss"
    )
    MemberFactory()

    assert listed(as_support, q=search) == [member]


def test_it_adds_a_member_to_an_organization_by_its_slug(as_support, acme, alice):
    data = {
        "organization": "acme",
        "email": "dana@acme.example",
        "name": "Dana",
        "role": "admin",
        "status": "invited",
    }

    as_support.post(f"{MEMBERS}add/", data)

    member = Member.objects.get(email="dana@acme.example")
    assert (member.organization, member.name) == (acme, "Dana")
    assert (member.role, member.status) == (Role.ADMIN, MemberStatus.INVITED)


def test_it_fills_the_organization_in_from_the_address(as_support, acme):
    page = as_support.get(f"{MEMBERS}add/", {"organization": "acme"})

    assert 'name="organization" value="acme"' in page.text


def test_it_refuses_an_organization_that_does_not_exist(as_support, acme):
    data = {"organization": "acne", "email": "a@b.example", "role": "member", "status": "active"}

    page = as_support.post(f"{MEMBERS}add/", data)

    assert "There is no organization with this slug." in page.text


def test_it_refuses_a_second_member_with_an_address_in_any_case(as_support, alice):
    data = {"organization": "acme", "email": "ALICE@acme.example", "role": "member"}

    page = as_support.post(f"{MEMBERS}add/", {**data, "status": "active"})

    assert "This organization has a member with this address." in page.text


def test_it_refuses_the_address_of_another_member(as_support, acme, alice):
    member = MemberFactory(organization=acme)
    data = {"email": "ALICE@acme.example", "role": "member", "status": "active"}

    page = as_support.post(f"{MEMBERS}{member.pk}/change/", data)

    assert "This organization has a member with this address." in page.text


def test_it_moves_no_member_to_another_organization(as_support, acme, birch):
    member = MemberFactory(organization=acme)
    data = {"organization": "birch", "email": member.email, "role": "owner", "status": "active"}

    as_support.post(f"{MEMBERS}{member.pk}/change/", data)

    member.refresh_from_db()
    assert (member.organization, member.role) == (acme, Role.OWNER)


def test_it_lets_support_delete_members(as_support):
    members = MemberFactory.create_batch(2)
    data = {"action": "delete_selected", "_selected_action": [m.pk for m in members]}

    as_support.post(MEMBERS, {**data, "post": "yes"})

    assert not Member.objects.exists()
    assert members[0].user.pk


def test_it_suggests_a_limited_number_of_organizations(as_support, monkeypatch):
    monkeypatch.setattr("organizations.forms.MAX_SUGGESTIONS", 2)
    OrganizationFactory.create_batch(3)

    page = as_support.get(f"{MEMBERS}add/").text

    assert page.count('<option value="organization-') == 2
