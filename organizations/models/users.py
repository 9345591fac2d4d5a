"""The users, who sign in by e-mail address."""

from typing import Any

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIELDS_THAT_MAKE_STAFF_OR_TIE = {"email", "is_staff", "is_superuser"}


class UserManager(BaseUserManager["User"]):
    def with_email(self, email: str | None) -> models.QuerySet["User"]:
        """Users with this e-mail address, ignoring case; at most one.

        The database converts both sides to lower case, as in the unique constraint. `iexact`
        converts to upper case on PostgreSQL, where `ı` equals `i`, so two users could match.
        """
        return self.alias(folded_email=Lower("email")).filter(
            folded_email=Lower(models.Value(email or ""))
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this e-mail address, ignoring case. Raises `User.DoesNotExist`."""
        return self.with_email(username).get()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a user, and tie existing members with this e-mail address to it."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by e-mail address. Users with `is_staff` are support staff.

    Staff and superusers cannot administer an organization, so that support staff cannot give
    themselves access to a log. `clean()` and `save()` raise `ValidationError`.
    """

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
    language = models.CharField(
        _("language"), max_length=10, blank=True, help_text=_("Empty: as in the browser.")
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

    def save(self, *args: Any, **options: Any) -> None:
        update_fields = options.get("update_fields")
        concerned = update_fields is None or FIELDS_THAT_MAKE_STAFF_OR_TIE & set(update_fields)
        if concerned:
            self._refuse_staff_who_administer()
        super().save(*args, **options)
        if concerned:
            self._waiting_memberships().update(user=self)

    def clean(self) -> None:
        super().clean()
        self.email = type(self).objects.normalize_email(self.email)
        self._refuse_staff_who_administer()

    @property
    def is_staff_or_superuser(self) -> bool:
        return self.is_staff or self.is_superuser

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    def _waiting_memberships(self) -> models.QuerySet:
        """Members with this address and without a user, where this user is not a member yet."""
        members = apps.get_model("organizations", "Member").objects
        waiting = members.with_email(self.email).filter(user=None)
        return waiting.exclude(organization__members__user=self) if self.pk else waiting

    def _refuse_staff_who_administer(self) -> None:
        if not self.is_staff_or_superuser:
            return
        waiting = self._waiting_memberships()
        theirs = models.Q(pk__in=waiting.values("pk"))
        if self.pk:
            theirs |= models.Q(user=self)
        administered = waiting.model.objects.administrators().filter(theirs)
        membership = administered.select_related("organization").first()
        if membership:
            message = _(
                "%(email)s administers %(organization)s. Support staff and superusers may not: "
                "make them a plain member there first, or use another account."
            )
            params = {"email": self.email, "organization": membership.organization}
            raise ValidationError(message, code="staff_administers", params=params)
