"""Moments as they stand in the names of files: only shapes that can mean one thing."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_YEARS = range(1990, 2100)
_LATEST_EPOCH = 2_100_000_000
"""July 2036. Ten digits above it are rather the digits of a date."""
_DATE = r"(?P<year>\d{4})(?P<dash>[-._]?)(?P<month>\d{2})(?P=dash)(?P<day>\d{2})"
_TIME = r"(?P<hour>\d{2})(?P<colon>[-._:]?)(?P<minute>\d{2})(?:(?P=colon)(?P<second>\d{2})(?:[.,](?P<part>\d{1,6}))?)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
_WHOLE = re.compile(f"{_DATE}[-_T ]?{_TIME}{_ZONE}", re.ASCII)
_DATE_ALONE = re.compile(_DATE, re.ASCII)
_TIME_ALONE = re.compile(_TIME, re.ASCII)
_EPOCH = re.compile(r"(\d{10})(?:\.(\d{1,6}))?", re.ASCII)
_EPOCH_MILLISECONDS = re.compile(r"(\d{10})(\d{3})", re.ASCII)


def start_of(text: str, zone: ZoneInfo) -> datetime | None:
    """UTC, of `20261103-140520`, `2026-11-03T14-05-20+0300`, or seconds (milliseconds) since 1970; None of all else.

    Day-first and two-digit years are never guessed: `03-11-2026` and `11-03-2026` look alike. A pattern can name them.
    """
    epoch = _EPOCH.fullmatch(text) or _EPOCH_MILLISECONDS.fullmatch(text)
    if epoch and int(epoch[1]) < _LATEST_EPOCH:
        return datetime.fromtimestamp(int(epoch[1]), UTC) + _fraction(epoch[2])
    found = _WHOLE.fullmatch(text)
    if found is None or (len(re.sub(r"\D", "", text)) == 12 and text.isdigit()):
        return None  # twelve digits alone may as well begin with a year of two digits
    day, clock = _date_in(found), _time_in(found)
    if day is None or clock is None:
        return None
    return with_zone(datetime.combine(day, clock), zone, found["zone"])


def date_of(text: str) -> date | None:
    found = _DATE_ALONE.fullmatch(text)
    return _date_in(found) if found else None


def time_of(text: str) -> time | None:
    found = _TIME_ALONE.fullmatch(text)
    return _time_in(found) if found else None


def with_zone(moment: datetime, zone: ZoneInfo, offset: str | None = None) -> datetime | None:
    """In UTC. `offset` such as `+0300` or `Z` goes before the zone. None outside the years that calls come from."""
    if moment.year not in _YEARS:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    if offset:
        aware = datetime.fromisoformat(f"{moment.isoformat()}{offset}")
    return aware.astimezone(UTC)


def _date_in(found: re.Match[str]) -> date | None:
    if int(found["year"]) not in _YEARS:
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _time_in(found: re.Match[str]) -> time | None:
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None
    return (datetime.combine(date(2000, 1, 1), clock) + _fraction(found["part"])).time()


def _fraction(digits: str | None) -> timedelta:
    return timedelta(microseconds=int((digits or "0").ljust(6, "0")))
