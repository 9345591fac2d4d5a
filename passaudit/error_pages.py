"""The pages for errors, in the frame of the site.

The pages for a wrong request and for failures of the server use no database and know no user.
Programs get problems instead (`activity.api.problems`).
"""

import errno
import sys
from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from activity.api.problems import API_PREFIX
from activity.clock import UTC_CLOCK
from activity.database_errors import DATABASE_ERRORS

TEMPLATE = "error.html"
RETRY_SECONDS = 30
DISK_FULL = {errno.ENOSPC, errno.EDQUOT}


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        HTTPStatus.NOT_FOUND,
        _("Page not found"),
        _("The URL may be mistyped, or you don’t have access to this page."),
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("You don’t have access to this page"),
        _("If you need access, ask an owner of your organization."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(
        request,
        HTTPStatus.FORBIDDEN,
        _("Please try again"),
        _(
            "The form has expired, or your browser did not send its cookie. Go back, reload the "
            "page and submit the form again."
        ),
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    with _language_of_browser(request):
        if isinstance(exception, DisallowedHost):
            title = _("This site has another name")
            text = _("Use the name that you were given, or ask the operator to allow this one.")
        else:
            title = _("The request was not understood")
            text = _("Your browser sent something that this site does not accept.")
        return _bare_page(HTTPStatus.BAD_REQUEST, title, text)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for the exception that Django handles at the moment."""
    error = sys.exception()
    with _language_of_browser(request):
        if isinstance(error, DATABASE_ERRORS):
            response = _bare_page(
                HTTPStatus.SERVICE_UNAVAILABLE,
                _("The database is not available"),
                _("Try again in a moment. What you sent just now may not have been stored."),
            )
            response.headers["Retry-After"] = str(RETRY_SECONDS)
            return response
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            return _bare_page(
                HTTPStatus.INSUFFICIENT_STORAGE,
                _("The disk of the server is full"),
                _("What you sent was not stored. Ask the operator to make room, then try again."),
            )
        return _bare_page(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            _("Something went wrong"),
            _(
                "The fault is on our side, and was logged. If it happens again, tell the operator "
                "when: %(time)s (UTC)."
            )
            % {"time": UTC_CLOCK.moment(timezone.now())},
        )


def _language_of_browser(request: HttpRequest) -> translation.override:
    return translation.override(translation.get_language_from_request(request))


def _page(request: HttpRequest, status: HTTPStatus, title: str, text: str) -> HttpResponse:
    """A page with the menu of the user, who may have none."""
    if request.path_info.startswith(API_PREFIX):
        return HttpResponse(status=status)
    if not hasattr(request, "user"):  # such as for static files: no middleware has run
        return _bare_page(status, title, text)
    context = admin.site.each_context(request)
    context |= {
        "title": title,
        "text": text,
        "is_nav_sidebar_enabled": context["has_permission"],
    }
    return render(request, TEMPLATE, context, status=status)


def _bare_page(status: HTTPStatus, title: str, text: str) -> HttpResponse:
    context = {"title": title, "text": text, "user": AnonymousUser()}
    content = render_to_string(TEMPLATE, context)
    return HttpResponse(content, status=status, headers={"Cache-Control": "no-store"})
