"""Import events from files. Each vendor has a module in `vendors`, which registers an importer."""

from django.utils.translation import gettext as _

from activity.importers.base import IMPORTERS, Importer
from activity.importers.files.rows import NO_ROWS, Unusable
from activity.registry import import_modules

__all__ = ["AUTO", "IMPORTERS", "Importer", "importer_for"]

AUTO = "auto"

import_modules(f"{__name__}.vendors")


def importer_for(code: str, head: bytes) -> Importer:
    """The importer `code`. For `AUTO`, the one that knows `head`, the start of the file, best.

    A file without rows has any format. Raises `Unusable` if the file has another format, if no
    importer has this code or, for `AUTO`, if none or several know the file.
    """
    known = {importer.code: importer.sniff(head) for importer in IMPORTERS}
    best = max(known.values())
    fitting = [IMPORTERS[key] for key, fit in known.items() if fit == best > 0]
    if code == AUTO:
        if len(fitting) == 1 or best == NO_ROWS:
            return fitting[0]
        message = _("Which format is this? Choose one of: %(names)s.")
        raise Unusable(message % {"names": ", ".join(IMPORTERS.codes())})
    chosen = IMPORTERS.get(code)
    if chosen is None:
        message = _("This site does not know the format “%s”. A plugin may be missing.")
        raise Unusable(message % code)
    if best > NO_ROWS and chosen not in fitting:
        message = _("This is %(title)s: choose the format %(name)s.")
        raise Unusable(message % {"title": fitting[0].label, "name": fitting[0].code})
    return chosen
