"""passaudit's own CSV, written by the page and by `export_events --format csv`."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from activity.drafts import EventDraft, fitted_draft
from activity.importers.base import IMPORTERS, Importer
from activity.importers.files.csv_rows import CsvFormat
from activity.importers.files.rows import RowError, position_in_log
from activity.importers.options import Options
from activity.importers.vendors.proton import code_named
from organizations.spreadsheets import unguard

HEADER = (
    "Time", "User name", "User email", "Event", "Event type", "IP address", "Vault ID",
    "Item ID", "Sequence",
)  # fmt: skip
ROUNDED = re.compile(r"\d[.,]\d+E\+\d\d+")


def _draft(row: Mapping[str, str], options: Options) -> EventDraft:
    cells = {column: unguard(cell) for column, cell in row.items()}
    for column in ("Vault ID", "Item ID"):
        if ROUNDED.fullmatch(cells[column]):
            message = _(
                "%(column)s: %(cell)s is a number that a spreadsheet has rounded. Import the file "
                "as it was before"
            )
            raise RowError(message % {"column": column, "cell": cells[column]})
    return fitted_draft(
        occurred_at=options.times.read(cells["Time"]),
        event_type=cells["Event type"] or code_named(cells["Event"]),
        email=cells["User email"],
        name=cells["User name"],
        ip=cells["IP address"],
        vault_id=cells["Vault ID"],
        item_id=cells["Item ID"],
        source="native",
        log_seq=position_in_log(cells, "Sequence"),
    )


IMPORTERS.register(
    Importer(
        code="native-csv",
        label="passaudit CSV",
        zone=ZoneInfo("UTC"),
        shapes=[CsvFormat(_draft, headers=[HEADER], seq="Sequence")],
    )
)
