"""What can be done with a destination, besides changing it: each is a form that is posted."""

import time
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from activity.access import PlanRequired
from activity.admin.base import AdministratorsAdmin
from activity.delivery.kinds.base import Refused, Unavailable
from activity.delivery.kinds.webhook import new_secret
from activity.delivery.models import Destination, Kind, ParkedEvent
from activity.delivery.parking import try_again
from activity.delivery.replay import try_now
from activity.delivery.replay_form import ReplayForm
from activity.delivery.secrets import SecretLost
from activity.delivery.status import MOST_PARKED
from activity.delivery.trial import send_test_event

TEMPLATES = "admin/delivery/destination"


class DestinationActions(AdministratorsAdmin):
    """The views of the actions. Each is logged in the destination's history."""

    def get_urls(self) -> list[URLPattern]:
        views: dict[str, Callable[..., HttpResponse]] = {
            "test": self.test_view,
            "pause": self.pause_view,
            "resume": self.resume_view,
            "replay": self.replay_view,
            "parked": self.parked_view,
            "secret": self.secret_view,
        }
        own = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(view),
                name=f"delivery_destination_{name}",
            )
            for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_POST)
    def test_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send a test event now, and tell how that went."""
        destination = self._destination(request, pk)
        try:
            send_test_event(destination)
        except (Refused, Unavailable, SecretLost, PlanRequired) as error:
            outcome = _("The test event did not arrive. %(reason)s") % {"reason": reason(error)}
            messages.error(request, outcome)
        else:
            outcome = _("The test event arrived.")
            messages.success(request, outcome)
        self.log_change(request, destination, outcome)
        return self.back(destination)

    @method_decorator(require_POST)
    def pause_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        destination = self._destination(request, pk)
        if Destination.objects.filter(pk=pk, is_paused=False).update(is_paused=True):
            self.log_change(request, destination, _("Paused."))
        messages.success(request, _("“%(name)s” is paused.") % {"name": destination})
        return self.back(destination)

    @method_decorator(require_POST)
    def resume_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        destination = self._destination(request, pk)
        if Destination.objects.filter(pk=pk, is_paused=True).update(is_paused=False):
            try_now(destination)
            self.log_change(request, destination, _("Resumed."))
        message = _("“%(name)s” goes on where it stood.")
        messages.success(request, message % {"name": destination})
        return self.back(destination)

    @method_decorator(never_cache)
    def replay_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask from where, then go back to there."""
        destination = self._destination(request, pk)
        form = ReplayForm(destination, request.POST if request.method == "POST" else None)
        if form.is_valid() and (seq := form.replay()) is not None:
            message = _("Everything from number %(seq)d on is delivered again.") % {"seq": seq}
            self.log_change(request, destination, message)
            messages.success(request, message)
            return self.back(destination)
        context = {"title": _("Deliver again"), "original": destination, "form": form}
        return self.page(request, "replay", context)

    @method_decorator(require_POST)
    def parked_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Discard the chosen parked events, or try them again, one after the other."""
        destination = self._destination(request, pk)
        shown = destination.parked_events.order_by("seq")[:MOST_PARKED]
        chosen = [parked for parked in shown if str(parked.seq) in request.POST.getlist("seq")]
        if not chosen:
            messages.error(request, _("Choose the parked events that you mean."))
        elif "discard" in request.POST:
            self._discard(request, destination, chosen)
        else:
            self._try_again(request, destination, chosen)
        return self.back(destination)

    def _discard(
        self, request: HttpRequest, destination: Destination, chosen: list[ParkedEvent]
    ) -> None:
        numbers = ", ".join(str(parked.seq) for parked in chosen)
        destination.parked_events.filter(pk__in=[parked.pk for parked in chosen]).delete()
        message = _("Discarded here, and still in the log: %(numbers)s.") % {"numbers": numbers}
        self.log_change(request, destination, message)
        messages.success(request, message)

    def _try_again(
        self, request: HttpRequest, destination: Destination, chosen: list[ParkedEvent]
    ) -> None:
        """Until the receiver cannot be reached, or the time of one request is used up."""
        arrived = []
        end = time.monotonic() + settings.DELIVERY_TIMEOUT
        for parked in chosen:
            if time.monotonic() > end:
                messages.warning(request, _("The receiver is slow. Try the others again later."))
                break
            try:
                try_again(parked)
            except Refused as error:
                messages.error(request, f"{parked.seq}: {error}")
            except (Unavailable, SecretLost, PlanRequired) as error:
                messages.error(request, f"{parked.seq}: {reason(error)}")
                break
            else:
                arrived.append(str(parked.seq))
        if arrived:
            message = _("Arrived: %(numbers)s.") % {"numbers": ", ".join(arrived)}
            self.log_change(request, destination, message)
            messages.success(request, message)

    @method_decorator(never_cache)
    def secret_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, then make a new signing secret and show it, for the only time."""
        destination = self._destination(request, pk)
        if destination.kind != Kind.WEBHOOK:
            raise Http404(_("Only webhooks are signed."))
        if request.method != "POST":
            context = {"title": _("Make a new signing secret?"), "original": destination}
            return self.page(request, "new_secret", context)
        destination.secret = new_secret()
        destination.save(update_fields=["sealed_secret"])
        try_now(destination)
        self.log_change(request, destination, _("Made a new signing secret."))
        return self.show_secret(request, destination)

    def show_secret(self, request: HttpRequest, destination: Destination) -> HttpResponse:
        context = {"title": _("The signing secret"), "original": destination}
        response = self.page(request, "secret", context)
        response["Cache-Control"] = "no-store"
        return response

    def _destination(self, request: HttpRequest, pk: int) -> Destination:
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404(_("There is no such destination."))
        return cast("Destination", found)

    def back(self, destination: Destination) -> HttpResponse:
        return redirect("admin:delivery_destination_change", destination.pk)


def reason(error: Exception) -> str:
    if isinstance(error, SecretLost):
        return _("The key that its secret was encrypted with is gone. Enter the secret again.")
    return str(error)
