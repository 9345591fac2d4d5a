"""The form of the sign-in page."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from passaudit.sign_in import journal
from passaudit.sign_in.entry import may_enter

MAX_PASSWORD_LENGTH = 4096


class SignInForm(LoginForm):
    """allauth's form. It refuses users who administer nothing.

    It tells the reason only after the right password, so that nobody else learns which email
    addresses have an account.
    """

    NOT_ADMITTED = _(
        "You are known here, but administer no organization, and this site is for "
        "administrators. Ask an owner of your organization to make you one."
    )
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = {"autocomplete": "username", "autofocus": True, "maxlength": 254}
        self.fields["login"] = forms.CharField(
            label=_("Email address"), max_length=254, widget=forms.EmailInput(attrs=address)
        )
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            max_length=MAX_PASSWORD_LENGTH,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.order_fields(["login", "password"])

    def add_prefix(self, field_name: str) -> str:
        """Keep the field names of Django's own form, which scripts use."""
        return str(super().add_prefix("username" if field_name == "login" else field_name))

    def clean(self) -> Any:
        cleaned_data = super().clean()
        if not self.errors and not may_enter(self._login.user):
            setattr(
                self.request, journal.FAILURE, (self._login.user, "administers no organization")
            )
            raise ValidationError(self.NOT_ADMITTED, code="no_administrator")
        return cleaned_data
