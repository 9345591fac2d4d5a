"""The sign-in page: allauth's view in the frame and at the URL of the admin."""

import logging
from http import HTTPStatus
from typing import Any, cast

from allauth.account.views import LoginView
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from organizations.models import User
from passaudit.sign_in import journal
from passaudit.sign_in.adapter import TOO_MANY_ATTEMPTS
from passaudit.sign_in.entry import may_enter
from passaudit.sign_in.forms import SignInForm

logger = logging.getLogger(__name__)


class RecordingResponse(TemplateResponse):
    """Records a failed sign-in after the response was sent.

    Recording takes longer if the account exists. Before the response, its time would tell that.
    """

    def close(self) -> None:
        failure = self._request.__dict__.pop(journal.FAILURE, None)
        if failure:
            try:
                journal.sign_in_failed(self._request, *failure)
            except Exception:
                logger.exception("A failed sign-in was not recorded.")
        super().close()


class SignInView(LoginView):
    template_name = "admin/login.html"
    form_class = SignInForm
    response_class = RecordingResponse

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "GET" and may_enter(request.user):
            return HttpResponseRedirect(self.get_authenticated_redirect_url())
        return cast("HttpResponseBase", super().dispatch(request, *args, **kwargs))

    def form_invalid(self, form: Form) -> HttpResponse:
        response = cast("HttpResponse", super().form_invalid(form))
        for error in form.errors.as_data().get(NON_FIELD_ERRORS, []):
            if error.code == TOO_MANY_ATTEMPTS:
                response.status_code = HTTPStatus.TOO_MANY_REQUESTS
                response["Retry-After"] = str((error.params or {})["seconds"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            **admin.site.each_context(self.request),
            **super().get_context_data(**kwargs),
            "title": _("Log in"),
            "subtitle": None,
            "has_permission": False,
            "turned_away": user.email if isinstance(user, User) else "",
        }
