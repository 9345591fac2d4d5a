"""Where events go, how far each destination has got, and what could not be delivered."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.delivery import secrets
from activity.formats import EventFormat
from activity.models import Event, LogHead
from activity.reading.filters import EventFilter
from organizations.models import Organization

NOT_FOR_FILTERS = frozenset({"organization", "order", "p"})


class Kind(models.TextChoices):
    WEBHOOK = "webhook", _("HTTPS webhook")
    SPLUNK = "splunk", _("Splunk HTTP Event Collector")
    SYSLOG = "syslog", _("Syslog over TLS")
    FILE = "file", _("File of JSON lines")


class Format(models.TextChoices):
    NATIVE = EventFormat.NATIVE.value, _("passaudit's own")
    OCSF = EventFormat.OCSF.value, _("OCSF")
    ECS = EventFormat.ECS.value, _("Elastic Common Schema")


class Destination(models.Model):
    """One receiver of an organization's events.

    Administrators write the first part. The rest belongs to the worker: `position` is the last
    `seq` that was dealt with, `lease_token` and `leased_until` say which worker is at it. A new
    one is given the end of the log, or 0, as its position.
    """

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="destinations", db_index=False
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.CharField(_("address"), max_length=500)
    sealed_secret = models.TextField(blank=True, editable=False)
    ca_certificate = models.TextField(_("CA certificate"), blank=True)
    format = models.CharField(_("format"), max_length=10, choices=Format, default=Format.NATIVE)
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
        return secrets.unseal(self.sealed_secret)

    @secret.setter
    def secret(self, text: str) -> None:
        self.sealed_secret = secrets.seal(text)

    def clean(self) -> None:
        super().clean()
        if self.filter and self.organization_id is not None:
            self._check_filter()

    def _check_filter(self) -> None:
        parameters = QueryDict(self.filter)
        unwanted = sorted(NOT_FOR_FILTERS & parameters.keys())
        if unwanted:
            message = _("“%(parameter)s” means nothing here. Leave it out.")
            raise ValidationError({"filter": message % {"parameter": unwanted[0]}})
        head = LogHead.objects.filter(pk=self.organization_id).first() or LogHead()
        head.organization = self.organization
        filterset = EventFilter(parameters, Event.objects.none(), head=head)
        if not filterset.is_valid():
            texts = [text for errors in filterset.form.errors.values() for text in errors]
            raise ValidationError({"filter": texts})


class ParkedEvent(models.Model):
    """An event that a destination refuses to take: set aside, so that the others go on."""

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


class WorkerBeat(models.Model):
    """A sign of life: each running worker renews its own row."""

    name = models.CharField(max_length=200, unique=True)
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
