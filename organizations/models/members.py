"""The members of organizations, with role and status."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organizations.models.organizations import Organization
from organizations.models.users import User


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    MEMBER = "member", _("Member")


ADMINISTRATOR_ROLES = [Role.OWNER, Role.ADMIN]


class MemberStatus(models.TextChoices):
    INVITED = "invited", _("Invited")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")


class MemberQuerySet(models.QuerySet["Member"]):
    def with_email(self, email: str) -> "MemberQuerySet":
        """Members with this e-mail address, ignoring case; at most one per organization."""
        return self.alias(folded_email=Lower("email")).filter(
            folded_email=Lower(models.Value(email))
        )

    def administrators(self) -> "MemberQuerySet":
        """Owners and admins, whatever their status."""
        return self.filter(role__in=ADMINISTRATOR_ROLES)


class Member(models.Model):
    """A person in an organization. A member without a user cannot sign in.

    Support staff and superusers can only have the role `Role.MEMBER`: see `User`.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="members")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="memberships",
        help_text=_("Tied by itself to the user with the same email address."),
    )
    email = models.EmailField(_("email address"))
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    status = models.CharField(
        _("status"), max_length=10, choices=MemberStatus, default=MemberStatus.ACTIVE
    )
    created_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = MemberQuerySet.as_manager()

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

    def save(self, *args: Any, **options: Any) -> None:
        self._tie()
        self._refuse_staff_who_administer()
        super().save(*args, **options)

    def clean(self) -> None:
        super().clean()
        self._tie()
        self._refuse_staff_who_administer()

    def _tie(self) -> None:
        """Set `user` to the user with this address, if unset and that user is not yet a member."""
        if self.user_id is None and self.organization_id is not None:
            user = User.objects.with_email(self.email).first()
            if user and not user.memberships.filter(organization=self.organization_id).exists():
                self.user = user

    def _refuse_staff_who_administer(self) -> None:
        if self.role in ADMINISTRATOR_ROLES and self.user and self.user.is_staff_or_superuser:
            message = _(
                "%(email)s belongs to the support staff, who may not administer an organization. "
                "Choose the role Member, or another address."
            )
            params = {"email": self.user.email}
            raise ValidationError({"role": ValidationError(message, params=params)})


def member_count() -> Coalesce:
    """Return an annotation for organizations: the number of their members.

    A subquery counts for the rows of one page only; a GROUP BY would count for all organizations.
    """
    members = Member.objects.filter(organization=models.OuterRef("pk")).order_by()
    counted = members.values("organization").annotate(total=models.Count("pk"))
    return Coalesce(models.Subquery(counted.values("total")), 0)
