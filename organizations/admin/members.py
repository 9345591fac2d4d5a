"""The admin pages of members, with import and export."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm
from import_export.results import Result

from organizations.admin.badges import badge
from organizations.admin.filters import OrganizationFilter
from organizations.forms import MemberForm
from organizations.member_files.resources import MemberResource
from organizations.member_files.uploads import FORMATS, ConfirmForm, SignedStorage, UploadForm
from organizations.models import Member
from organizations.spreadsheets import UnreadableTable


@admin.register(Member)
class MemberAdmin(ImportExportMixin, admin.ModelAdmin):
    form = MemberForm
    list_display = ["email", "name", "organization", "role", "status_column"]
    list_filter = [OrganizationFilter, "role", "status"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    list_select_related = ["organization"]
    search_fields = ["email", "name", "organization__name", "=organization__slug"]
    form_fields = ["organization", "email", "name", "role", "status"]
    readonly_fields = ["user", "created_at"]

    change_list_template = "admin/organizations/member/change_list.html"
    formats = FORMATS
    resource_classes = [MemberResource]
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = ExportForm
    tmp_storage_class = SignedStorage
    import_template_name = "admin/organizations/member/import.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Member | None = None) -> list[str]:
        """A member cannot be moved to another organization."""
        return [*self.readonly_fields, "organization"] if obj else self.readonly_fields

    def get_fields(self, request: HttpRequest, obj: Member | None = None) -> list[Any]:
        return [*self.form_fields, *self.readonly_fields] if obj else self.form_fields

    @admin.display(description=_("Status"), ordering="status")
    def status_column(self, member: Member) -> SafeString:
        return badge("status", member.status, member.get_status_display())

    def get_import_data_kwargs(self, **options: Any) -> dict[str, Any]:
        """One invalid row rolls back the whole import."""
        return {**super().get_import_data_kwargs(**options), "rollback_on_validation_errors": True}

    def add_data_read_fail_error_to_form(self, form: Form, error: Exception) -> None:
        """Say in words what is wrong with the file, where we know it."""
        if isinstance(error, UnreadableTable):
            form.add_error("import_file", str(error))
        else:
            super().add_data_read_fail_error_to_form(form, error)

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        """Deviates from `ImportMixin.process_result`, which also reports success after errors."""
        if not result.has_errors() and not result.has_validation_errors():
            return cast("HttpResponse", super().process_result(result, request))
        message = _("Nothing was imported: the members changed since the preview. Try again.")
        messages.error(request, message)
        return HttpResponseRedirect(reverse("admin:organizations_member_import"))

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        """Deviates from `ExportMixin.get_export_queryset`, which fails on invalid filters."""
        try:
            return cast("QuerySet[Member]", super().get_export_queryset(request))
        except IncorrectLookupParameters as error:
            raise BadRequest("These filters are not those of the list.") from error
