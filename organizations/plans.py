"""The plans of organizations, and the features that they include. Data only.

`activity.access` is the only module that decides who may use a feature.
"""

from enum import Enum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Plan(models.TextChoices):
    """The plans, cheapest first."""

    ESSENTIALS = "essentials", _("Pass Essentials")
    PROFESSIONAL = "professional", _("Pass Professional")
    BUSINESS_SUITE = "business_suite", _("Proton Business Suite")


class Feature(Enum):
    """What a plan may include.

    Each entry has the plans that include it, cheapest first, and the Django permission that lets
    members who are not administrators use it. A plan that is not listed does not include it.
    """

    READ_LOG = (
        "read_log",
        _("read the activity log"),
        "activity.view_event",
        (Plan.PROFESSIONAL, Plan.BUSINESS_SUITE),
    )
    EXPORT_LOG = (
        "export_log",
        _("export the activity log"),
        "activity.export_event",
        (Plan.PROFESSIONAL, Plan.BUSINESS_SUITE),
    )

    def __init__(self, code: str, label: Promise, permission: str, plans: tuple[Plan, ...]) -> None:
        self.code = code
        self.label = label
        self.permission = permission
        self.plans = plans


def includes(plan: str, feature: Feature) -> bool:
    """Whether `plan` includes `feature`; an unknown plan includes nothing."""
    return plan in feature.plans


def plans_with(feature: Feature) -> list[Plan]:
    """The plans that include `feature`, cheapest first."""
    return list(feature.plans)
