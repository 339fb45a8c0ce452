"""Byte ranges and validators of one object, after RFC 9110: pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

_RANGE = re.compile(r"bytes\s*=\s*(?P<first>[0-9]{0,18})\s*-\s*(?P<last>[0-9]{0,18})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent: `length` bytes from `start`. Status 200, 206, 304 or 416; the last two send none."""

    status: int
    start: int
    length: int


def part_of(headers: Mapping[str, str], *, size: int, etag: str, modified: datetime) -> Part:
    """`headers`: those of the request, their names in lower case. `etag`: without quotes."""
    if _is_known(headers, etag, modified):
        return Part(304, 0, 0)
    wanted = headers.get("range")
    if wanted is None or not _is_same(headers.get("if-range"), etag, modified):
        return Part(200, 0, size)
    return _range(wanted, size)


def content_range(part: Part, size: int) -> str | None:
    """The header, where there is one."""
    if part.status == 416:
        return f"bytes */{size}"
    return f"bytes {part.start}-{part.start + part.length - 1}/{size}" if part.status == 206 else None


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _range(wanted: str, size: int) -> Part:
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or found["first"] == found["last"] == "":
        return Part(200, 0, size)  # another unit, several ranges, or none that can be read: the whole is a right answer
    first, last = found["first"], found["last"]
    if first == "":
        length = min(int(last), size)
        return Part(206, size - length, length) if length else Part(416, 0, 0)
    start = int(first)
    end = min(int(last), size - 1) if last else size - 1
    if last and int(last) < start:
        return Part(200, 0, size)
    return Part(206, start, end - start + 1) if start < size else Part(416, 0, 0)


def _is_same(condition: str | None, etag: str, modified: datetime) -> bool:
    """If-Range: a strong tag, or the very date that we gave."""
    return condition is None or condition.strip() in (f'"{etag}"', http_date(modified))


def _is_known(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    tags = headers.get("if-none-match")
    if tags is not None:
        return any(tag.strip().removeprefix("W/") in (f'"{etag}"', "*") for tag in tags.split(","))
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return modified.replace(microsecond=0) <= aware
