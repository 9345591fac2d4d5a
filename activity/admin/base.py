"""The base class of the admin pages for administrators of organizations."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from activity.access import administered_organizations, administers_some_log
from organizations.models import User
from organizations.widgets import MAX_SUGGESTIONS, SuggestionInput


class AdministratorsAdmin(admin.ModelAdmin):
    """Lists, shows and adds rows of the organizations that the visitor administers."""

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
        """Deviates from `ModelAdmin.lookup_allowed`, which accepts URL filters on any column."""
        return False

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """The organization is the only foreign key that these forms have."""
        return organization_field(request.user)


def organization_field(user: User | AnonymousUser) -> forms.ModelChoiceField:
    """A choice of the organizations that `user` administers; hidden if there is only one."""
    theirs = administered_organizations(user)
    pairs = list(theirs.values_list("slug", "name")[:MAX_SUGGESTIONS])
    is_obvious = len(pairs) == 1
    return forms.ModelChoiceField(
        label=_("Organization"),
        queryset=theirs,
        to_field_name="slug",
        initial=pairs[0][0] if is_obvious else None,
        widget=forms.HiddenInput() if is_obvious else SuggestionInput(lambda: pairs),
        help_text="" if is_obvious else _("Its slug, such as acme."),
    )
