"""The log in the admin: the list, one event, the export, and the upgrade page.

`EventAdmin` stores nothing about a request, because threads share it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from activity import access, exports
from activity.admin.changelist import EventChangeList
from activity.admin.detail import EventDetail
from activity.admin.pages import PAGES
from activity.admin.types import MAX_LENGTH, TypeSearch
from activity.exports import Format
from activity.log_urls import LogUrl, from_form
from activity.models import Event
from activity.reading.filters import declared_filters
from activity.reading.query import LogQuery, OrganizationRequired, select_organization
from activity.reading.timeouts import QueryTimeout, statement_timeout
from organizations.models import Organization, UpgradeRequest, User
from organizations.plans import Feature, plans_with

View = Callable[..., HttpResponseBase]

TEMPLATES = "admin/activity/event"
MAX_SWITCHER_CHOICES = 100


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """Read-only pages. `activity.access` decides what a user may read."""

    def get_urls(self) -> list[URLPattern]:
        """Deviates from `ModelAdmin.get_urls`: only these URLs exist."""
        views: dict[str, tuple[str, View]] = {
            "changelist": ("", self.changelist_view),
            "apply": ("apply/", self.apply_view),
            "types": ("types/", self.types_view),
            "export": ("export/", self.export_view),
            "upgrade": ("upgrade/", self.upgrade_view),
            "page": ("page/<str:code>/", self.page_view),
            "change": ("<uuid:event_id>/change/", self.event_view),
        }
        return [
            path(
                route,
                self.admin_site.admin_view(_requiring_organization(view)),
                name=f"activity_event_{name}",
            )
            for name, (route, view) in views.items()
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return access.reads_some_log(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        return False

    @method_decorator(require_safe)
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list of events, or the upgrade page with status 403."""
        address = LogUrl.of(request.path, request.GET)
        try:
            query = LogQuery.for_user(request.user, request.GET)
        except OrganizationRequired as error:
            return redirect(str(address.with_params(organization=error.first.slug)))
        except access.PlanRequired as error:
            return self._upgrade_page(request, error.organization)
        context = {
            "title": _("Activity log"),
            "cl": EventChangeList(query, address, timezone.now()),
            "may_export": access.may(request.user, query.organization, Feature.EXPORT_LOG),
            "may_import": access.administers(request.user, query.organization),
            "page_links": [
                (page.label, str(address.at(_page_url(page.code))))
                for page in PAGES
                if access.may(request.user, query.organization, page.feature)
            ],
        }
        return self._page(request, f"{TEMPLATES}/change_list.html", query.organization, context)

    @method_decorator(require_safe)
    def apply_view(self, request: HttpRequest) -> HttpResponse:
        """Redirect a submitted filter form to the canonical URL of the same filters."""
        url = reverse("admin:activity_event_changelist")
        return redirect(str(from_form(url, request.GET, declared_filters())))

    @method_decorator(require_safe)
    def types_view(self, request: HttpRequest) -> HttpResponse:
        """Search among the event types of the log. Each one found leads to its events."""
        try:
            query = LogQuery.for_user(
                request.user, request.GET, extra_parameters=frozenset({"find"})
            )
        except access.PlanRequired as error:
            return self._upgrade_page(request, error.organization)
        address = LogUrl.of(reverse("admin:activity_event_changelist"), request.GET)
        text = request.GET.get("find", "").strip()[:MAX_LENGTH]
        search = TypeSearch(query.head, text, address.without("find"))
        context = {"title": _("Event types"), "search": search}
        return self._page(request, f"{TEMPLATES}/types.html", query.organization, context)

    @method_decorator(require_safe)
    def event_view(self, request: HttpRequest, event_id: UUID) -> HttpResponse:
        """The page of one event. The URL keeps the list's filters for the link back."""
        try:
            organization = select_organization(request.user, request.GET.get("organization"))
            events = access.log_for_user(request.user, organization)
        except OrganizationRequired:
            raise Http404 from None
        except access.PlanRequired as error:
            return self._upgrade_page(request, error.organization)
        event = (
            events.filter(pk=event_id, actor__organization=organization)
            .select_related("actor")
            .first()
        )
        if event is None:
            raise Http404(_("There is no such event in this log."))
        address = LogUrl.of(reverse("admin:activity_event_changelist"), request.GET)
        detail = EventDetail(event, address, organization)
        context = {"title": detail.row.label, "detail": detail}
        return self._page(request, f"{TEMPLATES}/detail.html", organization, context)

    @method_decorator(require_safe)
    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Export what the page lists. All checks come before the first byte."""
        try:
            export_format = Format(request.GET.get("format", Format.CSV))
        except ValueError:
            return _bad_request([_("The format is “csv” or “jsonl”.")])
        query = LogQuery.for_user(
            request.user,
            request.GET,
            feature=Feature.EXPORT_LOG,
            extra_parameters=frozenset({"format"}),
        )
        if not query.is_valid:
            return _invalid_filter(query)
        return exports.response(query, export_format)

    @method_decorator(require_safe)
    def page_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """A page of `PAGES`, after the same checks as for the list, and with its time limit."""
        page = PAGES.get(code)
        if page is None:
            raise Http404(_("There is no such page."))
        address = LogUrl.of(reverse("admin:activity_event_changelist"), request.GET)
        try:
            query = LogQuery.for_user(request.user, request.GET, feature=page.feature)
        except OrganizationRequired as error:
            return redirect(
                str(address.at(request.path).with_params(organization=error.first.slug))
            )
        except access.PlanRequired as error:
            return self._upgrade_page(request, error.organization)
        if not query.is_valid:
            return _invalid_filter(query)
        frame = {"title": page.label, "query": query, "log_url": str(address)}
        try:
            with statement_timeout(settings.PAGE_SECONDS):
                context = {**frame, **page.context(query)}
                response = self._page(request, page.template, query.organization, context)
                return cast("HttpResponse", response.render())
        except QueryTimeout:
            return HttpResponse(_("The database took too long. Narrow the filters."), status=503)

    @method_decorator(require_POST)
    def upgrade_view(self, request: HttpRequest) -> HttpResponse:
        """Submit an upgrade request, unless one is pending already."""
        log = LogUrl(reverse("admin:activity_event_changelist"))
        organization = select_organization(request.user, request.POST.get("organization"))
        try:
            access.require_feature(organization, Feature.READ_LOG)
        except access.PlanRequired:
            _request, is_new = UpgradeRequest.submit(organization, cast("User", request.user))
            if is_new:
                messages.success(request, _("Your request was sent to support."))
            else:
                messages.info(request, _("Your request is already pending."))
        return redirect(str(log.with_params(organization=organization.slug)))

    def _upgrade_page(self, request: HttpRequest, organization: Organization) -> HttpResponse:
        """What the log offers and how to get it. Queries no events."""
        context = {
            "title": _("Activity log"),
            "plans": [plan.label for plan in plans_with(Feature.READ_LOG)],
            "latest_request": UpgradeRequest.objects.filter(organization=organization).first(),
        }
        return self._page(request, f"{TEMPLATES}/upgrade.html", organization, context, status=403)

    def _page(
        self,
        request: HttpRequest,
        template: str,
        organization: Organization,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> TemplateResponse:
        organizations = access.readable_organizations(request.user)[: MAX_SWITCHER_CHOICES + 1]
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "organization": organization,
            "organizations": organizations,
        }
        return TemplateResponse(request, template, {**frame, **context}, status=status)


def _requiring_organization(view: View) -> View:
    """Answer 400 when the visitor may read several logs and the request names none.

    Wraps every view, so that a new one cannot forget it. A view that knows a better answer
    catches `OrganizationRequired` itself.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except OrganizationRequired as error:
            return _bad_request([str(error)])

    return wrapped


def _page_url(code: str) -> str:
    return reverse("admin:activity_event_page", args=[code])


def _invalid_filter(query: LogQuery) -> HttpResponse:
    return _bad_request([f"{name}: {text}" if name else text for name, text in query.errors])


def _bad_request(reasons: list[str]) -> HttpResponse:
    text = "".join(f"{reason}\n" for reason in reasons)
    return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
