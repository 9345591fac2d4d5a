"""The tables of the log. `activity.recording` inserts the rows. Nothing changes them.

Each table has `organization`, each index starts with it and each query fixes it, so that the
tables can be distributed by organization.
"""

import unicodedata
import uuid
from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from activity.nesting import stored_decoder
from organizations.models import Organization


class AppendOnlyError(Exception):
    """Code tried to change or delete a row of the log."""

    def __init__(self) -> None:
        super().__init__("The activity log is append-only. Use activity.recording.record().")


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """A read-only query set. Only `activity.recording` calls `bulk_create`."""

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
    """A user as named in events: one row for each pair of email address and name.

    The address is empty for the system itself. If a source has no email addresses, `email` holds
    the source's id of the user.
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
        """`text` without differences of case and Unicode composition, in any script.

        The dotted and dotless i of Turkish are folded to one letter, because their case mapping
        depends on the language of the text, which is unknown.
        """
        folded = unicodedata.normalize("NFC", text).casefold()
        one_i = folded.replace("i\N{COMBINING DOT ABOVE}", "i").replace("ı", "i")
        return unicodedata.normalize("NFC", one_i).strip()

    @staticmethod
    def lower(text: str) -> str:
        """`text` without differences of case alone: ß is not ss, and ı is not i."""
        composed = unicodedata.normalize("NFC", text).lower().replace("ς", "σ")
        return unicodedata.normalize("NFC", composed).strip()


class Event(AppendOnlyModel):
    """An action of one actor."""

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
    data = models.JSONField(
        _("more"),
        default=dict,
        encoder=DjangoJSONEncoder,
        decoder=stored_decoder,  # type: ignore[arg-type]  # any callable will do
    )

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
    """Totals of an organization's log, and its tree. Writers lock this row.

    `size` is the number of events and the last `seq`. Pages read the other fields instead of
    counting: events by type (see `recording.type_counts`), and the times of the earliest and latest
    event. `time_zone` is that of the days in `LogDay`. If `has_former_ids`, names are a part of the
    ids of its earliest events, see `recording.identity`.

    The first `hashed` events are in the tree, of which `frontier` has the hashes that new leaves
    need. `uuid` names the organization in its leaves. `salt_key` is the key of the block that is
    not full; if it is empty, the block itself has its salts. See `activity.evidence`.
    """

    organization = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="log_head"
    )
    size = models.BigIntegerField(default=0)
    type_counts = models.JSONField(default=dict)
    earliest = models.DateTimeField(null=True)
    latest = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64, blank=True)
    has_former_ids = models.BooleanField(default=False)
    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    hashed = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=b"")
    salt_key = models.BinaryField(default=b"")

    class Meta:
        verbose_name = _("log head")
        verbose_name_plural = _("log heads")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.organization}: {self.size}"


class LogDay(models.Model):
    """Numbers of events by type on one day of the organization's calendar.

    `type_counts` is `{code: number}`. `hours` has the same by hours since the start of the day:
    `{"0": {code: number}, ...}`, up to "24" on the day when the clocks go back.
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
