"""Format instants in an organization's time zone, for pages and for filter parameters."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

SECOND = timedelta(seconds=1)
DAY_FORMAT = pgettext_lazy("date format", "j M Y")
SHORT_DAY_FORMAT = pgettext_lazy("date format", "j M")
SHORT_MOMENT_FORMAT = pgettext_lazy("date format", "j M H:i")
LONG_DAY_FORMAT = pgettext_lazy("date format", "D j M Y")
MONTH_FORMAT = pgettext_lazy("date format", "M Y")


def written(day: date, pattern: str | Promise) -> str:
    """The day in the visitor's language. Cached: a page repeats the same few days."""
    return _written(day, str(pattern), get_language())


@lru_cache(maxsize=4096)
def _written(day: date, pattern: str, language: str | None) -> str:
    return formats.date_format(day, pattern)


def iso_utc(instant: datetime) -> str:
    """`2026-11-22T10:23:13.123456Z`, always with six digits."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The start of `day` in `zone`, in UTC. Raises `OverflowError` at the ends of the calendar."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Formats instants in one time zone. Instants are aware."""

    zone: ZoneInfo

    def local(self, instant: datetime) -> datetime:
        """The instant in the zone; in UTC at the ends of the calendar, where conversion fails."""
        try:
            return instant.astimezone(self.zone)
        except OverflowError:
            return instant.astimezone(UTC)

    def is_repeated(self, instant: datetime) -> bool:
        """Whether this local time occurs twice, because the clocks go back."""
        local = self.local(instant)
        return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()

    def parameter(self, instant: datetime) -> str:
        """The value of `since` or `until` for exactly this instant."""
        local = self.local(instant)
        if self.is_repeated(instant) or local.tzinfo is UTC:
            return f"{instant.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
        return local.replace(tzinfo=None).isoformat()

    def day_parameter(self, instant: datetime) -> str:
        """The value of `since` and `until` for the whole local day of this instant."""
        return self.local(instant).date().isoformat()

    def field_value(self, instant: datetime) -> str:
        """The value of a `datetime-local` field."""
        return self.local(instant).replace(tzinfo=None, microsecond=0).isoformat()

    def is_midnight(self, instant: datetime) -> bool:
        """Whether a local day begins at this instant."""
        try:
            before = self.local(instant - SECOND)
        except OverflowError:
            return False
        return self.local(instant).date() != before.date() and not instant.microsecond

    def is_day(self, since: datetime, until: datetime) -> bool:
        """Whether `[since, until)` is one whole local day."""
        if not (self.is_midnight(since) and self.is_midnight(until)):
            return False
        return self.local(since).date() == self.local(until - SECOND).date()

    def date(self, instant: datetime) -> str:
        """Such as “22 Nov 2026”."""
        return written(self.local(instant).date(), DAY_FORMAT)

    def day(self, instant: datetime) -> str:
        """Such as “22 Nov”."""
        return written(self.local(instant).date(), SHORT_DAY_FORMAT)

    def year(self, instant: datetime) -> str:
        return str(self.local(instant).year)

    def time(self, instant: datetime, pattern: str = "%H:%M:%S") -> str:
        """Such as “17:07:09”, with the abbreviation of the zone in a repeated hour."""
        local = self.local(instant)
        text = local.strftime(pattern)
        return f"{text} {local.tzname()}" if self.is_repeated(instant) else text

    def moment(self, instant: datetime) -> str:
        """Such as “22 Nov 2026, 17:07:09”."""
        return f"{self.date(instant)}, {self.time(instant)}"

    def end(self, instant: datetime) -> str:
        """Like `moment`, for the end of a range: midnight is the end of the day before."""
        if self.is_midnight(instant):
            return _("end of %(day)s") % {"day": self.date(instant - SECOND)}
        return self.moment(instant)

    def minute(self, instant: datetime) -> str:
        """Such as “Sun 22 Nov 2026, 17:07”."""
        day = written(self.local(instant).date(), LONG_DAY_FORMAT)
        return f"{day}, {self.time(instant, '%H:%M')}"

    def short(self, instant: datetime, *, year: int) -> str:
        """Such as “22 Nov 17:07”. Short: the year is omitted if it is `year`."""
        local = self.local(instant)
        day_format = SHORT_DAY_FORMAT if local.year == year else DAY_FORMAT
        return f"{written(local.date(), day_format)} {self.time(instant, '%H:%M')}"


UTC_CLOCK = Clock(ZoneInfo("UTC"))
