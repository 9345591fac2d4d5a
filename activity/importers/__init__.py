"""Import events from files. Each vendor has a module; `base` holds what they share."""

from django.utils.translation import gettext as _

from activity.importers.base import Importer
from activity.importers.files.rows import Unusable
from activity.importers.vendors.bitwarden import BITWARDEN
from activity.importers.vendors.native import NATIVE
from activity.importers.vendors.native_csv import NATIVE_CSV
from activity.importers.vendors.onepassword import ONEPASSWORD
from activity.importers.vendors.proton import PROTON

AUTO = "auto"
IMPORTERS: dict[str, Importer] = {
    importer.name: importer for importer in [NATIVE, NATIVE_CSV, PROTON, BITWARDEN, ONEPASSWORD]
}


def importer_for(name: str, head: bytes) -> Importer:
    """The importer called `name`. For `AUTO`, the one that recognizes `head`, the file's start.

    Raises `Unusable` if the file has another format or, for `AUTO`, if none recognizes it.
    """
    fitting = [importer for importer in IMPORTERS.values() if importer.sniff(head)]
    if name == AUTO:
        if len(fitting) != 1:
            message = _("Which format is this? Choose one of: %(names)s.")
            raise Unusable(message % {"names": ", ".join(IMPORTERS)})
        return fitting[0]
    chosen = IMPORTERS[name]
    if fitting and chosen not in fitting:
        message = _("This is %(title)s: choose the format %(name)s.")
        raise Unusable(message % {"title": fitting[0].title, "name": fitting[0].name})
    return chosen
