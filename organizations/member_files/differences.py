"""The changes that an import would make, as HTML for its preview."""

from typing import Any

from django.utils.html import format_html
from import_export.resources import Resource


class Differences:
    """Replaces `import_export.resources.Diff`, whose HTML contains inline styles, which our
    Content-Security-Policy blocks.
    """

    def __init__(self, resource: Resource, instance: Any, new: bool) -> None:  # noqa: FBT001
        self.before = None if new else self._texts(resource, instance)
        self.after: list[str] = []

    def compare_with(self, resource: Resource, instance: Any) -> None:
        self.after = self._texts(resource, instance)

    def as_html(self) -> list[str]:
        """Return the HTML of each column: the value, or the old one in `<del>` and the new one
        in `<ins>`.
        """
        if self.before is None:
            return [format_html("{}", after) for after in self.after]
        return [
            format_html("{}", after)
            if before == after
            else format_html("<del>{}</del> <ins>{}</ins>", before, after)
            for before, after in zip(self.before, self.after, strict=True)
        ]

    @staticmethod
    def _texts(resource: Resource, instance: Any) -> list[str]:
        values = [column.get_value(instance) for column in resource.get_import_fields()]
        return ["" if value is None else str(value) for value in values]
