"""API keys: credentials of machines for the log of one organization."""

import ipaddress
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity.api.tokens import ID_LENGTH, Token
from organizations.models import Organization, User

MAX_LIVE_PER_NAME = 2


class Scope(models.TextChoices):
    WRITE = "events:write", _("write events")
    READ = "events:read", _("read events")


class KeyStatus(models.TextChoices):
    LIVE = "live", _("Live")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self) -> "ApiKeyQuerySet":
        """Keys that are neither revoked nor expired."""
        not_expired = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        return self.filter(not_expired, revoked_at=None)


class ApiKey(models.Model):
    """A key of one organization with its scopes, networks and expiry.

    The key's text is not stored: only the instance on which `issue` was called has it, in `token`.
    `bucket_full_at` is used by `activity.api.rate_limit`.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="api_keys")
    name = models.CharField(
        _("name"),
        max_length=80,
        help_text=_(
            "What the key is for. Two keys of one name can be live at a time: "
            "add the new one, change over, revoke the old one."
        ),
    )
    prefix = models.CharField(_("key"), max_length=ID_LENGTH, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    networks = models.JSONField(_("allowed networks"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("revoked by"),
    )
    last_used_at = models.DateTimeField(
        _("last used"), null=True, editable=False, help_text=_("To the minute.")
    )
    bucket_full_at = models.BigIntegerField(default=0, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    token = ""

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        default_permissions = ()
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["organization", "name"], name="api_key_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.display_prefix})"

    @property
    def display_prefix(self) -> str:
        """The public part of the key."""
        return f"pa_{self.prefix}_…"

    @property
    def status(self) -> KeyStatus:
        if self.revoked_at:
            return KeyStatus.REVOKED
        if self.expires_at and self.expires_at <= timezone.now():
            return KeyStatus.EXPIRED
        return KeyStatus.LIVE

    def admits(self, address: str | None) -> bool:
        """Whether the key may be used from `address`; None is an unknown address."""
        if not self.networks:
            return True
        if address is None:
            return False
        host = ipaddress.ip_address(address)
        return any(host in ipaddress.ip_network(network) for network in self.networks)

    def clean(self) -> None:
        """Refuse a third live key of the same name.

        Locks the organization until the transaction ends, so that two concurrent requests cannot
        both add the second key.
        """
        super().clean()
        if self.organization_id is None:
            return
        with transaction.atomic():
            Organization.objects.select_for_update().get(pk=self.organization_id)
            namesakes = ApiKey.objects.live().filter(
                organization=self.organization_id, name=self.name
            )
            if namesakes.exclude(pk=self.pk).count() >= MAX_LIVE_PER_NAME:
                message = _("Two keys of this name are live. Revoke one, or choose another name.")
                raise ValidationError({"name": message})

    @transaction.atomic
    def issue(self, *, created_by: User | None = None) -> None:
        """Create the key's text, store the row and set `token`. Raises `ValidationError`."""
        token = Token.new()
        self.prefix, self.digest, self.created_by = token.id, token.digest, created_by
        self.full_clean()
        self.save(force_insert=True)
        self.token = token.text

    def revoke(self, *, revoked_by: User) -> bool:
        """Revoke the key at once and for good; False if it was revoked before."""
        fields: dict[str, Any] = {"revoked_at": timezone.now(), "revoked_by": revoked_by}
        return bool(ApiKey.objects.filter(pk=self.pk, revoked_at=None).update(**fields))
