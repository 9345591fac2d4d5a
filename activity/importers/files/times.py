"""Read the time formats of other systems."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
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


class NoZoneError(RowError):
    """The time has no offset from UTC and no time zone was given."""


@dataclass(slots=True)
class TimeReader:
    """Reads times. Times without an offset are in `zone`.

    `guessed` counts ambiguous times: those in an hour that `zone` repeats when clocks are set back.
    The earlier one is used.
    """

    zone: ZoneInfo | None = None
    guessed: int = 0

    def read(self, text: str) -> datetime:
        """The aware time in `text`, to the microsecond. Raises `RowError`."""
        local = read_time(text)
        if local.tzinfo is not None:
            return local
        if self.zone is None:
            raise NoZoneError(
                _("the time %(time)s has no offset from UTC; name its zone with --time-zone")
                % {"time": text}
            )
        return self._in_zone(local, self.zone)

    def _in_zone(self, local: datetime, zone: ZoneInfo) -> datetime:
        first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
        if second < first:
            message = _("the time %(time)s does not exist in %(zone)s: clocks were set forward")
            raise RowError(message % {"time": local.isoformat(" "), "zone": zone.key})
        if first < second:
            self.guessed += 1
        return first


def read_time(text: str) -> datetime:
    """The time in `text`, naive if it has no offset. Raises `RowError`.

    ISO 8601 with a date and at least hours and minutes, or `Nov 22, 2026, 10:23 AM`.
    """
    if USUAL.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # the checks below raise with the reason
    words = " ".join(text.split())
    match = ISO_8601.fullmatch(words) or IN_WORDS.fullmatch(words)
    if not match:
        message = _("%(time)s is not a time such as 2026-11-22T10:23:13Z")
        raise RowError(message % {"time": f"{text!r:.60}"})
    if match["second"] in LEAP_SECONDS:
        message = _("the time %(time)s has a second of %(second)s; seconds end at 59")
        raise RowError(message % {"time": text, "second": match["second"]})
    try:
        return _built(match)
    except ValueError as error:
        message = _("%(time)s is not a time: %(error)s")
        raise RowError(message % {"time": text, "error": error}) from None


def _built(match: re.Match[str]) -> datetime:
    part = match.groupdict()
    month, hour = part["month"], int(part["hour"])
    if not "1900" < part["year"] < "9999":
        raise ValueError(_("no such year in a log"))
    if "half" in part:
        month = MONTHS.index(month.lower()) + 1
        if not 1 <= hour <= 12:
            raise ValueError(_("hours with AM or PM are 1 to 12"))
        hour = hour % 12 + (12 if part["half"].lower() == "p" else 0)
    return datetime(
        int(part["year"]),
        int(month),
        int(part["day"]),
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
    if digits[2:] > "59":
        raise ValueError(_("an offset has at most 59 minutes"))
    distance = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-distance if offset[0] == "-" else distance)
