"""The base of the admin pages for administrators of organizations."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from activity.access import administered_organizations, administers_some_log
from organizations.models import Organization, User
from organizations.widgets import MAX_SUGGESTIONS, SuggestionInput

ONE_SAVE_BUTTON = {"show_save_and_continue": False, "show_save_and_add_another": False}


class AdministratorsAdmin(admin.ModelAdmin):
    """Lists, shows and adds rows of the organizations that the user administers.

    The model has a foreign key `organization`, and `created_by` if its rows are added here. The
    templates of `page` are in `admin/<app>/<model>/`.
    """

    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        organizations = administered_organizations(request.user)
        return super().get_queryset(request).filter(organization__in=organizations)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return administers_some_log(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Deviates from `ModelAdmin.lookup_allowed`, which allows URLs to filter by any column."""
        return False

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return the field for `organization`, the only foreign key in the forms."""
        return organization_field(request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Deviates from `ModelAdmin.changelist_view` in the title, which is the plural name."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().add_view(request, form_url, {**ONE_SAVE_BUTTON, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        if not change:
            obj.created_by = cast("User", request.user)
        super().save_model(request, obj, form, change)

    def find(self, request: HttpRequest, pk: Any) -> Any:
        """Return the row for a view of our own. Raises `PermissionDenied` and `Http404`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404(_("Not found."))
        return row

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any]
    ) -> TemplateResponse:
        """Render the page `template` of this model. `context` needs a `title`."""
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        folder = f"admin/{self.opts.app_label}/{self.opts.model_name}"
        return TemplateResponse(request, f"{folder}/{template}.html", context)


def organization_field(user: User | AnonymousUser) -> "forms.ModelChoiceField[Organization]":
    """Return a field for one of the organizations that `user` administers.

    The field is hidden if there is only one.
    """
    theirs = administered_organizations(user)
    pairs = list(theirs.values_list("slug", "name")[:MAX_SUGGESTIONS])
    is_only_one = len(pairs) == 1
    return forms.ModelChoiceField(
        label=_("Organization"),
        queryset=theirs,
        to_field_name="slug",
        initial=pairs[0][0] if is_only_one else None,
        widget=forms.HiddenInput() if is_only_one else SuggestionInput(lambda: pairs),
        help_text="" if is_only_one else _("Its slug, such as acme."),
    )
