"""The form for the upload of a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from activity import access
from activity.importers import AUTO, IMPORTERS
from activity.importers.files.opening import open_rows
from activity.importers.files.rows import Unusable
from activity.uploads.limits import max_bytes, max_bytes_of_members
from activity.uploads.models import STOPPABLE, ImportJob
from organizations.forms import time_zone_suggestions
from organizations.models import validate_time_zone
from organizations.plans import Feature
from organizations.widgets import SuggestionInput

MAX_WAITING = 20


def format_choices() -> list[tuple[str, Any]]:
    """Return the formats. A function, so that it includes what plugins register."""
    return [(AUTO, _("Recognize it")), *IMPORTERS.choices()]


@dataclass(frozen=True, slots=True)
class Limit:
    """A size limit in bytes, and the message for larger files."""

    max_bytes: Callable[[], int]
    message: Any

    def too_large(self) -> str:
        return str(self.message % {"limit": filesizeformat(self.max_bytes())})


EVENTS = Limit(max_bytes, _("The file is larger than %(limit)s. Split it and import the parts."))
MEMBERS = Limit(
    max_bytes_of_members,
    _("The file is larger than %(limit)s. Keep only the members of the events."),
)


class FileInput(forms.FileInput):
    """Gives the size limit to the script `upload.js`, which checks it before the upload."""

    def __init__(self, limit: Limit) -> None:
        super().__init__()
        self.limit = limit

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        limit = {
            "data-max-bytes": self.limit.max_bytes(),
            "data-too-large": self.limit.too_large(),
        }
        return super().get_context(name, value, {**(attrs or {}), **limit})


class LimitedFileField(forms.FileField):
    """A file of at most `limit`."""

    def __init__(self, *, limit: Limit, **options: Any) -> None:
        super().__init__(widget=FileInput(limit), **options)
        self.limit = limit

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data and data.size > self.limit.max_bytes():
            raise ValidationError(self.limit.too_large())
        return super().clean(data, initial)


class ImportForm(forms.ModelForm):
    """Accepts a file if its importer can read the beginning; else shows the reason."""

    file = LimitedFileField(limit=EVENTS, label=_("File"), max_length=255)
    format = forms.ChoiceField(label=_("Format"), choices=format_choices, initial=AUTO)
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        validators=[validate_time_zone],
        widget=SuggestionInput(time_zone_suggestions),
        help_text=_(
            "For times without a zone. Empty: the time zone of the format or the organization."
        ),
    )
    members = LimitedFileField(
        limit=MEMBERS,
        label=_("Members"),
        max_length=255,
        required=False,
        help_text=_("For Bitwarden: its members, as returned by GET /public/members."),
    )

    class Meta:
        model = ImportJob
        fields = ["organization", "file", "format", "time_zone", "members"]

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        organization = cleaned_data.get("organization")
        if organization is None:
            return cleaned_data
        try:
            access.require_feature(organization, Feature.READ_LOG)
        except access.PlanRequired as error:
            raise ValidationError(str(error)) from None
        if organization.import_jobs.filter(status__in=STOPPABLE).count() >= MAX_WAITING:
            message = _("%(count)d files are waiting already. Import or cancel some of them first.")
            raise ValidationError(message, params={"count": MAX_WAITING})
        if not self.errors:
            self._check_file(cleaned_data, organization.zone)
        return cleaned_data

    def _check_file(self, data: dict[str, Any], usual_zone: ZoneInfo) -> None:
        """Detect format and time zone, and check that the file can be read."""
        file, members = data["file"], data.get("members")
        try:
            opened = open_rows(
                file.file,
                format_name=data["format"],
                zone=ZoneInfo(data["time_zone"]) if data["time_zone"] else None,
                usual_zone=usual_zone,
                members=members.file if members else None,
            )
        except Unusable as error:
            self.add_error("file", str(error))
        else:
            opened.close()
            data["format"] = opened.importer.code
            data["time_zone"] = str(opened.times.zone)
            self.instance.name = printable(file)
            self.instance.size = file.size
        for upload in filter(None, [file, members]):
            upload.seek(0)


def printable(file: "UploadedFile[Any]") -> str:
    """Return the uploaded name without control and bidirectional characters."""
    name = "".join(character for character in file.name or "" if character.isprintable())
    return name or str(_("unnamed"))
