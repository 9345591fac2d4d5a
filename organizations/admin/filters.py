"""List filters that Django does not have."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from organizations.forms import organization_suggestions
from organizations.models import Member
from organizations.widgets import SuggestionInput


class OrganizationFilter(admin.SimpleListFilter):
    """Filters by the slug of the organization, typed in a field with suggestions.

    Django's own filter shows one link for each organization, which is too long a list.
    """

    title = _("organization")
    parameter_name = "organization"
    template = "admin/organizations/member/organization_filter.html"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[Any]:
        return []

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Member]) -> QuerySet[Member]:
        """An unknown slug matches no members."""
        return queryset.filter(organization__slug=self.value()) if self.value() else queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield one item for the template: the field, and the parameters that the form repeats."""
        control = SuggestionInput(organization_suggestions, {"id": "organization-filter"})
        yield {
            "selected": bool(self.value()),
            "control": control.render(self.parameter_name, self.value()),
            "others": [
                (name, value)
                for name, values in changelist.filter_params.items()
                for value in values
                if name != self.parameter_name
            ],
            "query": changelist.query,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
        }
