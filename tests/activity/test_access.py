"""The access rules: which user may read and export which log."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied

from activity.access import PlanRequired, log_for_operator, log_for_user, readable_organizations
from organizations.models import Member, MemberStatus, Role, User
from organizations.plans import Feature, Plan
from tests.factories import MemberFactory, OrganizationFactory, UserFactory, administrator, event

pytestmark = pytest.mark.django_db

READ, EXPORT = Feature.READ_LOG, Feature.EXPORT_LOG


def permission(codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label="activity", codename=codename)


def member(organization, status=MemberStatus.ACTIVE, role=Role.MEMBER, **fields) -> User:
    return MemberFactory(organization=organization, status=status, role=role, **fields).user


def allowed(user, organization) -> set[Feature]:
    found = set()
    for feature in Feature:
        try:
            log_for_user(user, organization, feature)
        except PermissionDenied:
            assert not readable_organizations(user, feature).filter(pk=organization.pk).exists()
        else:
            assert organization in readable_organizations(user, feature)
            found.add(feature)
    return found


@pytest.mark.parametrize(
    ("role", "status", "features"),
    [
        (Role.OWNER, MemberStatus.ACTIVE, {READ, EXPORT}),
        (Role.ADMIN, MemberStatus.ACTIVE, {READ, EXPORT}),
        (Role.MEMBER, MemberStatus.ACTIVE, set()),
        (Role.OWNER, MemberStatus.SUSPENDED, set()),
        (Role.ADMIN, MemberStatus.SUSPENDED, set()),
        (Role.OWNER, MemberStatus.INVITED, set()),
        (Role.ADMIN, MemberStatus.INVITED, set()),
    ],
)
def test_it_lets_active_administrators_in(acme, role, status, features):
    assert allowed(member(acme, status, role), acme) == features


def test_it_knows_nobody_who_is_not_signed_in(acme):
    assert allowed(AnonymousUser(), acme) == set()


def test_it_refuses_somebody_inactive(acme):
    assert allowed(administrator(acme, is_active=False), acme) == set()
    assert allowed(UserFactory(is_superuser=True, is_active=False), acme) == set()


def test_it_refuses_administrators_of_others(acme, birch):
    assert allowed(administrator(birch), acme) == set()


def test_it_refuses_support_staff(acme, support):
    assert allowed(support, acme) == set()


def test_it_refuses_support_staff_who_are_members_and_hold_the_permission(acme, support):
    MemberFactory(organization=acme, user=support)
    support.user_permissions.set([permission("view_event"), permission("export_event")])
    assert allowed(User.objects.get(pk=support.pk), acme) == set()


def test_it_lets_superusers_in(acme, superuser):
    assert allowed(superuser, acme) == {READ, EXPORT}


@pytest.mark.parametrize(
    ("codenames", "features"),
    [
        (["view_event"], {READ}),
        (["export_event"], {EXPORT}),
        (["view_event", "export_event"], {READ, EXPORT}),
        (["view_actor"], set()),
    ],
)
@pytest.mark.parametrize("is_in_group", [True, False])
def test_it_lets_members_in_who_hold_the_permission(acme, birch, codenames, features, is_in_group):
    user = member(acme)
    permissions = [permission(codename) for codename in codenames]
    if is_in_group:
        group = Group.objects.create(name="readers")
        group.permissions.set(permissions)
        user.groups.add(group)
    else:
        user.user_permissions.set(permissions)
    user = User.objects.get(pk=user.pk)
    assert allowed(user, acme) == features
    assert allowed(user, OrganizationFactory()) == set()


@pytest.mark.parametrize("status", [MemberStatus.INVITED, MemberStatus.SUSPENDED])
def test_it_gives_permissions_to_active_members_only(acme, status):
    user = member(acme, status)
    user.user_permissions.add(permission("view_event"))
    assert allowed(User.objects.get(pk=user.pk), acme) == set()


def test_it_counts_each_membership_alone(acme):
    other = OrganizationFactory()
    user = administrator(acme)
    Member.objects.create(organization=other, email=user.email, user=user, role=Role.MEMBER)
    assert list(readable_organizations(user)) == [acme]
    assert allowed(user, other) == set()


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("feature", Feature)
def test_it_asks_the_plan_last(plan, feature):
    organization = OrganizationFactory(plan=plan)
    for user in (administrator(organization), UserFactory(is_superuser=True)):
        if plan in feature.plans:
            assert log_for_user(user, organization, feature).count() == 0
        else:
            with pytest.raises(PlanRequired) as refusal:
                log_for_user(user, organization, feature)
            assert (refusal.value.organization, refusal.value.feature) == (organization, feature)
    with pytest.raises(PermissionDenied) as refusal:
        log_for_user(UserFactory(), organization, feature)
    assert not isinstance(refusal.value, PlanRequired)


def test_it_includes_both_features_from_pass_professional_on():
    assert {plan: {one for one in Feature if plan in one.plans} for plan in Plan} == {
        Plan.ESSENTIALS: set(),
        Plan.PROFESSIONAL: {READ, EXPORT},
        Plan.BUSINESS_SUITE: {READ, EXPORT},
    }


def test_it_refuses_a_plan_that_nobody_knows():
    organization = OrganizationFactory(plan="platinum")
    with pytest.raises(PlanRequired):
        log_for_operator(organization, READ)


def test_it_gives_no_event_of_another_organization(acme, birch, alice):
    mine = event(acme)
    event(birch)
    assert list(log_for_user(alice, acme)) == list(log_for_operator(acme, READ)) == [mine]


def test_it_lets_operators_ignore_the_plan(birch):
    theirs = event(birch)
    assert list(log_for_operator(birch, EXPORT, ignore_plan=True)) == [theirs]


@pytest.mark.parametrize("feature", Feature)
def test_it_names_a_permission_that_exists(feature):
    assert permission(feature.permission.removeprefix("activity."))
