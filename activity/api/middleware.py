"""What Django itself refuses under /api/, in the words of the API."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from activity.api.problems import MEDIA_TYPE, Problem

PREFIX = "/api/"


class ProblemMiddleware:
    """Answers a machine's 404, 405 and 500 as a problem, where a person would get a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        with translation.override("en"):
            return self._answer(request)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        problem = _problem(HTTPStatus(response.status_code), response.get("Allow", ""))
        return problem.response()


def _problem(status: HTTPStatus, allowed: str) -> Problem:
    if status is HTTPStatus.NOT_FOUND:
        return Problem(status, "not_found", _("There is nothing here. See /api/v1/docs."))
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        detail = _("This address answers %(methods)s.") % {"methods": allowed}
        return Problem(status, "method_not_allowed", detail, headers={"Allow": allowed})
    return Problem(status, status.name.lower(), _("The request failed: %s.") % status.phrase)
