"""The organizations and the history of their plans."""

import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models.users import User
from organizations.plans import Plan


def validate_time_zone(value: str) -> None:
    """Raise `ValidationError` unless `value` is a name of the IANA time zone database."""
    if value not in zoneinfo.available_timezones():
        message = _("%(zone)s is not a time zone. Use a name such as UTC or Europe/Zurich.")
        raise ValidationError(message, params={"zone": value})


class Organization(models.Model):
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    plan = models.CharField(_("plan"), max_length=20, choices=Plan, default=Plan.ESSENTIALS)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Days of the activity log begin and end in this zone, for everybody."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_activity_at = models.DateTimeField(
        _("last activity"), null=True, editable=False, help_text=_("To the minute.")
    )

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @transaction.atomic
    def change_plan(self, plan: str, *, reason: str, changed_by: User | None = None) -> bool:
        """Change the plan and record it in the history. False if `plan` is already the plan."""
        current = Organization.objects.select_for_update().get(pk=self.pk)
        self.plan = Plan(plan)
        if current.plan == plan:
            return False
        PlanChange.objects.create(
            organization=self,
            old_plan=current.plan,
            new_plan=plan,
            reason=reason,
            changed_by=changed_by,
            changed_by_email=changed_by.email if changed_by else "",
        )
        self.save(update_fields=["plan"])
        return True


class PlanChange(models.Model):
    """A change of an organization's plan. Rows are not changed later."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="plan_changes")
    old_plan = models.CharField(_("from"), max_length=20, choices=Plan)
    new_plan = models.CharField(_("to"), max_length=20, choices=Plan)
    reason = models.TextField(_("reason"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    changed_by_email = models.EmailField(_("by"), blank=True)
    changed_at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("plan change")
        verbose_name_plural = _("plan history")
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_old_plan_display()} → {self.get_new_plan_display()}"
