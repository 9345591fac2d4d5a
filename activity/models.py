"""What the log stores. Rows are written by `activity.recording` and never changed.

Every table carries `organization`, every index begins with it, and every query fixes it, so that
the tables can be distributed by organization.
"""

import unicodedata
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from organizations.models import Organization


class AppendOnlyError(Exception):
    """Somebody tried to change or delete what the log keeps for good."""

    def __init__(self) -> None:
        super().__init__("The activity log is append-only. Use activity.recording.record().")


class AppendOnlyQuerySet(models.QuerySet):
    """A query set that reads. `activity.recording` alone calls `bulk_create`."""

    def update(self, **fields: Any) -> NoReturn:
        raise AppendOnlyError

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class AppendOnlyModel(models.Model):
    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        raise AppendOnlyError


class Actor(AppendOnlyModel):
    """A person as the log knew them: one row for each e-mail address and name.

    The address is empty for the system itself. Some sources know no address: then it holds the
    source's own id of the person.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    email = models.CharField(_("email address"), max_length=254, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    email_key = models.TextField(editable=False, help_text=_("The address, folded."))
    search_key = models.TextField(editable=False, help_text=_("Address and name, folded."))

    class Meta:
        verbose_name = _("actor")
        verbose_name_plural = _("actors")
        constraints = [
            models.UniqueConstraint(fields=["organization", "email", "name"], name="actor_once")
        ]
        indexes = [models.Index(fields=["organization", "email_key"], name="actor_email_key")]

    def __str__(self) -> str:
        return self.email or str(_("System"))

    @staticmethod
    def fold(text: str) -> str:
        """`text` without differences of case or of composition, in any script.

        Turkish has four letters i, and which is whose capital depends on the language of the
        text, which nobody knows: they are one here.
        """
        folded = unicodedata.normalize("NFC", text).casefold()
        one_i = folded.replace("i\N{COMBINING DOT ABOVE}", "i").replace("ı", "i")
        return unicodedata.normalize("NFC", one_i).strip()


class Event(AppendOnlyModel):
    """One thing that one actor did, once."""

    id = models.UUIDField(
        primary_key=True,
        editable=False,
        help_text=_("UUIDv8 of the time and of what makes the event unique at its source."),
    )
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField(
        _("sequence"), help_text=_("Order of recording, without a gap, in the organization.")
    )
    occurred_at = models.DateTimeField(_("time"), help_text=_("By the source's clock."))
    received_at = models.DateTimeField(_("received"), help_text=_("By our clock."))
    actor = models.ForeignKey(
        Actor, models.PROTECT, related_name="+", db_index=False, verbose_name=_("user")
    )
    event_type = models.CharField(_("event"), max_length=100)
    ip = models.GenericIPAddressField(_("IP address"), null=True, unpack_ipv4=True)
    vault_id = models.CharField(_("vault ID"), max_length=255, blank=True)
    item_id = models.CharField(_("item ID"), max_length=255, blank=True)
    client = models.CharField(_("app"), max_length=255, blank=True)
    source = models.CharField(_("source"), max_length=32)
    source_id = models.CharField(_("ID at the source"), max_length=255, blank=True)
    data = models.JSONField(_("more"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("activity log")
        default_permissions = ("view", "export")
        constraints = [
            models.UniqueConstraint(fields=["organization", "seq"], name="event_seq_once")
        ]
        indexes = [
            models.Index(fields=["organization", "occurred_at", "seq"], name="event_time"),
            models.Index(
                fields=["organization", "actor", "occurred_at", "seq"], name="event_actor"
            ),
            models.Index(
                fields=["organization", "event_type", "occurred_at", "seq"], name="event_type"
            ),
            models.Index(fields=["organization", "ip", "occurred_at", "seq"], name="event_ip"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.occurred_at.isoformat()}"


class LogHead(models.Model):
    """The end of an organization's log, locked by whoever writes.

    `size` is the number of events and the last `seq`. The rest answers without counting what
    most pages ask: how many of which type, and from when to when. `time_zone` is the one whose
    days `LogDay` counts.
    """

    organization = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="log_head"
    )
    size = models.BigIntegerField(default=0)
    type_counts = models.JSONField(default=dict)
    earliest = models.DateTimeField(null=True)
    latest = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("log head")
        verbose_name_plural = _("log heads")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.organization}: {self.size}"


class LogDay(models.Model):
    """How many events of which type occurred on one day of the organization's own calendar.

    `type_counts` is `{code: number}`; `hours` splits it by the hours that had passed since the
    day began: `{"0": {code: number}, ...}`, up to "24" on the day that the clocks go back.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    type_counts = models.JSONField(default=dict)
    hours = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("day of a log")
        verbose_name_plural = _("days of logs")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["organization", "day"], name="log_day_once")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.day}"
