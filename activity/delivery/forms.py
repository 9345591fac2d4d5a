"""What administrators enter about a destination: one form a kind, with what that kind needs."""

import ssl
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activity import access
from activity.delivery.kinds.webhook import new_secret
from activity.delivery.models import Destination, Kind
from activity.delivery.network.endpoints import (
    Endpoint,
    parse_host_and_port,
    parse_url,
    require_public,
)
from activity.delivery.replay import end_of_log
from organizations.models import Organization
from organizations.plans import Feature

WIDE = {"class": "vLargeTextField", "spellcheck": "false"}
NOW, BEGINNING = "now", "beginning"
STARTS = [
    (NOW, _("with what happens from now on")),
    (BEGINNING, _("with the first event of the log")),
]
MOST_DESTINATIONS = 20  # of one organization, since each takes the time of the workers


class DestinationForm(forms.ModelForm):
    """What all kinds have. The fields that are for adding alone go when there is an instance."""

    kind: ClassVar[Kind]
    address_label: ClassVar[Any] = _("Address")
    address_help: ClassVar[Any]
    shown: ClassVar[list[str]] = ["name", "address", "format", "filter"]
    folded: ClassVar[list[str]] = ["ca_certificate"]

    start = forms.ChoiceField(
        label=_("Begin"), choices=STARTS, initial=NOW, widget=forms.RadioSelect
    )

    class Meta:
        model = Destination
        fields = ["organization", "name", "address", "format", "filter", "ca_certificate"]
        widgets = {
            "address": forms.TextInput(attrs=WIDE),
            "filter": forms.TextInput(attrs=WIDE),
            "ca_certificate": forms.Textarea(attrs=WIDE | {"rows": 4}),
        }
        help_texts = {
            "filter": _(
                "What follows “?” in the address of the log when it shows what you want, such as "
                "event=-item.read. Empty: everything."
            ),
            "ca_certificate": _(
                "The certificate of your own authority, in PEM. Empty: the authorities that "
                "everybody trusts."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.kind = self.kind
        self.fields["address"].label = self.address_label
        self.fields["address"].help_text = self.address_help
        if self.instance.pk:
            del self.fields["start"]

    def clean_address(self) -> str:
        """Looked up only when it is new: names that cannot be found now may have been found."""
        address = self.cleaned_data["address"].strip()
        if self.instance.pk and "address" not in self.changed_data:
            return address
        self.check_address(address)
        return address

    def check_address(self, address: str) -> None:
        require_public(self.endpoint(address))

    def endpoint(self, address: str) -> Endpoint:
        return parse_url(address)

    def clean_filter(self) -> str:
        return self.cleaned_data["filter"].strip().removeprefix("?")

    def clean_ca_certificate(self) -> str:
        text = self.cleaned_data["ca_certificate"].strip()
        if text:
            try:
                ssl.create_default_context(cadata=text)
            except (ssl.SSLError, TypeError):
                message = _("Enter certificates in PEM, with their BEGIN and END lines.")
                raise ValidationError(message) from None
        return text

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        organization = self.owner(cleaned_data)
        if organization is None:
            return cleaned_data
        try:
            access.require_feature(organization, Feature.EXPORT_LOG)
        except access.PlanRequired as error:
            self.add_error(None, str(error))
        if self.others(organization).filter(name=cleaned_data.get("name")).exists():
            self.add_error("name", _("There is a destination of this name already."))
        if not self.instance.pk and self.others(organization).count() >= MOST_DESTINATIONS:
            message = _("There are %(count)d destinations already. Delete one of them first.")
            self.add_error(None, ValidationError(message, params={"count": MOST_DESTINATIONS}))
        return cleaned_data

    def owner(self, cleaned_data: dict[str, Any]) -> Organization | None:
        """Whose it is; None while that is not known."""
        return self.instance.organization if self.instance.pk else cleaned_data.get("organization")

    def others(self, organization: Organization) -> QuerySet[Destination]:
        destinations = Destination.objects.filter(organization=organization)
        return destinations.exclude(pk=self.instance.pk)

    def save(self, commit: bool = True) -> Destination:  # noqa: FBT001, FBT002 - as in ModelForm
        if self.cleaned_data.get("start") == NOW:
            self.instance.position = end_of_log(self.instance.organization)
        return super().save(commit)


class WebhookForm(DestinationForm):
    kind = Kind.WEBHOOK
    address_help = _("Where events are posted to, such as https://siem.example.com/passaudit.")

    def save(self, commit: bool = True) -> Destination:  # noqa: FBT001, FBT002 - as in ModelForm
        if not self.instance.sealed_secret:
            self.instance.secret = new_secret()
        return super().save(commit)


class SplunkForm(DestinationForm):
    kind = Kind.SPLUNK
    address_help = _("The server of the HTTP Event Collector: https://splunk.example.com:8088.")
    shown: ClassVar[list[str]] = ["name", "address", "token", "format", "filter"]

    token = forms.CharField(
        label=_("Token"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["token"].required = False
            self.fields["token"].help_text = _("Empty: it stays, as long as the address does.")

    def clean_token(self) -> str:
        token = self.cleaned_data["token"].strip()
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise ValidationError(_("Enter the token alone, such as 1a2b3c4d-0000-…"))
        if not token and "address" in self.changed_data:
            raise ValidationError(_("The address is another one: enter the token for it, too."))
        return token

    def save(self, commit: bool = True) -> Destination:  # noqa: FBT001, FBT002 - as in ModelForm
        if self.cleaned_data["token"]:
            self.instance.secret = self.cleaned_data["token"]
        return super().save(commit)


class SyslogForm(DestinationForm):
    kind = Kind.SYSLOG
    address_help = _("Name and port, such as logs.example.com:6514.")

    def endpoint(self, address: str) -> Endpoint:
        return parse_host_and_port(address)


class FileForm(DestinationForm):
    kind = Kind.FILE
    address_label = _("File name")
    address_help = _("With “activity”, files are called activity-2026-11-22.ndjson, one a day.")
    folded: ClassVar[list[str]] = []

    def check_address(self, address: str) -> None:
        validate_slug(address)

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean()
        organization, address = self.owner(cleaned_data), cleaned_data.get("address")
        if organization and self.others(organization).filter(kind=self.kind, address=address):
            self.add_error("address", _("Another destination writes to the files of this name."))
        return cleaned_data


FORMS: dict[Kind, type[DestinationForm]] = {
    form.kind: form for form in (WebhookForm, SplunkForm, SyslogForm, FileForm)
}


def available_kinds() -> list[Kind]:
    """Files are for sites that have a folder for them."""
    return [kind for kind in Kind if kind is not Kind.FILE or settings.DELIVERY_FILES_DIR]
