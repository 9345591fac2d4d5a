"""Who uses the site, in which organization, on which plan."""

import zoneinfo
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.plans import Plan


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail address, in any case. Raises `User.DoesNotExist`."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user and tie the memberships that wait for this e-mail address to it."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who may sign in, by e-mail address. Active staff are the support staff."""

    email = models.EmailField(
        _("email address"),
        unique=True,
        error_messages={"unique": _("A user with this email address exists already.")},
    )
    name = models.CharField(_("name"), max_length=150, blank=True)
    is_active = models.BooleanField(
        _("active"), default=True, help_text=_("Clear this in place of deleting an account.")
    )
    is_staff = models.BooleanField(
        _("support staff"),
        default=False,
        help_text=_("May manage organizations, members and upgrade requests, and sees no event."),
    )
    date_joined = models.DateTimeField(_("date joined"), default=timezone.now, editable=False)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message=_("A user with this email address exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            Member.objects.filter(user=None, email__iexact=self.email).update(user=self)

    def clean(self) -> None:
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


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
        """Move to `plan` and write the history; False when that is the plan already."""
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


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")


ADMINISTRATOR_ROLES = [Role.OWNER, Role.ADMIN]


class MemberStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class Member(models.Model):
    """Somebody's place in an organization. Without a user, they cannot sign in here."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="memberships",
        help_text=_("Tied by itself when the email addresses are the same."),
    )
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    status = models.CharField(
        _("status"), max_length=10, choices=MemberStatus, default=MemberStatus.ACTIVE
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["organization", "email"]
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("email"),
                name="member_email_once",
                violation_error_message=_("This organization has a member with this address."),
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="member_user_once",
                violation_error_message=_("This user is a member of this organization already."),
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.user_id is None:
            self.user = User.objects.filter(email__iexact=self.email).first()
        super().save(*args, **kwargs)


class PlanChange(models.Model):
    """One line of the history of an organization's plan. Written, never changed."""

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


class RequestStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class UpgradeRequest(models.Model):
    """An administrator's wish for a plan with an activity log; support answers it."""

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
    def file(cls, organization: Organization, requested_by: User) -> tuple["UpgradeRequest", bool]:
        """The pending request of `organization`, and whether it was filed just now."""
        return cls.objects.get_or_create(
            organization=organization,
            status=RequestStatus.PENDING,
            defaults={"requested_by": requested_by, "requested_by_email": requested_by.email},
        )

    def approve(self, plan: str, *, resolved_by: User, note: str = "") -> None:
        """Change the organization's plan and close the request.

        Raises `UpgradeRequest.AlreadyAnswered` when somebody was faster.
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
        stored = UpgradeRequest.objects.select_for_update().get(pk=self.pk)
        if stored.status != RequestStatus.PENDING:
            raise self.AlreadyAnswered
        self.status, self.resolved_by, self.note = status, resolved_by, note
        self.resolved_at = timezone.now()
        self.save()

    class AlreadyAnswered(Exception):
        """The request is not pending any more."""
