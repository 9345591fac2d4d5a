"""The list of destinations, and the page of one: its state, actions and settings."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
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
from activity.delivery.forms import DestinationForm
from activity.delivery.health import healths_of
from activity.delivery.kinds import KINDS
from activity.delivery.kinds.base import DestinationKind
from activity.delivery.models import Destination
from activity.delivery.operations import try_now
from activity.delivery.status import State, waiting
from organizations.admin.badges import badge
from organizations.models import User

MAX_ERROR_LENGTH = 80


class DestinationList(ChangeList):
    """Adds the health of all rows, with a constant number of queries."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        for destination, health in zip(rows, healths_of(rows), strict=True):
            destination.health = health
        self.result_list = cast("Any", rows)


@admin.register(Destination)
class DestinationAdmin(DestinationActions):
    list_display = [
        "name", "status_column", "success_column", "error_column", "kind", "organization",
    ]  # fmt: skip
    sortable_by = ()
    change_form_template = f"{TEMPLATES}/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Destination]:
        return super().get_queryset(request).select_related("organization")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DestinationList

    def has_change_permission(self, request: HttpRequest, obj: Destination | None = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Destination | None = None) -> bool:
        return self.has_view_permission(request)

    @admin.display(description=gettext_lazy("Status"))
    def status_column(self, destination: Destination) -> SafeString:
        health = destination.health
        shown = badge("health", health.status, str(health.status.label))
        return format_html('{} <span class="quiet">{}</span>', shown, waiting(health))

    @admin.display(description=gettext_lazy("Last success"))
    def success_column(self, destination: Destination) -> str:
        instant = destination.last_success_at
        return Clock(destination.organization.zone).moment(instant) if instant else _("never")

    @admin.display(description=gettext_lazy("Last error"))
    def error_column(self, destination: Destination) -> str:
        return Truncator(destination.last_error).chars(MAX_ERROR_LENGTH) or _("none")

    def get_fieldsets(self, request: HttpRequest, obj: Destination | None = None) -> list[Any]:
        """The fields of the kind; rarely used ones are collapsed."""
        form = self._form(request, obj)
        names = [*form.shown] if obj else ["organization", *form.shown, "start"]
        folded = {"fields": form.folded, "classes": ["collapse"]}
        return [
            (None, {"fields": names}),
            *([(_("Certificate"), folded)] if form.folded else []),
        ]

    def get_form(
        self, request: HttpRequest, obj: Destination | None = None, *args: Any, **kwargs: Any
    ) -> "type[forms.ModelForm[Destination]]":
        kwargs["form"] = self._form(request, obj)
        form = super().get_form(request, obj, *args, **kwargs)
        cast("type[DestinationForm]", form).kind = self._kind(request, obj)
        return form

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """First the choice of the kind, then its form."""
        kinds = [kind for kind in KINDS if kind.is_available()]
        codes = {kind.code for kind in kinds}
        if not self.has_add_permission(request) or request.GET.get("kind") in codes:
            return super().add_view(request, form_url, extra_context)
        context = {"title": _("Choose a destination type"), "kinds": kinds}
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
        self,
        request: HttpRequest,
        obj: Destination,
        form: "forms.ModelForm[Destination]",
        change: Any,
    ) -> None:
        """Deviates from `ModelAdmin.save_model`: a worker may update the row at the same time."""
        if not change:
            obj.created_by = cast("User", request.user)
            obj.save(force_insert=True)
            return
        obj.save(update_fields=[*DestinationForm.Meta.fields, "sealed_secret"])
        try_now(obj)

    def response_add(
        self, request: HttpRequest, obj: Destination, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Deviates from `ModelAdmin.response_add`: shows a generated secret, once."""
        kind = KINDS.get(obj.kind)
        if kind and kind.new_secret:
            return self.show_secret(request, obj)
        return self.back(obj)

    def response_change(self, request: HttpRequest, obj: Destination) -> HttpResponse:
        messages.success(request, _("“%(name)s” was changed.") % {"name": obj})
        return self.back(obj)

    def _kind(
        self, request: HttpRequest, destination: Destination | None
    ) -> DestinationKind | None:
        """None for a destination whose kind is no longer registered."""
        return KINDS.get(destination.kind if destination else request.GET["kind"])

    def _form(self, request: HttpRequest, destination: Destination | None) -> type[DestinationForm]:
        kind = self._kind(request, destination)
        return kind.form if kind else DestinationForm
