"""The access rules: which user may read or export the log of which organization.

Page, export, command and API all use this module. Each condition stands on its own line, and a
user who meets none of them is refused.
"""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from activity.models import Event
from organizations.models import ADMINISTRATOR_ROLES, Member, MemberStatus, Organization, User
from organizations.plans import Feature, includes

CACHE = "_passaudit_memberships"


class PlanRequired(PermissionDenied):
    """The user has access, but the organization's plan does not include the feature."""

    def __init__(self, organization: Organization, feature: Feature) -> None:
        super().__init__(f"{organization.get_plan_display()} does not include: {feature.label}.")
        self.organization = organization
        self.feature = feature


def readable_organizations(
    user: User | AnonymousUser, feature: Feature = Feature.READ_LOG
) -> QuerySet[Organization]:
    """The organizations whose log `user` may read or export, whatever their plan.

    A user may read the log of an organization as its administrator, or as a member with the
    permission. A superuser may read all logs, support staff none.
    """
    return _organizations(user, _admitting_memberships(user, feature))


def administered_organizations(user: User | AnonymousUser) -> QuerySet[Organization]:
    """The readable organizations that `user` administers. A superuser administers all."""
    memberships = _admitting_memberships(user, Feature.READ_LOG)
    return _organizations(user, [one for one in memberships if _is_administrator(one)])


def first_readable_organizations(user: User | AnonymousUser, *, count: int) -> list[Organization]:
    """At most `count` of `readable_organizations`, by name. Runs no query of its own unless
    `user` is a superuser.
    """
    if _is_superuser(user):
        return list(Organization.objects.all()[:count])
    return [one.organization for one in _admitting_memberships(user, Feature.READ_LOG)][:count]


def find_organization(user: User | AnonymousUser, slug: str) -> Organization | None:
    """The organization with this slug; None if there is none or `user` may not read its log."""
    if _is_superuser(user):
        return Organization.objects.filter(slug=slug).first() if slug.isprintable() else None
    memberships = _admitting_memberships(user, Feature.READ_LOG)
    return next((one.organization for one in memberships if one.organization.slug == slug), None)


def reads_some_log(request: HttpRequest) -> bool:
    """Whether the visitor may read the log of at least one organization, whatever its plan."""
    return bool(first_readable_organizations(request.user, count=1))


def administers_some_log(request: HttpRequest) -> bool:
    """Whether the visitor administers at least one organization."""
    if _is_superuser(request.user):
        return reads_some_log(request)
    return any(map(_is_administrator, _admitting_memberships(request.user, Feature.READ_LOG)))


def administers(user: User | AnonymousUser, organization: Organization) -> bool:
    """Whether `user` administers `organization`, whatever its plan."""
    memberships = _admitting_memberships(user, Feature.READ_LOG)
    return _is_superuser(user) or any(
        _is_administrator(one) for one in memberships if one.organization_id == organization.pk
    )


def may(user: User | AnonymousUser, organization: Organization, feature: Feature) -> bool:
    """Whether `user` may use `feature` on the log of `organization`; the plan must include it."""
    return _is_admitted(user, organization, feature) and includes(organization.plan, feature)


def require_feature(organization: Organization, feature: Feature) -> None:
    """Raise `PlanRequired` unless the plan of `organization` includes `feature`."""
    if not includes(organization.plan, feature):
        raise PlanRequired(organization, feature)


def log_for_user(
    user: User | AnonymousUser, organization: Organization, feature: Feature = Feature.READ_LOG
) -> QuerySet[Event]:
    """All events of `organization`, if `user` may use `feature`.

    Raises `PermissionDenied`, or `PlanRequired` if only the plan is missing.
    """
    if not _is_admitted(user, organization, feature):
        raise PermissionDenied
    return log_for_operator(organization, feature)


def log_for_operator(
    organization: Organization, feature: Feature, *, ignore_plan: bool = False
) -> QuerySet[Event]:
    """All events of `organization`. Checks the plan and no user. Raises `PlanRequired`."""
    if not ignore_plan:
        require_feature(organization, feature)
    return Event.objects.filter(organization=organization)


def _is_admitted(user: User | AnonymousUser, organization: Organization, feature: Feature) -> bool:
    return _is_superuser(user) or any(
        one.organization_id == organization.pk for one in _admitting_memberships(user, feature)
    )


def _is_superuser(user: User | AnonymousUser) -> bool:
    return isinstance(user, User) and user.is_active and user.is_superuser


def _admitting_memberships(user: User | AnonymousUser, feature: Feature) -> list[Member]:
    """The memberships that give `user` access to a log, by name of the organization."""
    if not isinstance(user, User) or not user.is_active:
        return []
    if user.is_superuser or user.is_staff:
        return []
    memberships = _active_memberships(user)
    if all(map(_is_administrator, memberships)) or not user.has_perm(feature.permission):
        return list(filter(_is_administrator, memberships))
    return memberships


def _active_memberships(user: User) -> list[Member]:
    """Read once for each `user` object, which lives for one request. `ModelBackend` does the same
    with permissions: to see a change, fetch the user again.
    """
    if not hasattr(user, CACHE):
        members = Member.objects.filter(user=user, status=MemberStatus.ACTIVE)
        setattr(user, CACHE, list(members.select_related("organization").order_by("organization")))
    memberships: list[Member] = getattr(user, CACHE)
    return memberships


def _is_administrator(membership: Member) -> bool:
    return membership.role in ADMINISTRATOR_ROLES


def _organizations(user: User | AnonymousUser, memberships: list[Member]) -> QuerySet[Organization]:
    if _is_superuser(user):
        return Organization.objects.all()
    return Organization.objects.filter(pk__in=[one.organization_id for one in memberships])
