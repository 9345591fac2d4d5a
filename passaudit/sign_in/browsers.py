"""Browsers in which somebody has signed in before, known by a cookie.

A known browser has limits of its own (`passaudit.sign_in.limits`), so that the guesses of others
do not keep the owner of an account out. The cookie is no credential: it opens nothing.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from organizations.models import User

SALT = "passaudit.sign_in.browsers"
MAX_AGE = 365 * 24 * 60 * 60


def known_browser(request: HttpRequest, user: User | None) -> str:
    """The name of this browser, if `user` has signed in with it; else ""."""
    cookie = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
    try:
        owner, name = signing.loads(cookie, salt=SALT, max_age=MAX_AGE)
    except (signing.BadSignature, TypeError, ValueError):
        return ""
    return str(name) if user is not None and owner == user.pk else ""


def remember_browser(response: HttpResponse, request: HttpRequest, user: User) -> None:
    """Let `response` say that `user` has signed in with this browser."""
    name = known_browser(request, user) or secrets.token_urlsafe(16)
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        signing.dumps([user.pk, name], salt=SALT),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
