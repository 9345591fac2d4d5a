"""The imports in the admin, for whoever administers an organization.

A file is uploaded, looked at, and confirmed or cancelled; what became of it stays listed.
"""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from activity import access, exports
from activity.admin.base import AdministratorsAdmin
from activity.uploads.forms import ImportForm
from activity.uploads.limits import LimitedUploadHandler, max_bytes
from activity.uploads.models import ImportJob
from activity.uploads.pages import context_of
from organizations.models import User
from organizations.plans import Feature

TEMPLATES = "admin/uploads/importjob"


@admin.register(ImportJob)
class ImportJobAdmin(AdministratorsAdmin):
    list_display = [
        "name", "organization", "status", "accepted", "duplicates", "refused_column",
        "created_by", "created_at",
    ]  # fmt: skip
    list_select_related = ["organization", "created_by"]
    form = ImportForm
    fields = ["organization", "file", "format", "time_zone", "members"]

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Callable[..., HttpResponseBase]] = {
            "start": self.start_view,
            "cancel": self.cancel_view,
            "rejects": self.rejects_view,
        }
        wrap = self.admin_site.admin_view
        own = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"uploads_importjob_{name}")
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    @admin.display(description=gettext_lazy("Not stored"))
    def refused_column(self, job: ImportJob) -> int:
        return job.refused_count

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Imports"), **(extra_context or {})})

    @method_decorator(csrf_exempt)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form. `ModelAdmin.changeform_view` checks the CSRF token, as Django's documentation
        of upload handlers wants it: they are chosen before anything of the body is read."""
        request.upload_handlers = [LimitedUploadHandler(request)]
        context = {
            "title": _("Import a file"),
            "max_bytes": max_bytes(),
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().add_view(request, form_url, {**context, **(extra_context or {})})

    def save_model(
        self, request: HttpRequest, obj: ImportJob, form: forms.ModelForm, change: Any
    ) -> None:
        obj.created_by = cast("User", request.user)
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ImportJob, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:uploads_importjob_change", obj.pk)

    @method_decorator([never_cache, require_safe])
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Deviates from `ModelAdmin.change_view`: the preview, the progress or the summary."""
        job = self._job(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": job.name,
            **context_of(job),
        }
        return TemplateResponse(request, f"{TEMPLATES}/job.html", context)

    @method_decorator(require_POST)
    def start_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Hand the file to the worker, once; the history keeps who did so."""
        job = self._job(request, pk)
        if job.start():
            message = _("Started the import of %(file)s into the log of %(organization)s.")
            text = message % {"file": job.name, "organization": job.organization.slug}
            self.log_change(request, job, text)
        else:
            messages.info(request, _("This import was started or cancelled before."))
        return redirect("admin:uploads_importjob_change", job.pk)

    @method_decorator(require_POST)
    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._job(request, pk)
        if job.cancel():
            self.log_change(request, job, _("Cancelled the import."))
            messages.success(request, _("The import is cancelled and its file is deleted."))
        else:
            messages.info(request, _("This import had ended before."))
        return redirect("admin:uploads_importjob_changelist")

    @method_decorator(require_safe)
    def rejects_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The rows that were not stored, as a file to mend and import again."""
        job = self._job(request, pk)
        try:
            return exports.file_response(job.rejects, f"rejected-{job.name}")
        except (ValueError, FileNotFoundError):
            raise Http404(_("The rejected rows of this import are not kept any more.")) from None

    def _job(self, request: HttpRequest, pk: Any) -> ImportJob:
        """The import. Raises `Http404`, and `PlanRequired` when there is no log to import into."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self.get_object(request, str(pk))
        if job is None:
            raise Http404(_("There is no such import."))
        access.require_feature(job.organization, Feature.READ_LOG)
        return job
