"""Read the time formats of other systems."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from activity.importers.files.rows import RowError

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
ISO_8601 = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[Tt ](?P<hour>\d\d):(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r" ?(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)
USUAL = re.compile(r"(?:19[7-9]|20\d)\d-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{6})?Z", re.ASCII)
IN_WORDS = re.compile(
    rf"(?P<month>{'|'.join(MONTHS)})[a-z]* "
    r"(?P<day>\d{1,2}),? (?P<year>\d{4})(?:,| at)? "
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))? ?(?P<half>[ap])m",
    re.ASCII | re.IGNORECASE,
)
LEAP_SECONDS = {"60", "61", "62"}
# As spreadsheets write times again: in the order and with the marks of a country.
IN_NUMBERS = re.compile(
    r"(?P<first>\d{4}|\d\d?)(?P<mark>[./-]) ?(?P<middle>\d\d?)(?P=mark) ?(?P<last>\d{4}|\d\d?)"
    r"\.?,? (?P<hour>\d\d?)[:.](?P<minute>\d\d)"
    r"(?:[:.](?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?(?: ?(?P<half>[ap])\.?m\.?)?"
    r"(?: ?(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?))?",
    re.ASCII | re.IGNORECASE,
)
# What is left of a time that a spreadsheet shows as a number of days, or without its date.
DAMAGED = re.compile(r"[345]\d{4}(?:[.,]\d+)?|\d\d?:\d\d(?:[:.,]\d+)*", re.ASCII)
YEAR_FIRST = ("year", "month", "day")
DAY_FIRST = ("day", "month", "year")
MONTH_FIRST = ("month", "day", "year")
Order = tuple[str, str, str]


class NoZoneError(RowError):
    """The time has no offset from UTC and no time zone was given."""


class AmbiguousDateError(RowError):
    """The numbers of a date can be read in two ways."""


@dataclass(slots=True)
class TimeReader:
    """Reads times. Times without an offset are in `zone`.

    `guessed` counts ambiguous times: those in an hour that `zone` repeats when clocks are set back.
    The earlier one is used. `order` is that of dates such as 03/04/2025, where it is known.
    """

    zone: ZoneInfo | None = None
    guessed: int = 0
    order: Order | None = None

    def read(self, text: str) -> datetime:
        """The aware time in `text`, to the microsecond. Raises `RowError`."""
        local = read_time(text, self.order)
        if local.tzinfo is not None:
            return local
        if self.zone is None:
            raise NoZoneError(
                _("the time %(time)s has no offset from UTC; name its zone with --time-zone")
                % {"time": text}
            )
        return self._in_zone(local, self.zone)

    def learn(self, head: bytes) -> None:
        """Learn the order of dates from those in `head`, the start of a file, that show it."""
        matches = IN_NUMBERS.finditer(head.decode(errors="replace"))
        orders = {order for match in matches if len(found := _days(match)) == 1 for order in found}
        if len(orders) == 1:
            self.order = orders.pop()

    def _in_zone(self, local: datetime, zone: ZoneInfo) -> datetime:
        first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if second < first:
            message = _("the time %(time)s does not exist in %(zone)s: clocks were set forward")
            raise RowError(message % {"time": local.isoformat(" "), "zone": zone.key})
        if first < second:
            self.guessed += 1
        return first


def read_time(text: str, order: Order | None = None) -> datetime:
    """The time in `text`, naive if it has no offset. Raises `RowError`.

    ISO 8601 with a date and at least hours and minutes, `Nov 22, 2026, 10:23 AM`, or a date in
    numbers such as `22.11.2026 10:23`, in the order `order` if several are possible.
    """
    if USUAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # the checks below raise with the reason
    words = " ".join(text.split())
    match = ISO_8601.fullmatch(words) or IN_WORDS.fullmatch(words) or IN_NUMBERS.fullmatch(words)
    if not match:
        raise RowError(_no_time(words))
    if match["second"] in LEAP_SECONDS:
        message = _("the time %(time)s has a second of %(second)s; seconds end at 59")
        raise RowError(message % {"time": text, "second": match["second"]})
    try:
        return _built(match, _day(match, order))
    except RowError:
        raise
    except ValueError as error:
        message = _("%(time)s is not a time: %(error)s")
        raise RowError(message % {"time": text, "error": error}) from None


def _no_time(text: str) -> str:
    if DAMAGED.fullmatch(text):
        message = _(
            "%(time)s is what a spreadsheet left of a time. Import the file as it was before, or "
            "have the spreadsheet show times as 2026-11-22 10:23:13 and save it again"
        )
        return message % {"time": text}
    return _("%(time)s is not a time such as 2026-11-22T10:23:13Z") % {"time": f"{text!r:.60}"}


def _day(match: re.Match[str], order: Order | None) -> date:
    """The day of a time. Raises `ValueError`, and `AmbiguousDateError` if there are several."""
    part = match.groupdict()
    if "mark" not in part:
        month = part["month"]
        number = int(month) if month.isdigit() else MONTHS.index(month.lower()) + 1
        return date(int(part["year"]), number, int(part["day"]))
    days = _days(match)
    if not days:
        raise ValueError(_("no such day"))
    if order in days:
        return days[order]
    if order is not None or len(set(days.values())) > 1:
        message = _(
            "the date of %(time)s can be read in two ways. Import the file as it was before a "
            "spreadsheet saved it, or have the spreadsheet show times as 2026-11-22 10:23:13"
        )
        raise AmbiguousDateError(message % {"time": match[0]})
    return next(iter(days.values()))


def _days(match: re.Match[str]) -> dict[Order, date]:
    """The days that a date in numbers may mean, by the order of its numbers."""
    numbers = match["first"], match["middle"], match["last"]
    if len(numbers[0]) == 4:
        orders = [YEAR_FIRST]
    elif match["mark"] == ".":
        orders = [DAY_FIRST]  # no country writes dots after the month first
    elif len(numbers[2]) == 4:
        orders = [DAY_FIRST, MONTH_FIRST]
    else:
        orders = [DAY_FIRST, MONTH_FIRST, YEAR_FIRST]
    days = {}
    for order in orders:
        part = dict(zip(order, numbers, strict=True))
        year = part["year"] if len(part["year"]) == 4 else f"20{part['year']:0>2}"
        with suppress(ValueError):
            days[order] = date(int(year), int(part["month"]), int(part["day"]))
    return days


def _built(match: re.Match[str], day: date) -> datetime:
    part = match.groupdict()
    hour = int(part["hour"])
    if not 1900 < day.year < 9999:
        raise ValueError(_("no such year in a log"))
    if half := part.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(_("hours with AM or PM are 1 to 12"))
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return datetime(
        day.year,
        day.month,
        day.day,
        hour,
        int(part["minute"]),
        int(part["second"] or 0),
        int((part.get("fraction") or "").ljust(6, "0")[:6]),
        tzinfo=_zone(part.get("offset")),
    )


def _zone(offset: str | None) -> timezone | None:
    if not offset:
        return None
    if offset in "Zz":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    if digits[:2] > "23" or digits[2:] > "59":
        raise ValueError(_("an offset has at most 23 hours and 59 minutes"))
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)
