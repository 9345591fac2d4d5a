"""The plans an organization can be on, and what each includes. Data only.

Whether somebody may read or export a log is decided in `activity.access`, nowhere else.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Plan(models.TextChoices):
    ESSENTIALS = "essentials", _("Pass Essentials")
    PROFESSIONAL = "professional", _("Pass Professional")
    BUSINESS_SUITE = "business_suite", _("Proton Business Suite")


class Feature(models.TextChoices):
    READ_LOG = "read_log", _("read the activity log")
    EXPORT_LOG = "export_log", _("export the activity log")


INCLUDED: dict[Plan, frozenset[Feature]] = {
    Plan.ESSENTIALS: frozenset(),
    Plan.PROFESSIONAL: frozenset(Feature),
    Plan.BUSINESS_SUITE: frozenset(Feature),
}


def includes(plan: str, feature: Feature) -> bool:
    """Whether `plan` includes `feature`; an unknown plan includes nothing."""
    return plan in INCLUDED and feature in INCLUDED[Plan(plan)]


def plans_with(feature: Feature) -> list[Plan]:
    """The plans that include `feature`, cheapest first."""
    return [plan for plan in Plan if feature in INCLUDED[plan]]
