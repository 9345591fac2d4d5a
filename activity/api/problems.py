"""Refusals as RFC 9457 has them: `application/problem+json`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from activity.access import PlanRequired
from activity.formats import to_json
from activity.reading.timeouts import QueryTimeout

MEDIA_TYPE = "application/problem+json"
SECONDS_TO_RECOVER = 5


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it that
    """A refusal. `code` is for programs, `detail` for people; `members` go into the answer."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers or {}
        self.members = members or {}

    def response(self) -> HttpResponse:
        body = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
            **self.members,
        }
        headers = {"Cache-Control": "no-store", **self.headers}
        return HttpResponse(
            to_json(body), status=self.status, content_type=MEDIA_TYPE, headers=headers
        )


def unauthorized() -> Problem:
    """One answer for every reason, so that it tells nothing about which keys exist."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid_key",
        _("Send a valid API key: Authorization: Bearer pa_..."),
        headers={"WWW-Authenticate": "Bearer"},
    )


def plan_required(error: PlanRequired) -> Problem:
    return Problem(HTTPStatus.FORBIDDEN, "plan_required", str(error))


def unavailable() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "unavailable",
        _("The database is busy or out of reach. Nothing was stored. Send the same again later."),
        headers={"Retry-After": str(SECONDS_TO_RECOVER)},
    )


def out_of_time() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "out_of_time",
        _("This takes too long. Ask for a shorter time, with “since” and “until”."),
        headers={"Retry-After": str(SECONDS_TO_RECOVER)},
    )


def handle_in(api: NinjaAPI) -> None:
    """Let `api` answer every refusal as a problem."""

    def respond(to_problem: Any) -> Any:
        def handler(request: HttpRequest, error: Exception) -> HttpResponse:
            return to_problem(error).response()

        return handler

    for exception, to_problem in {
        Problem: lambda problem: problem,
        AuthenticationError: lambda _error: unauthorized(),
        PlanRequired: plan_required,
        QueryTimeout: lambda _error: out_of_time(),
        OperationalError: lambda _error: unavailable(),
        InterfaceError: lambda _error: unavailable(),
    }.items():
        api.add_exception_handler(exception, respond(to_problem))
