"""Refusals of the API as RFC 9457 problems: `application/problem+json`.

Exceptions of the endpoints are converted by `handle_in`, Django's own error responses by
`ProblemMiddleware`.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError

from activity.access import PlanRequired
from activity.database_errors import DATABASE_ERRORS
from activity.formats import to_json
from activity.reading.timeouts import QueryTimeout

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
API_PREFIX = "/api/"


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it that
    """A refusal. `code` is for programs, `detail` for people; `members` are added to the body."""

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
    """The same answer for every reason, so that it does not reveal which keys exist."""
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
        _("The database is busy or unreachable. Nothing was stored. Send the same request later."),
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def out_of_time() -> Problem:
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "out_of_time",
        _("The search takes too long. Choose a shorter period with “since” and “until”."),
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


CONVERTERS: dict[type[Exception], Callable[[Any], Problem]] = {
    Problem: lambda problem: problem,
    AuthenticationError: lambda _error: unauthorized(),
    PlanRequired: plan_required,
    QueryTimeout: lambda _error: out_of_time(),
    **dict.fromkeys(DATABASE_ERRORS, lambda _error: unavailable()),
}


def handle_in(api: NinjaAPI) -> None:
    """Make `api` answer the exceptions of `CONVERTERS` with problems."""

    def handler_for(convert: Callable[[Any], Problem]) -> Any:
        def handle(_request: HttpRequest, error: Exception) -> HttpResponse:
            return convert(error).response()

        return handle

    for exception, convert in CONVERTERS.items():
        api.add_exception_handler(exception, handler_for(convert))


class ProblemMiddleware:
    """Replaces Django's own error pages (404, 405, 500 and others) under /api/ by problems.

    The API answers in English, whatever the language of the site or the client."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        with translation.override("en"):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        status = HTTPStatus(response.status_code)
        return _problem_of(status, response.get("Allow", "")).response()


def _problem_of(status: HTTPStatus, allowed_methods: str) -> Problem:
    if status is HTTPStatus.NOT_FOUND:
        return Problem(status, "not_found", _("Not found. See /api/v1/docs."))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return unavailable()
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        detail = _("This URL supports %(methods)s.") % {"methods": allowed_methods}
        return Problem(status, "method_not_allowed", detail, headers={"Allow": allowed_methods})
    return Problem(status, status.name.lower(), _("The request failed: %s.") % status.phrase)
