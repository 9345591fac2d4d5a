"""The admin site: access, URLs and the context of the home page."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from organizations.models import User
from passaudit.home import home_of
from passaudit.sign_in.entry import may_enter


class PassauditAdminSite(admin.AdminSite):
    site_title = site_header = "passaudit"
    index_title = _("Home")
    site_url = None

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Deviates from `AdminSite.get_urls`: leaves out `view_on_site`, which reveals the objects
        that exist and has no use here.
        """
        urls = super().get_urls()
        return [url for url in urls if getattr(url, "name", None) != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        """Deviates from `AdminSite.has_permission`, which only admits staff: administrators of
        organizations are not staff.
        """
        return may_enter(request.user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Deviates from `AdminSite.login`: allauth signs people in."""
        from passaudit.sign_in.views import SignInView  # noqa: PLC0415 - needs the models of allauth

        request.current_app = self.name
        return cast("HttpResponse", SignInView.as_view()(request))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        user = cast("User", request.user)
        return super().index(request, {"home": home_of(user), **(extra_context or {})})
