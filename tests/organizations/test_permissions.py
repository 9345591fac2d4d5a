"""Access to the support pages, by user."""

import pytest
from django.contrib.auth.models import Group, Permission

from organizations.backends import SUPPORT_PERMISSIONS
from tests.factories import MemberFactory, UpgradeRequestFactory

SUPPORT_PAGES = [
    "organization/",
    "organization/add/",
    "organization/{organization}/change/",
    "organization/{organization}/history/",
    "member/",
    "member/add/",
    "member/{member}/change/",
    "member/{member}/history/",
    "member/{member}/delete/",
    "member/import/",
    "member/export/",
    "upgraderequest/",
    "upgraderequest/{request}/change/",
    "upgraderequest/{request}/history/",
]
SUPERUSER_PAGES = [
    "organization/{organization}/delete/",
    "user/",
    "user/add/",
    "user/{user}/change/",
    "user/{user}/history/",
    "user/{user}/delete/",
    "user/{user}/password/",
]
NOBODYS_PAGES = ["upgraderequest/add/", "upgraderequest/{request}/delete/"]


def address(page: str) -> str:
    """The URL of the page, for a new organization, member, user and request."""
    member = MemberFactory()
    return "/admin/organizations/" + page.format(
        organization=member.organization.pk,
        member=member.pk,
        user=member.user.pk,
        request=UpgradeRequestFactory().pk,
    )


@pytest.mark.parametrize("page", SUPPORT_PAGES)
def test_it_opens_the_support_pages_to_support(as_support, page):
    assert as_support.get(address(page)).status_code == 200


@pytest.mark.parametrize("page", SUPERUSER_PAGES + NOBODYS_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_closes_the_other_pages_to_support(as_support, page, method):
    assert getattr(as_support, method)(address(page)).status_code == 403


@pytest.mark.parametrize("page", SUPPORT_PAGES + SUPERUSER_PAGES)
def test_it_opens_every_page_to_superusers(as_superuser, page):
    assert as_superuser.get(address(page)).status_code == 200


@pytest.mark.parametrize("page", NOBODYS_PAGES)
def test_it_lets_nobody_invent_or_remove_upgrade_requests(as_superuser, page):
    assert as_superuser.get(address(page)).status_code == 403


@pytest.mark.parametrize("page", SUPPORT_PAGES + SUPERUSER_PAGES + NOBODYS_PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_closes_every_page_to_administrators_of_organizations(as_alice, page, method):
    assert getattr(as_alice, method)(address(page)).status_code == 403


@pytest.mark.parametrize("page", SUPPORT_PAGES + SUPERUSER_PAGES)
@pytest.mark.parametrize("who", ["client", "as_charlie"])
def test_it_sends_everybody_else_to_the_door(db, request, who, page):
    client = request.getfixturevalue(who)

    response = client.get(address(page))

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/?next=")


@pytest.mark.parametrize("page", ["process_import/", "import/", "export/"])
def test_it_lets_only_support_post_to_import_and_export(as_alice, as_support, page):
    page = f"/admin/organizations/member/{page}"

    assert as_alice.post(page).status_code == 403
    assert as_support.post(page).status_code == 200


def test_it_shows_administrators_no_menu_entry_of_the_support_pages(as_alice):
    apps = as_alice.get("/admin/").context["available_apps"]

    assert "organizations" not in [app["app_label"] for app in apps]


def test_it_shows_support_three_menu_entries(as_support):
    apps = as_support.get("/admin/").context["available_apps"]

    assert [app["app_label"] for app in apps] == ["organizations"]
    assert [model["object_name"] for model in apps[0]["models"]] == [
        "Member",
        "Organization",
        "UpgradeRequest",
    ]


def test_it_has_no_page_of_groups(as_superuser):
    assert as_superuser.get("/admin/auth/group/").status_code == 404


def test_it_gives_support_permissions_that_exist_and_none_of_the_log(db):
    existing = {
        f"{app}.{codename}"
        for app, codename in Permission.objects.values_list("content_type__app_label", "codename")
    }

    assert existing >= SUPPORT_PERMISSIONS
    assert {permission.split(".")[0] for permission in SUPPORT_PERMISSIONS} == {"organizations"}


def test_it_gives_support_exactly_its_permissions(support):
    assert support.get_all_permissions() == SUPPORT_PERMISSIONS


def test_it_takes_the_permissions_from_support_that_is_not_active(support):
    support.is_active = False

    assert support.get_all_permissions() == set()


def test_it_gives_administrators_none_of_the_permissions(alice):
    assert not alice.get_all_permissions() & SUPPORT_PERMISSIONS


def test_it_keeps_users_to_superusers_whatever_a_group_says(as_support, support):
    group = Group.objects.create(name="Helpers")
    group.permissions.set(Permission.objects.filter(content_type__app_label="organizations"))
    support.groups.add(group)

    assert as_support.get("/admin/organizations/user/").status_code == 403
