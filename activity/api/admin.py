"""The admin pages of API keys, for administrators of organizations.

A key is added, shown once, and revoked; it cannot be changed or deleted.
"""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from activity.admin.base import AdministratorsAdmin
from activity.api.forms import ApiKeyForm
from activity.api.models import ApiKey, KeyStatus, Scope
from organizations.models import User


@admin.register(ApiKey)
class ApiKeyAdmin(AdministratorsAdmin):
    list_display = [
        "name", "key_column", "organization", "scopes_column", "status_column",
        "last_used_at", "expires_at",
    ]  # fmt: skip
    list_select_related = ["organization"]
    form = ApiKeyForm
    add_fields = ["organization", "name", "scopes", "networks", "lifetime"]
    view_fields = [
        "name", "key_column", "organization_column", "scopes_column", "networks_column",
        "status_column", "last_used_at", "expires_at", "created_at", "created_by",
        "revoked_at", "revoked_by",
    ]  # fmt: skip
    readonly_fields = [
        "key_column", "organization_column", "scopes_column", "networks_column", "status_column",
    ]  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        revoke = self.admin_site.admin_view(self.revoke_view)
        return [path("<int:pk>/revoke/", revoke, name="api_apikey_revoke"), *super().get_urls()]

    @admin.display(description=gettext_lazy("Key"))
    def key_column(self, key: ApiKey) -> str:
        return key.display_prefix

    @admin.display(description=gettext_lazy("Organization"))
    def organization_column(self, key: ApiKey) -> str:
        """The name without Django's link, which leads to a page for support staff."""
        return key.organization.name

    @admin.display(description=gettext_lazy("Scopes"))
    def scopes_column(self, key: ApiKey) -> str:
        return ", ".join(str(scope.label) for scope in Scope if scope in key.scopes)

    @admin.display(description=gettext_lazy("Allowed networks"))
    def networks_column(self, key: ApiKey) -> str:
        return ", ".join(key.networks) or _("any address")

    @admin.display(description=gettext_lazy("Status"))
    def status_column(self, key: ApiKey) -> str:
        return str(key.status.label)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> list[Any]:
        return list(self.view_fields if obj else self.add_fields)

    def get_form(
        self, request: HttpRequest, obj: ApiKey | None = None, *args: Any, **kwargs: Any
    ) -> "type[forms.ModelForm[ApiKey]]":
        if obj:
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: ApiKey, form: "forms.ModelForm[ApiKey]", change: Any
    ) -> None:
        """Deviates from `ModelAdmin.save_model`: `issue` creates the key's text and saves."""
        obj.issue(created_by=cast("User", request.user))

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Deviates from `ModelAdmin.response_add`: shows the key, once."""
        context = {
            "title": _("Your new API key"),
            "original": obj,
            "events_url": request.build_absolute_uri(reverse("api:record_events")),
            "may_write": Scope.WRITE in obj.scopes,
            "may_read": Scope.READ in obj.scopes,
        }
        response = self.page(request, "created", context)
        response["Cache-Control"] = "no-store"
        return response

    @method_decorator(never_cache)
    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for confirmation (GET), then revoke the key (POST)."""
        key = self.find(request, pk)
        if request.method != "POST":
            context = {"title": _("Revoke the key?"), "original": key}
            return self.page(request, "revoke", context)
        if key.revoke(revoked_by=cast("User", request.user)):
            self.log_change(request, key, [{"changed": {"fields": [_("revoked")]}}])
            messages.success(request, _("%(key)s is revoked.") % {"key": key})
        return redirect("admin:api_apikey_changelist")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        key = context.get("original")
        context["may_revoke"] = key is not None and key.status is KeyStatus.LIVE
        return super().render_change_form(request, context, *args, **kwargs)
