"""The form for a new API key."""

import ipaddress
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activity import access
from activity.api.models import ApiKey, Scope
from organizations.plans import Feature

LIFETIMES = [
    (30, _("30 days")),
    (90, _("90 days")),
    (365, _("one year")),
    ("", _("never")),
]
MAX_NETWORKS = 50


class NetworksField(forms.CharField):
    """IP addresses and CIDR ranges, one per line; cleaned to a list of canonical ranges."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})

    def to_python(self, value: Any) -> Any:
        parts = (super().to_python(value) or "").replace(",", " ").split()
        if len(parts) > MAX_NETWORKS:
            message = _("Enter at most %(limit)d ranges.")
            raise ValidationError(message, params={"limit": MAX_NETWORKS})
        return list(dict.fromkeys(map(self._network, parts)))

    def validate(self, value: Iterable[str]) -> None:
        """Nothing to check: `to_python` has parsed the text, and an empty list is allowed."""

    def run_validators(self, value: Iterable[str]) -> None:
        """Nothing to run: the validators of `CharField` are for texts."""

    @staticmethod
    def _network(text: str) -> str:
        try:
            return str(ipaddress.ip_network(text, strict=False))
        except ValueError:
            message = _("“%(value)s” is not an IP address or range such as 203.0.113.0/24.")
            raise ValidationError(message, params={"value": text}) from None


class ApiKeyForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"), choices=Scope, widget=forms.CheckboxSelectMultiple
    )
    networks = NetworksField(
        label=_("Allowed networks"),
        required=False,
        help_text=_(
            "IP addresses or ranges that may use the key, one per line. Empty: any address."
        ),
    )
    lifetime = forms.TypedChoiceField(
        label=_("Expires after"),
        choices=LIFETIMES,
        coerce=int,
        empty_value=None,
        required=False,
        initial=365,
    )

    class Meta:
        model = ApiKey
        fields = ["organization", "name", "scopes", "networks"]

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        organization = cleaned_data.get("organization")
        if organization and Scope.READ in cleaned_data.get("scopes", []):
            try:
                access.require_feature(organization, Feature.EXPORT_LOG)
            except access.PlanRequired as error:
                self.add_error("scopes", str(error))
        return cleaned_data

    def save(self, commit: bool = True) -> ApiKey:  # noqa: FBT001, FBT002 - as in ModelForm
        days = self.cleaned_data["lifetime"]
        self.instance.expires_at = timezone.now() + timedelta(days=days) if days else None
        key: ApiKey = super().save(commit)
        return key
