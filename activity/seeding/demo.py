"""The demo: three organizations, one on each plan, and their logins."""

import secrets
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.seeding.planting import Wishes, plant
from organizations.models import Member, Organization, Role, User
from organizations.plans import Plan

MEMBERS = 25
DAYS = 60
ORGANIZATIONS = {
    "acme": ("Acme Robotics", Plan.PROFESSIONAL, "Europe/Zurich"),
    "birch": ("Birch & Co", Plan.ESSENTIALS, "America/New_York"),
    "cedar": ("Cedar Health", Plan.BUSINESS_SUITE, "Asia/Kolkata"),
}


@dataclass(frozen=True, slots=True)
class Login:
    """A login: a member of `organization`, or support staff if it is empty."""

    email: str
    name: str
    purpose: str | Promise
    organization: str = ""
    role: Role = Role.MEMBER


LOGINS = [
    Login("admin@acme.example", "Amina Keller", _("has the log"), "acme", Role.ADMIN),
    Login("admin@birch.example", "Björn Lind", _("is offered an upgrade"), "birch", Role.ADMIN),
    Login("admin@cedar.example", "Chandra Rao", _("has the log"), "cedar", Role.ADMIN),
    Login("support@passaudit.example", "Sam Porter", _("manages plans, sees no event")),
    Login("member@acme.example", "Mika Virtanen", _("is turned away"), "acme", Role.MEMBER),
]


@transaction.atomic
def make_organization(slug: str, *, events: int) -> bool:
    """Create a demo organization with members and activity until now. False if it exists."""
    name, plan, time_zone = ORGANIZATIONS[slug]
    until = timezone.now().astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    organization, is_new = Organization.objects.get_or_create(
        slug=slug,
        defaults={
            "name": name,
            "plan": plan,
            "time_zone": time_zone,
            "created_at": until - timedelta(days=DAYS),
        },
    )
    if is_new:
        wishes = Wishes(members=MEMBERS, events=events, days=DAYS, until=until, random_seed=1)
        plant(organization, wishes, domain=f"{slug}.example")
    return is_new


def make_logins(password: str = "") -> dict[Login, str]:
    """Create the missing logins. Return the new password of each, "" if it is unchanged.

    New logins get `password` or, if empty, a random one. Existing logins get `password` if given.
    """
    new_password = password or secrets.token_urlsafe(9)
    passwords = {}
    for login in LOGINS:
        is_missing = not User.objects.filter(email=login.email).exists()
        passwords[login] = new_password if password or is_missing else ""
        _make_login(login, passwords[login])
    return passwords


@transaction.atomic
def _make_login(login: Login, password: str) -> None:
    user, _is_new = User.objects.get_or_create(
        email=login.email, defaults={"name": login.name, "is_staff": not login.organization}
    )
    if password:
        user.set_password(password)
        user.save()
    if login.organization:
        Member.objects.get_or_create(
            organization=Organization.objects.get(slug=login.organization),
            email=login.email,
            defaults={"name": login.name, "role": login.role},
        )
