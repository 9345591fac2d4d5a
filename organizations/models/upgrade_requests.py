"""Upgrade requests of administrators, and the answers of support."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models.organizations import Organization
from organizations.models.users import User


class RequestStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class UpgradeRequest(models.Model):
    """A request by an administrator for a plan with the activity log. Support staff answer it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="upgrade_requests")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    requested_by_email = models.EmailField(_("requested by"))
    created_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=RequestStatus, default=RequestStatus.PENDING
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    resolved_at = models.DateTimeField(_("answered"), null=True, blank=True)
    note = models.TextField(
        _("note"), blank=True, help_text=_("The organization's administrators can read it.")
    )

    class Meta:
        verbose_name = _("upgrade request")
        verbose_name_plural = _("upgrade requests")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(status=RequestStatus.PENDING),
                name="upgrade_request_pending_once",
                violation_error_message=_("This organization has a pending request already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.get_status_display()}"

    @classmethod
    def submit(
        cls, organization: Organization, requested_by: User
    ) -> tuple["UpgradeRequest", bool]:
        """Return the organization's pending request, and whether this call created it."""
        return cls.objects.get_or_create(
            organization=organization,
            status=RequestStatus.PENDING,
            defaults={"requested_by": requested_by, "requested_by_email": requested_by.email},
        )

    def approve(self, plan: str, *, resolved_by: User, note: str = "") -> None:
        """Change the organization's plan and close the request.

        Raises `UpgradeRequest.AlreadyAnswered`.
        """
        with transaction.atomic():
            self._resolve(RequestStatus.APPROVED, resolved_by, note)
            reason = note or f"Upgrade requested by {self.requested_by_email}"
            self.organization.change_plan(plan, reason=reason, changed_by=resolved_by)

    def decline(self, *, resolved_by: User, note: str) -> None:
        """Close the request without a change of plan. Raises `UpgradeRequest.AlreadyAnswered`."""
        with transaction.atomic():
            self._resolve(RequestStatus.DECLINED, resolved_by, note)

    def _resolve(self, status: RequestStatus, resolved_by: User, note: str) -> None:
        """Lock and reload this row, check that it is pending, and store the answer.

        Only the columns of the answer are written.
        """
        self.refresh_from_db(from_queryset=UpgradeRequest.objects.select_for_update())
        if self.status != RequestStatus.PENDING:
            raise self.AlreadyAnswered
        self.status, self.resolved_by, self.note = status, resolved_by, note
        self.resolved_at = timezone.now()
        self.save(update_fields=["status", "resolved_by", "note", "resolved_at"])

    class AlreadyAnswered(Exception):  # noqa: N818 - reads as what it is
        """The request is no longer pending."""
