"""The admin pages of upgrade requests, where support staff approve or decline them."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations.admin.badges import badge, plan_badge
from organizations.forms import ApproveForm, DeclineForm
from organizations.models import RequestStatus, UpgradeRequest, User


@admin.register(UpgradeRequest)
class UpgradeRequestAdmin(admin.ModelAdmin):
    list_display = ["organization", "plan_column", "requested_by_email", "created_at", "state"]
    list_filter = ["status"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["organization"]
    search_fields = ["organization__name", "organization__slug", "requested_by_email"]
    actions = None

    @admin.display(description=gettext_lazy("Plan"), ordering="organization__plan")
    def plan_column(self, upgrade_request: UpgradeRequest) -> SafeString:
        return plan_badge(upgrade_request.organization)

    @admin.display(description=gettext_lazy("Status"), ordering="status")
    def state(self, upgrade_request: UpgradeRequest) -> SafeString:
        label = upgrade_request.get_status_display()
        return badge("request", upgrade_request.status, label)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: UpgradeRequest | None = None
    ) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Deviates from `ModelAdmin.change_view`: two forms, to approve and to decline."""
        allowed = self.has_view_permission(request)
        if request.method == "POST":
            allowed = self.has_change_permission(request)
        if not allowed:
            raise PermissionDenied
        upgrade_request = self.get_object(request, unquote(object_id))
        if upgrade_request is None:
            raise Http404
        answers: dict[str, Form] = {"approve": ApproveForm(), "decline": DeclineForm()}
        answer = next((name for name in answers if name in request.POST), None)
        if answer:
            form = answers[answer] = type(answers[answer])(request.POST)
            if form.is_valid():
                return self._answer(request, upgrade_request, answer, form.cleaned_data)
        return self._page(request, upgrade_request, answers)

    def _answer(
        self, request: HttpRequest, upgrade_request: UpgradeRequest, answer: str, data: Any
    ) -> HttpResponse:
        user = cast("User", request.user)
        try:
            if answer == "approve":
                upgrade_request.approve(data["plan"], note=data["note"], resolved_by=user)
            else:
                upgrade_request.decline(note=data["note"], resolved_by=user)
        except UpgradeRequest.AlreadyAnswered:
            messages.warning(request, _("Somebody else has answered this request already."))
            return HttpResponseRedirect(request.path)
        state = upgrade_request.get_status_display()
        self.log_change(request, upgrade_request, state)
        message = _("%(organization)s: %(state)s.")
        params = {"organization": upgrade_request.organization, "state": state}
        messages.success(request, message % params)
        return HttpResponseRedirect(reverse("admin:organizations_upgraderequest_changelist"))

    def _page(
        self, request: HttpRequest, upgrade_request: UpgradeRequest, answers: dict[str, Form]
    ) -> HttpResponse:
        is_pending = upgrade_request.status == RequestStatus.PENDING
        context = {
            **self.admin_site.each_context(request),
            "title": _("Upgrade request of %s") % upgrade_request.organization,
            "opts": self.opts,
            "original": upgrade_request,
            "plan_badge": self.plan_column(upgrade_request),
            "state_badge": self.state(upgrade_request),
            "answers": answers if is_pending and self.has_change_permission(request) else None,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request, "admin/organizations/upgraderequest/change_form.html", context
        )
