"""Forms for administrators: a destination's settings, and where a replay starts.

Each destination kind extends `DestinationForm` in its own module (`activity.delivery.kinds`).
"""

import ssl
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activity import access
from activity.delivery.models import Destination
from activity.delivery.network.endpoints import Endpoint, parse_url, require_public
from activity.delivery.operations import end_of_log, replay_from_seq, replay_from_time
from activity.reading import filter_values
from activity.reading.filter_fields import LogFilterField
from activity.reading.timeouts import QueryTimeout
from organizations.models import Organization
from organizations.plans import Feature

if TYPE_CHECKING:
    from activity.delivery.kinds.base import DestinationKind

    DestinationModelForm = forms.ModelForm[Destination]
else:
    DestinationModelForm = forms.ModelForm

WIDE = {"class": "vLargeTextField", "spellcheck": "false"}
NOW, BEGINNING = "now", "beginning"
STARTS = [
    (NOW, _("with events recorded from now on")),
    (BEGINNING, _("with the first event of the log")),
]
MAX_DESTINATIONS = 20  # per organization, since each takes time of the workers


class DestinationForm(DestinationModelForm):
    """The fields that all kinds have. `start` is for adding only.

    Kinds set `address_help` and may set `shown` and `folded`, the fields of the page in order.
    The admin sets `kind`.
    """

    kind: "ClassVar[DestinationKind | None]" = None
    address_label: ClassVar[Any] = _("Address")
    address_help: ClassVar[Any] = ""
    shown: ClassVar[list[str]] = ["name", "address", "format", "filter"]
    folded: ClassVar[list[str]] = ["ca_certificate"]

    start = forms.ChoiceField(
        label=_("Start"), choices=STARTS, initial=NOW, widget=forms.RadioSelect
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
                "Filter the log, then copy the part of its URL after “?”, such as "
                "event=-item.read. Empty: all events."
            ),
            "ca_certificate": _(
                "The certificate of your own certificate authority, in PEM. Empty: the public "
                "authorities."
            ),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.kind:
            self.instance.kind = self.kind.code
        self.fields["address"].label = self.address_label
        self.fields["address"].help_text = self.address_help
        if self.instance.pk:
            del self.fields["start"]

    def clean_address(self) -> str:
        """Check a new address only: the name of an old one may fail to resolve at the moment."""
        address: str = self.cleaned_data["address"].strip()
        if self.instance.pk and "address" not in self.changed_data:
            return address
        self.check_address(address)
        return address

    def check_address(self, address: str) -> None:
        """Raises `ValidationError`. Looks the host up."""
        require_public(self.parse(address))

    def parse(self, address: str) -> Endpoint:
        """Raises `ValidationError`."""
        return parse_url(address)

    def clean_filter(self) -> str:
        text: str = self.cleaned_data["filter"]
        return text.strip().removeprefix("?")

    def clean_ca_certificate(self) -> str:
        text: str = self.cleaned_data["ca_certificate"].strip()
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
        if not self.instance.pk and self.others(organization).count() >= MAX_DESTINATIONS:
            message = _("There are %(count)d destinations already. Delete one of them first.")
            self.add_error(None, ValidationError(message, params={"count": MAX_DESTINATIONS}))
        return cleaned_data

    def owner(self, cleaned_data: dict[str, Any]) -> Organization | None:
        """The organization; None if none was chosen yet."""
        return self.instance.organization if self.instance.pk else cleaned_data.get("organization")

    def others(self, organization: Organization) -> QuerySet[Destination]:
        """The other destinations of `organization`."""
        destinations = Destination.objects.filter(organization=organization)
        return destinations.exclude(pk=self.instance.pk)

    def save(self, commit: bool = True) -> Destination:  # noqa: FBT001, FBT002 - as in ModelForm
        if self.cleaned_data.get("start") == NOW:
            self.instance.position = end_of_log(self.instance.organization)
        if self.kind and self.kind.new_secret and not self.instance.sealed_secret:
            self.instance.secret = self.kind.new_secret()
        return super().save(commit)


class ReplayForm(forms.Form):
    """Where a replay starts: a time in the filter grammar, or a sequence number."""

    def __init__(self, destination: Destination, *args: Any) -> None:
        super().__init__(*args)
        self.destination = destination
        zone = destination.organization.zone
        self.fields["since"] = LogFilterField(
            parse=lambda text: filter_values.parse_since(text, zone),
            label=_("Since"),
            required=False,
            help_text=_("A day or a time in %(zone)s, such as 2026-11-22 or 2026-11-22T10:23.")
            % {"zone": zone.key},
        )
        self.fields["seq"] = forms.IntegerField(
            label=_("From number"),
            required=False,
            min_value=1,
            help_text=_("The sequence number of an event. Its page and the download show it."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        given = [name for name in ("since", "seq") if cleaned_data.get(name) is not None]
        if not self.errors and len(given) != 1:
            raise ValidationError(_("Enter either a time or a number."))
        return cleaned_data

    def replay(self) -> int | None:
        """Start the replay and return its first `seq`; None if it failed, with `errors` set."""
        since, seq = self.cleaned_data["since"], self.cleaned_data["seq"]
        try:
            if since is not None:
                return replay_from_time(self.destination, since)
            replay_from_seq(self.destination, seq)
        except ValidationError as error:
            self.add_error("since" if since else "seq", error)
            return None
        except access.PlanRequired as error:
            self.add_error(None, str(error))
            return None
        except QueryTimeout:
            self.add_error("since", _("The database took too long. Enter a number instead."))
            return None
        return int(seq)
