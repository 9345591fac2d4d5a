"""The admin pages of imports, for administrators of organizations.

A file is uploaded, previewed, and confirmed or cancelled. The list keeps the results.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
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
from organizations.plans import Feature


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

    @method_decorator(csrf_exempt)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show and accept the form.

        Upload handlers must be set before the body is read, but the CSRF check reads it. So this
        view is exempt and `ModelAdmin.changeform_view`, which is protected, does the check, as
        Django's documentation of upload handlers recommends.
        """
        request.upload_handlers = [LimitedUploadHandler(request)]
        context = {
            "title": _("Import a file"),
            "max_bytes": max_bytes(),
        }
        return super().add_view(request, form_url, {**context, **(extra_context or {})})

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
        """Deviates from `ModelAdmin.change_view`: shows preview, progress or summary.

        Writes nothing, so that a GET never takes the log's lock.
        """
        job = self._job(request, object_id)
        return self.page(request, "job", {"title": job.name, **context_of(job)})

    @method_decorator(require_POST)
    def start_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Queue the import for the worker, once. The history records the user."""
        job = self._job(request, pk)
        if job.start():
            message = _("Started the import of %(file)s into the log of %(organization)s.")
            text = message % {"file": job.name, "organization": job.organization.slug}
            self.log_change(request, job, text)
        else:
            messages.info(request, _("This import is already started or cancelled."))
        return redirect("admin:uploads_importjob_change", job.pk)

    @method_decorator(require_POST)
    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = self._job(request, pk)
        if job.cancel():
            self.log_change(request, job, _("Cancelled the import."))
            messages.success(request, _("The import is cancelled and its file is deleted."))
        else:
            messages.info(request, _("This import has already ended."))
        return redirect("admin:uploads_importjob_changelist")

    @method_decorator(require_safe)
    def rejects_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Download the rejected rows as a file that can be fixed and imported."""
        job = self._job(request, pk)
        try:
            return exports.file_response(job.rejects, f"rejected-{job.name}")
        except (ValueError, FileNotFoundError):
            raise Http404(_("The rejected rows of this import are no longer kept.")) from None

    def _job(self, request: HttpRequest, pk: Any) -> ImportJob:
        """Return the import. Raises `PermissionDenied`, `Http404` and `PlanRequired`."""
        job: ImportJob = self.find(request, pk)
        access.require_feature(job.organization, Feature.READ_LOG)
        return job
