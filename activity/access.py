"""The gate: who may read or export which organization's log.

Written once and asked by page, export, command and API. Every condition stands on its own line and
whatever is not allowed is refused.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from activity.models import Event
from organizations import plans
from organizations.models import ADMINISTRATOR_ROLES, Member, MemberStatus, Organization, User
from organizations.plans import Feature

PERMISSIONS = {
    Feature.READ_LOG: "activity.view_event",
    Feature.EXPORT_LOG: "activity.export_event",
}


class PlanRequired(PermissionDenied):
    """The user may, but the organization's plan does not include the feature."""

    def __init__(self, organization: Organization, feature: Feature) -> None:
        super().__init__(f"{organization.get_plan_display()} does not include: {feature.label}.")
        self.organization = organization
        self.feature = feature


def readable_organizations(
    user: User | AnonymousUser, feature: Feature = Feature.READ_LOG
) -> QuerySet[Organization]:
    """The organizations whose log `user` may read or export once the plan includes it.

    Those are the ones they administer, and those they belong to if they hold the permission.
    Superusers may all; support staff none.
    """
    if not isinstance(user, User) or not user.is_active:
        return Organization.objects.none()
    if user.is_superuser:
        return Organization.objects.all()
    if user.is_staff:
        return Organization.objects.none()
    memberships = Member.objects.filter(user=user, status=MemberStatus.ACTIVE)
    if not user.has_perm(PERMISSIONS[feature]):
        memberships = memberships.filter(role__in=ADMINISTRATOR_ROLES)
    return Organization.objects.filter(pk__in=memberships.values("organization"))


def administered_organizations(user: User | AnonymousUser) -> QuerySet[Organization]:
    """The readable ones that `user` runs by their role, not only by a permission to read."""
    organizations = readable_organizations(user)
    if isinstance(user, User) and user.is_superuser:
        return organizations
    roles = Member.objects.administrators().filter(user=user.pk, status=MemberStatus.ACTIVE)
    return organizations.filter(pk__in=roles.values("organization"))


def reads_some_log(request: HttpRequest) -> bool:
    """Whether the visitor may read any organization's log, once the plan includes it."""
    return _once(request, readable_organizations)


def administers_some_log(request: HttpRequest) -> bool:
    """Whether the visitor runs any organization that they may read."""
    return _once(request, administered_organizations)


def _once(
    request: HttpRequest, organizations: Callable[[User | AnonymousUser], QuerySet[Organization]]
) -> bool:
    """Asked for every model and menu of a page: the answer stays with the request."""
    answers: dict[Any, bool] = request.__dict__.setdefault("_passaudit_access", {})
    question = (organizations, request.user.pk)
    if question not in answers:
        answers[question] = organizations(request.user).exists()
    return answers[question]


def log_for(
    user: User | AnonymousUser, organization: Organization, feature: Feature = Feature.READ_LOG
) -> QuerySet[Event]:
    """All events that `user` may see of `organization`.

    Raises `PermissionDenied`, or `PlanRequired` when only the plan is in the way.
    """
    if not readable_organizations(user, feature).filter(pk=organization.pk).exists():
        raise PermissionDenied
    return log_of(organization, feature)


def log_of(
    organization: Organization, feature: Feature, *, ignore_plan: bool = False
) -> QuerySet[Event]:
    """All events of `organization`, for operators. Raises `PlanRequired`."""
    if not ignore_plan and not plans.includes(organization.plan, feature):
        raise PlanRequired(organization, feature)
    return Event.objects.filter(organization=organization)
