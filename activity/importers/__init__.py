"""Events out of files: one small module a format; `base` holds what they share."""

from django.utils.translation import gettext as _

from activity.importers.base import Importer
from activity.importers.native import NATIVE
from activity.importers.native_csv import NATIVE_CSV
from activity.importers.proton import PROTON
from activity.importers.rows import Unusable

IMPORTERS: dict[str, Importer] = {
    importer.name: importer for importer in [NATIVE, NATIVE_CSV, PROTON]
}


def importer_for(name: str, head: bytes) -> Importer:
    """The importer called `name`, for a file that begins with `head`.

    Raises `Unusable` when the file is plainly of another format.
    """
    chosen = IMPORTERS[name]
    if not chosen.sniff(head):
        for other in IMPORTERS.values():
            if other.sniff(head):
                message = _("This is %(title)s. Use --format %(name)s.")
                raise Unusable(message % {"title": other.title, "name": other.name})
    return chosen
