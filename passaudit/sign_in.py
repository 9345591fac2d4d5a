"""Who may enter the site, and the form at its door."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activity.access import first_readable_organizations
from organizations.models import User


def may_enter(user: User | AnonymousUser) -> bool:
    """Support staff, superusers, and whoever administers an organization, on any plan."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_staff_or_superuser or bool(first_readable_organizations(user, count=1))


class SignInForm(AuthenticationForm):
    """Django's form, for more people than staff.

    It explains itself only to who gave the right password, so that nobody else learns which
    addresses have an account.
    """

    error_messages = {
        **AuthenticationForm.error_messages,
        "no_administrator": _(
            "You are known here, but administer no organization, and this site is for "
            "administrators. Ask an owner of your organization to make you one."
        ),
    }
    required_css_class = "required"

    username = UsernameField(widget=forms.EmailInput(attrs={"autofocus": True}))

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if not may_enter(user):
            message = self.error_messages["no_administrator"]
            raise ValidationError(message, code="no_administrator")
