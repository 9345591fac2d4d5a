"""The columns of members in spreadsheets, for import and export."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet, TextChoices
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import RowResult
from import_export.widgets import Widget

from organizations.member_files.differences import Differences
from organizations.models import Member, MemberStatus, Organization, Role
from organizations.spreadsheets import guard, unguard

MAX_ROWS = 2000


class TextWidget(Widget):
    """Text, escaped so that spreadsheets do not read it as a formula.

    A spreadsheet may have converted the text to a number, so `clean` also accepts numbers.
    """

    def clean(self, value: Any, row: Any = None, **context: Any) -> str | None:
        """Return None for an empty cell, which changes nothing."""
        text = "" if value is None else unguard(str(value).strip())
        if "\0" in text:
            raise ValueError(_("A NUL character cannot be stored."))
        return text or None

    def render(self, value: Any, obj: Any = None, **context: Any) -> str:
        return guard("" if value is None else str(value))


class OrganizationWidget(TextWidget):
    """An organization, by its slug. Each slug is looked up once per import."""

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[str, Organization | None] = {}

    def clean(self, value: Any, row: Any = None, **context: Any) -> Any:
        slug = super().clean(value)
        if slug is None:
            raise ValueError(_("Name the organization by its slug."))
        if slug not in self._found:
            self._found[slug] = Organization.objects.filter(slug=slug).first()
        if self._found[slug] is None:
            raise ValueError(_("There is no organization with the slug %s.") % slug)
        return self._found[slug]

    def render(self, value: Any, obj: Any = None, **context: Any) -> str:
        return super().render(value.slug if value else None)


class ChoiceWidget(TextWidget):
    """One of the choices, in upper or lower case."""

    def __init__(self, choices: type[TextChoices]) -> None:
        super().__init__()
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **context: Any) -> str | None:
        text = super().clean(value)
        if text is None or text.lower() in self.choices.values:
            return text and text.lower()
        params = {"value": text, "choices": ", ".join(self.choices.values)}
        raise ValueError(_("“%(value)s” is none of: %(choices)s.") % params)


def _column(name: str, widget: Widget) -> Field:
    return Field(name, name, widget, saves_null_values=False)


class MemberResource(ModelResource):
    """One member per row, identified by organization and e-mail address.

    Empty cells change nothing.
    """

    organization = _column("organization", OrganizationWidget())
    email = _column("email", TextWidget())
    name = _column("name", TextWidget())
    role = _column("role", ChoiceWidget(Role))
    status = _column("status", ChoiceWidget(MemberStatus))

    class Meta:
        model = Member
        fields = ["organization", "email", "name", "role", "status"]
        import_id_fields = ["organization", "email"]
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._row_of_member: dict[tuple[str, ...], int] = {}

    @classmethod
    def get_diff_class(cls) -> type[Differences]:
        return Differences

    def before_import(self, dataset: Any, **context: Any) -> None:
        """Check the header before any row. Raises `ValueError`."""
        dataset.headers = [str(header or "").strip().lower() for header in dataset.headers or []]
        try:
            self._check(dataset)
        except ValueError:
            del dataset[:]
            raise

    def import_row(self, row: dict[str, Any], instance_loader: Any, **context: Any) -> RowResult:
        """Skip empty rows, which spreadsheets often leave at the end."""
        if any(value not in (None, "") for value in row.values()):
            return super().import_row(row, instance_loader, **context)
        result = RowResult()
        result.import_type = RowResult.IMPORT_TYPE_SKIP
        return result

    def before_import_row(self, row: dict[str, Any], **context: Any) -> None:
        """Raise `ValidationError` if an earlier row is about the same member."""
        key = tuple(str(row[name] or "").strip().lower() for name in self._meta.import_id_fields)
        number = context["row_number"]
        first = self._row_of_member.setdefault(key, number)
        if first != number:
            raise ValidationError(_("Row %d is about the same member.") % (first + 1))

    def get_instance(self, instance_loader: Any, row: dict[str, Any]) -> Member | None:
        """Return the member of the row, or None. `import_instance` reports invalid values."""
        try:
            organization = self.fields["organization"].clean(row)
            email = self.fields["email"].clean(row)
        except ValueError:
            return None
        return Member.objects.with_email(email or "").filter(organization=organization).first()

    def filter_export(self, queryset: QuerySet[Member], **context: Any) -> QuerySet[Member]:
        return queryset.select_related("organization")

    def _check(self, dataset: Any) -> None:
        """Refuse unknown columns, which import-export ignores. Raises `ValueError`."""
        if len(dataset) > MAX_ROWS:
            raise ValueError(_("Import %d rows at a time at most.") % MAX_ROWS)
        headers = [header for header in dataset.headers if header]
        columns = ", ".join(self.fields)
        unknown = [header for header in headers if header not in self.fields]
        if unknown:
            params = {"header": unknown[0], "columns": columns}
            message = _("“%(header)s” is no column. They are %(columns)s, separated by commas.")
            raise ValueError(message % params)
        if len(headers) != len(set(headers)) or not {"organization", "email"} <= set(headers):
            message = _("The columns are %s, separated by commas, the first two of them needed.")
            raise ValueError(message % columns)
