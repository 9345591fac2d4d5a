"""From where a destination begins again: a time, in the filter grammar, or a number."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from activity.access import PlanRequired
from activity.delivery.models import Destination
from activity.delivery.replay import replay_from_seq, replay_from_time
from activity.reading import filter_values
from activity.reading.filter_fields import LogFilterField
from activity.reading.timeouts import QueryTimeout


class ReplayForm(forms.Form):
    """One of the two fields, and not both."""

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
            help_text=_("The sequence of an event, which its page and the download show."),
        )

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        given = [name for name in ("since", "seq") if cleaned_data.get(name) is not None]
        if not self.errors and len(given) != 1:
            raise ValidationError(_("Enter a time or a number, one of them."))
        return cleaned_data

    def replay(self) -> int | None:
        """The number it begins with; None when that is not possible, which `errors` then tell."""
        since, seq = self.cleaned_data["since"], self.cleaned_data["seq"]
        try:
            if since is not None:
                return replay_from_time(self.destination, since)
            replay_from_seq(self.destination, seq)
        except ValidationError as error:
            self.add_error("since" if since else "seq", error)
            return None
        except PlanRequired as error:
            self.add_error(None, str(error))
            return None
        except QueryTimeout:
            self.add_error("since", _("The database took too long. Enter a number instead."))
            return None
        return seq
