"""The uploaded file, between the preview of an import and its confirmation.

The page contains the file, signed, in a hidden field. So an import that is never confirmed leaves
no file on the server, any process can serve the confirmation, and only checked files are accepted.
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
from tablib import Dataset

from organizations.spreadsheets import table


class MembersCsv(CSV):
    """CSV with any separator and encoding that a spreadsheet writes."""

    def create_dataset(self, in_stream: bytes, **options: Any) -> Dataset:
        """The rows of the file; empty rows at its end are left out. Raises `UnreadableTable`."""
        header, *rows = [*table(in_stream, _is_header)] or [[]]
        while rows and not rows[-1]:
            rows.pop()
        blank = [""] * len(header)
        return Dataset(*(row or blank for row in rows), headers=header)


def _is_header(columns: tuple[str, ...]) -> bool:
    return {"organization", "email"} <= {column.lower() for column in columns}


FORMATS = [MembersCsv, XLSX]
FORMAT_NUMBERS = {".csv": "0", ".xlsx": "1"}
MAX_SIZE = 1024 * 1024
MAX_AGE_SECONDS = 60 * 60
SALT = "organizations.uploads"  # keys derive from it: do not change it with the module's name


class SignedStorage(BaseStorage):
    """A storage for import-export whose "file name" is the content, compressed and signed."""

    def save(self, data: bytes) -> None:
        self.name = signing.dumps(b64encode(data).decode(), salt=SALT, compress=True)

    def read(self) -> bytes:
        """Return the content. Raises `signing.BadSignature`."""
        return b64decode(signing.loads(self.name, salt=SALT, max_age=MAX_AGE_SECONDS))

    def remove(self) -> None:
        """Do nothing: no file is stored."""


class UploadForm(ImportForm):
    """The file and its format, which defaults to that of the file's name."""

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
    """Contains the checked upload. Resource and format are fixed."""

    format = forms.ChoiceField(
        choices=[(number, number) for number in FORMAT_NUMBERS.values()], widget=forms.HiddenInput
    )
    resource = forms.ChoiceField(choices=[("0", "0")], required=False, widget=forms.HiddenInput)

    def clean_import_file_name(self) -> str:
        """Return the signed content. Deviates from `ConfirmImportForm`, which has a file name."""
        signed: str = self.cleaned_data["import_file_name"]
        try:
            SignedStorage(name=signed).read()
        except signing.BadSignature:
            raise forms.ValidationError(
                _("This preview is more than an hour old. Choose the file again.")
            ) from None
        return signed
