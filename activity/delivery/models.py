"""Destinations, how far each has received the log, and the events that it refused."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from activity.delivery import secrets
from activity.formats import FORMATS
from activity.models import Event, LogHead
from activity.reading.filters import EventFilter
from activity.registry import MAX_CODE_LENGTH
from activity.worker.models import WorkerBeat
from organizations.models import Organization

if TYPE_CHECKING:
    from activity.delivery.health import Health

__all__ = ["Destination", "ParkedEvent", "WorkerBeat", "format_choices", "kind_choices"]

Choices = list[tuple[str, str | Promise]]

PARAMETERS_WITHOUT_EFFECT = frozenset({"organization", "order", "p"})


def kind_choices() -> Choices:
    """A function, so that migrations refer to it by name and do not list the kinds."""
    from activity.delivery.kinds import KINDS  # noqa: PLC0415 - kinds need this model

    return KINDS.choices()


def format_choices() -> Choices:
    """A function, so that migrations refer to it by name and do not list the formats."""
    return FORMATS.choices()


class Destination(models.Model):
    """One receiver of an organization's events.

    Administrators edit the first group of fields; the worker writes the second. `position` is the
    `seq` of the last event that was delivered, parked or left out by the filter. `lease_token` and
    `leased_until` hold the lease of the worker that delivers.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="destinations", db_index=False
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=MAX_CODE_LENGTH, choices=kind_choices)
    address = models.CharField(_("address"), max_length=500)
    sealed_secret = models.TextField(blank=True, editable=False)
    ca_certificate = models.TextField(_("CA certificate"), blank=True)
    format = models.CharField(
        _("format"), max_length=MAX_CODE_LENGTH, choices=format_choices, default="native"
    )
    filter = models.CharField(_("filter"), max_length=4000, blank=True)
    is_paused = models.BooleanField(_("paused"), default=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    position = models.BigIntegerField(default=0, editable=False)
    delivered = models.BigIntegerField(_("delivered"), default=0, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    failures = models.PositiveIntegerField(
        _("failures"), default=0, editable=False, help_text=_("One after the other.")
    )
    retry_at = models.DateTimeField(_("next attempt"), null=True, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, editable=False)
    announced_at = models.DateTimeField(null=True, editable=False)
    lease_token = models.UUIDField(null=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    health: "Health"  # set by the list page for its rows

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        default_permissions = ()
        ordering = ["organization", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="destination_name_once",
                violation_error_message=_("There is a destination of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> str:
        """The signing secret or token. Raises `secrets.SecretLost`."""
        return secrets.decrypt(self.sealed_secret)

    @secret.setter
    def secret(self, text: str) -> None:
        self.sealed_secret = secrets.encrypt(text)

    def clean(self) -> None:
        super().clean()
        if self.filter and self.organization_id is not None:
            self._check_filter()

    def _check_filter(self) -> None:
        parameters = QueryDict(self.filter)
        unwanted = sorted(PARAMETERS_WITHOUT_EFFECT & parameters.keys())
        if unwanted:
            message = _("“%(parameter)s” has no effect here. Leave it out.")
            raise ValidationError({"filter": message % {"parameter": unwanted[0]}})
        head = LogHead.objects.filter(pk=self.organization_id).first() or LogHead()
        head.organization = self.organization
        filterset = EventFilter(parameters, Event.objects.none(), head=head)
        if not filterset.is_valid():
            texts = [text for errors in filterset.form.errors.values() for text in errors]
            raise ValidationError({"filter": texts})


class ParkedEvent(models.Model):
    """An event that the receiver refused (a dead letter). Delivery continues after it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    destination = models.ForeignKey(Destination, models.CASCADE, related_name="parked_events")
    seq = models.BigIntegerField(_("sequence"))
    reason = models.TextField(_("reason"))
    parked_at = models.DateTimeField(_("parked"), default=timezone.now)

    class Meta:
        verbose_name = _("parked event")
        verbose_name_plural = _("parked events")
        default_permissions = ()
        ordering = ["organization", "destination", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "destination", "seq"], name="parked_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.destination}: {self.seq}"
