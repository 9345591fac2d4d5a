"""The admin pages of organizations."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.contrib import admin
from django.db.models import PROTECT, ForeignObjectRel, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from organizations.admin.badges import plan_badge
from organizations.forms import OrganizationForm
from organizations.models import Organization, User, member_count


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    form = OrganizationForm
    list_display = ["name", "plan_column", "member_count", "last_activity_at", "created_at"]
    list_filter = ["plan"]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name", "slug", "members__email"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["members_link", "last_activity_at", "created_at"]
    change_form_template = "admin/organizations/organization/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organization]:
        organizations: QuerySet[Organization] = super().get_queryset(request)
        return organizations.annotate(member_count=member_count())

    @admin.display(description=_("Plan"), ordering="plan")
    def plan_column(self, organization: Organization) -> SafeString:
        return plan_badge(organization)

    @admin.display(description=_("Members"), ordering="member_count")
    def member_count(self, organization: Any) -> int:
        return int(organization.member_count)

    @admin.display(description=_("Members"))
    def members_link(self, organization: Any) -> SafeString:
        address = reverse("admin:organizations_member_changelist")
        count = organization.member_count
        text = ngettext("%d member", "%d members", count) % count
        query = urlencode({"organization": organization.slug})
        return format_html('<a href="{}?{}">{}</a>', address, query, text)

    def get_fieldsets(self, request: HttpRequest, obj: Organization | None = None) -> list[Any]:
        if obj is None:
            return [(None, {"fields": ["name", "slug", "time_zone", "plan"]})]
        return [
            (None, {"fields": ["name", "slug", "time_zone"]}),
            (_("Plan"), {"fields": ["plan", "plan_change_reason"]}),
            (_("Figures"), {"fields": ["members_link", "last_activity_at", "created_at"]}),
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Organization | None = None
    ) -> list[str]:
        """The slug cannot be changed: links and scripts contain it."""
        return [*self.readonly_fields, "slug"] if obj else self.readonly_fields

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Organization | None = None
    ) -> dict[str, Any]:
        return {} if obj else self.prepopulated_fields

    def save_model(
        self, request: HttpRequest, obj: Organization, form: ModelForm, change: Any
    ) -> None:
        """Deviates from `ModelAdmin.save_model`: `change_plan` saves the plan, with its history."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        obj.save(update_fields=["name", "time_zone"])
        if "plan" in form.changed_data:
            reason = form.cleaned_data["plan_change_reason"]
            obj.change_plan(obj.plan, reason=reason, changed_by=cast("User", request.user))

    def get_deleted_objects(
        self, objs: QuerySet[Organization] | Sequence[Organization], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Deviates from `ModelAdmin.get_deleted_objects` in two ways.

        It lists which tables protect the organization, without reading and listing their rows,
        which include all events. It asks for no permission on the rows deleted with it.
        """
        protected = [
            f"{organization}: {name}"
            for organization in objs
            for name, rows in self._protecting_rows(organization)
            if rows.exists()
        ]
        if protected:
            return [str(organization) for organization in objs], {}, set(), protected
        to_delete, model_count, _permissions, protected = super().get_deleted_objects(objs, request)
        return to_delete, model_count, set(), protected

    def _protecting_rows(self, organization: Organization) -> Iterator[tuple[str, QuerySet]]:
        """Yield the name and the rows of each table that protects `organization` from deletion.

        The query sets are not evaluated.
        """
        for relation in self.opts.get_fields(include_hidden=True):
            if isinstance(relation, ForeignObjectRel) and relation.on_delete is PROTECT:
                model: Any = relation.related_model
                rows = model.objects.filter(**{relation.field.name: organization})
                yield model._meta.verbose_name_plural, rows
