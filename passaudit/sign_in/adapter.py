"""Customize django-allauth."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from activity.api.authentication import client_address
from organizations.models import User
from passaudit.sign_in import journal
from passaudit.sign_in.limits import Attempt

TOO_MANY_ATTEMPTS = "too_many_attempts"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "Please enter a correct email address and password. Passwords are case-sensitive."
        ),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Deviates from `DefaultAccountAdapter.authenticate`: uses the limits of `Attempt`.

        allauth keeps its limits in the cache, which processes may not share, and an attacker who
        uses them up locks the owner out. Raises `ValidationError` if a limit is reached.
        """
        attempt = Attempt.of(request, credentials["email"])
        seconds = attempt.take()
        if seconds:
            journal.sign_in_refused(request, seconds)
            raise too_many_attempts(seconds)
        user = authenticate(request, **credentials)
        if not isinstance(user, User):
            self.authentication_failed(request, **credentials)
            return None
        attempt.give_back()
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Store the reason on the request. The view records it after it has responded."""
        user = User.objects.with_email(credentials["email"]).first()
        reason = "wrong password" if user is None or user.is_active else "inactive account"
        setattr(request, journal.FAILURE, (user, reason))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Deviates from `DefaultAccountAdapter.reauthenticate`: users have one email address."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def is_ajax(self, request: HttpRequest) -> bool:
        """Always return pages, never JSON."""
        return False

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def too_many_attempts(seconds: int) -> ValidationError:
    minutes = -(-seconds // 60)
    message = ngettext(
        "Too many attempts to sign in. Try again in %(minutes)d minute.",
        "Too many attempts to sign in. Try again in %(minutes)d minutes.",
        minutes,
    )
    params = {"minutes": minutes, "seconds": seconds}
    return ValidationError(message, code=TOO_MANY_ATTEMPTS, params=params)
