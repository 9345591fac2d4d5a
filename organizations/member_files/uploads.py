"""An uploaded file on its way from the preview of an import to its confirmation.

It travels in the page itself, signed: nothing is left on the server by who never confirms, any
process may serve the next request, and nobody can confirm what was not checked.
"""

from base64 import b64decode, b64encode
from pathlib import PurePath
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ConfirmImportForm, ImportForm
from import_export.tmp_storages import BaseStorage

FORMATS = [CSV, XLSX]
FORMAT_NUMBERS = {".csv": "0", ".xlsx": "1"}
MAX_SIZE = 1024 * 1024
MAX_AGE_SECONDS = 60 * 60
SALT = "organizations.uploads"  # derives keys: it keeps the name this module once had


class SignedStorage(BaseStorage):
    """A storage of import-export whose "file name" is the content, compressed and signed."""

    def save(self, data: bytes) -> None:
        self.name = signing.dumps(b64encode(data).decode(), salt=SALT, compress=True)

    def read(self) -> bytes:
        """The content. Raises `signing.BadSignature`."""
        return b64decode(signing.loads(self.name, salt=SALT, max_age=MAX_AGE_SECONDS))

    def remove(self) -> None:
        """Nothing is kept."""


class UploadForm(ImportForm):
    """The file; its format follows from its name unless somebody chooses."""

    def __init__(self, formats: list[Any], resources: list[Any], **options: Any) -> None:
        super().__init__(formats, resources, **options)
        self.fields["format"].required = False
        self.fields["format"].choices = [
            ("", _("By the file’s name")),
            *self.fields["format"].choices[1:],
        ]
        self.fields["import_file"].widget.attrs["accept"] = ",".join(FORMAT_NUMBERS)

    media = forms.Media()

    def clean_import_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["import_file"]
        if (upload.size or 0) > MAX_SIZE:
            message = _("The file is larger than %s. Import it in parts.")
            raise forms.ValidationError(message % filesizeformat(MAX_SIZE))
        return upload

    def clean_format(self) -> str:
        chosen, upload = self.cleaned_data["format"], self.cleaned_data.get("import_file")
        suffix = PurePath(upload.name).suffix.lower() if upload else ".csv"
        number = chosen or FORMAT_NUMBERS.get(suffix)
        if number is None:
            raise forms.ValidationError(_("Choose the format, or name the file .csv or .xlsx."))
        return number


class ConfirmForm(ConfirmImportForm):
    """Repeats the checked upload. Everything else that it could say is fixed."""

    format = forms.ChoiceField(
        choices=[(number, number) for number in FORMAT_NUMBERS.values()], widget=forms.HiddenInput
    )
    resource = forms.ChoiceField(choices=[("0", "0")], required=False, widget=forms.HiddenInput)

    def clean_import_file_name(self) -> str:
        """The signed content. Deviates from `ConfirmImportForm`, where it is a file's name."""
        signed: str = self.cleaned_data["import_file_name"]
        try:
            SignedStorage(name=signed).read()
        except signing.BadSignature:
            raise forms.ValidationError(
                _("This preview is more than an hour old. Choose the file again.")
            ) from None
        return signed
