"""The list of destinations, and the page of one: how it is, what can be done, what it is."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from activity.admin.base import ONE_SAVE_BUTTON
from activity.clock import Clock
from activity.delivery.admin.actions import TEMPLATES, DestinationActions
from activity.delivery.forms import FORMS, DestinationForm, available_kinds
from activity.delivery.health import health_of
from activity.delivery.models import Destination, Kind
from activity.delivery.replay import try_now
from activity.delivery.status import State, waiting
from organizations.admin.badges import badge
from organizations.models import User

MOST_OF_AN_ERROR = 80


@admin.register(Destination)
class DestinationAdmin(DestinationActions):
    list_display = [
        "name", "status_column", "success_column", "error_column", "kind", "organization",
    ]  # fmt: skip
    sortable_by = ()
    change_form_template = f"{TEMPLATES}/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Destination]:
        return super().get_queryset(request).select_related("organization")

    def has_change_permission(self, request: HttpRequest, obj: Destination | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Destination | None = None) -> bool:
        return self.has_view_permission(request)

    @admin.display(description=gettext_lazy("Status"))
    def status_column(self, destination: Destination) -> SafeString:
        health = health_of(destination)
        shown = badge("status", health.status, str(health.status.label))
        return format_html('{} <span class="lag">{}</span>', shown, waiting(health))

    @admin.display(description=gettext_lazy("Last success"))
    def success_column(self, destination: Destination) -> str:
        instant = destination.last_success_at
        return Clock(destination.organization.zone).moment(instant) if instant else _("never")

    @admin.display(description=gettext_lazy("Last error"))
    def error_column(self, destination: Destination) -> str:
        return Truncator(destination.last_error).chars(MOST_OF_AN_ERROR) or _("none")

    def get_fieldsets(self, request: HttpRequest, obj: Destination | None = None) -> list[Any]:
        """What the kind needs, and nothing else; the rare things are folded away."""
        form = FORMS[self._kind(request, obj)]
        names = [*form.shown] if obj else ["organization", *form.shown, "start"]
        folded = {"fields": form.folded, "classes": ["collapse"]}
        return [
            (None, {"fields": names}),
            *([(_("Certificate"), folded)] if form.folded else []),
        ]

    def get_form(
        self, request: HttpRequest, obj: Destination | None = None, *args: Any, **kwargs: Any
    ) -> type[forms.ModelForm]:
        kwargs["form"] = FORMS[self._kind(request, obj)]
        return super().get_form(request, obj, *args, **kwargs)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """First the kind, then its form."""
        kinds = available_kinds()
        if not self.has_add_permission(request) or request.GET.get("kind") in kinds:
            return super().add_view(request, form_url, extra_context)
        context = {"title": _("Where shall events go?"), "kinds": kinds}
        return self.page(request, "kinds", context)

    @method_decorator(never_cache)
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**ONE_SAVE_BUTTON, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        destination = kwargs.get("obj")
        if destination:
            context["title"] = destination.name
            context["subtitle"] = None
            context["state"] = State.of(destination, cast("User", request.user))
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Destination, form: forms.ModelForm, change: Any
    ) -> None:
        """Deviates from `ModelAdmin.save_model`: a worker may write to the same row meanwhile."""
        if not change:
            obj.created_by = cast("User", request.user)
            obj.save(force_insert=True)
            return
        obj.save(update_fields=[*DestinationForm.Meta.fields, "sealed_secret"])
        try_now(obj)

    def response_add(
        self, request: HttpRequest, obj: Destination, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Deviates from `ModelAdmin.response_add`: the secret is shown here, for the only time."""
        if obj.kind == Kind.WEBHOOK:
            return self.show_secret(request, obj)
        return self.back(obj)

    def response_change(self, request: HttpRequest, obj: Destination) -> HttpResponse:
        messages.success(request, _("“%(name)s” is changed.") % {"name": obj})
        return self.back(obj)

    def _kind(self, request: HttpRequest, destination: Destination | None) -> Kind:
        return Kind(destination.kind if destination else request.GET["kind"])
