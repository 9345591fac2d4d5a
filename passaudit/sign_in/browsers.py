"""Recognize, by a cookie, browsers in which a user has signed in before.

They have limits of their own (`passaudit.sign_in.limits`), so that guesses from elsewhere do not
lock the user out. The cookie gives no access.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from organizations.models import User

SALT = "passaudit.sign_in.browsers"
MAX_AGE = 365 * 24 * 60 * 60


def known_browser(request: HttpRequest, user: User | None) -> str:
    """The random name of this browser if `user` has signed in with it before, otherwise ""."""
    cookie = request.COOKIES.get(settings.BROWSER_COOKIE_NAME, "")
    try:
        owner, name = signing.loads(cookie, salt=SALT, max_age=MAX_AGE)
    except (signing.BadSignature, TypeError, ValueError):
        return ""
    return str(name) if user is not None and owner == user.pk else ""


def remember_browser(response: HttpResponse, request: HttpRequest, user: User) -> None:
    """Set the cookie which tells that `user` has signed in with this browser."""
    name = known_browser(request, user) or secrets.token_urlsafe(16)
    response.set_cookie(
        settings.BROWSER_COOKIE_NAME,
        signing.dumps([user.pk, name], salt=SALT),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
