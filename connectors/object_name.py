"""Metadata from the name of a recording, by a pattern such as `{start}_{agent}_{caller}`.

Fields stand in braces; `{}` and `*` pass over text that means nothing; `{start:%d.%m.%Y %H-%M}` says a time's format
in the words of strptime. A pattern with `/` reads the last folders of the name too. An ending such as `.wav` need not
be in the pattern.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import pairwise
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from connectors.json_values import direction_of, language_of
from connectors.name_times import date_of, start_of, time_of, with_zone
from connectors.phone_number import phone_number
from models.call import CallFacts, StartKnownFrom, Tracking
from models.errors import BadInput

_TIMES = ("start", "date", "time")
_PLACES = {
    "id": "external_id",
    "agent": "agent",
    "branch": "branch",
    "caller": "caller_number",
    "dialled": "dialled_number",
    "direction": "direction",
    "language": "language",
    "source": "tracking.source",
    "medium": "tracking.medium",
    "campaign": "tracking.campaign",
}
"""Fields of a pattern that are no time, and where they go."""
FIELDS = (*_TIMES, *_PLACES)
_NUMBER = re.compile(r"(?:\+|00)?[\d(][\d ().\-]*|[^\W\d_]*")
"""A phone number, a word such as `anonymous`, or nothing at all where it was withheld."""
_ENDING = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{1,4}|3gp)$")
_MAX_NAME = 512
_MAX_SLOTS = 20
_EXPECTED = {
    "start": "a moment such as 20261103-140520, or seconds since 1970",
    "date": "a date such as 20261103",
    "time": "a time such as 140520",
    "caller": "a phone number",
    "dialled": "a phone number",
    "direction": "inbound, outbound or internal",
    "language": "two letters such as en",
}


@dataclass(frozen=True, slots=True)
class NameFacts:
    facts: CallFacts
    named: frozenset[str]
    """Fields of `facts` that the name told."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """A field of the pattern, or with an empty name text that is passed over; and the text that follows it."""

    name: str
    format: str
    after: str


@dataclass(frozen=True, slots=True)
class NamePattern:
    """Made by `compile_pattern`."""

    text: str
    before: str
    """Text in front of the first field."""
    slots: tuple[_Slot, ...]
    zone: ZoneInfo
    region: str | None

    def read(self, name: str) -> NameFacts:
        """`name`: of a file, or an object's key. Raises BadInput that says where the name stops to fit."""
        told = self._part_of(name)
        return _facts_of(_Fit(self, told).find(), self)

    def _part_of(self, name: str) -> str:
        """As many folders as the pattern has, and without the ending if the pattern has none."""
        told = "/".join(name.split("/")[-(self.text.count("/") + 1) :])
        if len(told) > _MAX_NAME:
            raise BadInput(f"the name {told[:60]!r}… is longer than {_MAX_NAME} characters; no pattern reads it")
        return told if _ENDING.search(self.slots[-1].after) else _ENDING.sub("", told)


def compile_pattern(pattern: str, *, zone: str = "UTC", region: str | None = None) -> NamePattern:
    """`zone`: IANA name, for times without an offset. `region`: ISO 3166-1, for phone numbers without a country code.

    Raises BadInput for a pattern that could not be read, or that could be read in two ways.
    """
    before, slots = _slots_of(pattern)
    _check(pattern, slots)
    return NamePattern(pattern, before, slots, _zone_of(zone), region)


def _slots_of(pattern: str) -> tuple[str, tuple[_Slot, ...]]:
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError as error:
        raise BadInput(f"the pattern {pattern!r} cannot be read: {error}; a field is written {{agent}}") from None
    before = ""
    slots: list[_Slot] = []
    for literal, name, form, conversion in parts:
        if conversion:
            raise BadInput(f"the pattern {pattern!r} cannot be read: '!{conversion}' has no meaning here")
        # A `*` is a field without a name: "a*b*c" parts to a, then two of them.
        first, *rest = literal.split("*")
        texts = [first, *rest]
        if slots:
            slots[-1] = replace(slots[-1], after=slots[-1].after + texts[0])
        else:
            before += texts[0]
        slots += [_Slot("", "", text) for text in texts[1:]]
        if name is not None:
            slots.append(_Slot(name.strip(), form or "", ""))
    return before, tuple(slots)


def _check(pattern: str, slots: tuple[_Slot, ...]) -> None:
    names = [slot.name for slot in slots if slot.name]
    if fault := _fault_of(names, slots):
        raise BadInput(f"the pattern {pattern!r} {fault}")


def _fault_of(names: list[str], slots: tuple[_Slot, ...]) -> str | None:
    if unknown := [name for name in names if name not in FIELDS]:
        return (
            f"has a field {{{unknown[0]}}} that we do not know; there are: {', '.join(FIELDS)}, and {{}} to pass over"
        )
    if len(slots) > _MAX_SLOTS:
        return f"has {len(slots)} fields and stars; at most {_MAX_SLOTS} are read"
    if not names:
        return f"names no field; there are: {', '.join(FIELDS)}"
    if twice := [name for name in names if names.count(name) > 1]:
        return f"names {{{twice[0]}}} twice; pass over one of them with {{}}"
    if "start" in names and {"date", "time"} & set(names):
        return "has both {start} and a date or time; keep one of them"
    if ("date" in names) != ("time" in names):
        return "has {date} or {time} alone, which does not say when the call began; add the other, or pass over with {}"
    if wrong := [slot for slot in slots if slot.format and slot.name not in _TIMES]:
        return f"has a format for {{{wrong[0].name}}}; only {', '.join(_TIMES)} take one"
    if bad := [slot for slot in slots if slot.format and not _is_format(slot)]:
        return f"has in {{{bad[0].name}}} a format that strptime cannot read, or without a year: {bad[0].format!r}"
    for slot, following in pairwise(slots):
        if not slot.after and {slot.name, following.name} != {"date", "time"}:
            return f"has nothing between {{{slot.name}}} and {{{following.name}}}; where does one end? Put text between"
    return None


def _is_format(slot: _Slot) -> bool:
    """Whether a moment written so can be read back."""
    sample = datetime(2026, 11, 23, 14, 5, 20, tzinfo=ZoneInfo("UTC"))
    try:
        back = datetime.strptime(sample.strftime(slot.format), slot.format)
    except ValueError:
        return False
    return slot.name == "time" or back.year == sample.year


def _zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadInput(f"the zone {name!r} is not known; write it as Europe/Moscow or America/New_York") from None


class _Fit:
    """One name against one pattern. Each (slot, place) is tried once, so that no name takes long, whatever is in it."""

    def __init__(self, pattern: NamePattern, name: str) -> None:
        self._pattern = pattern
        self._name = name
        self._dead: set[tuple[int, int]] = set()
        self._furthest = (0, 0)
        """Slot and place where the fit came furthest."""

    def find(self) -> dict[str, Any]:
        """Values by field."""
        before = self._pattern.before
        if not self._name.startswith(before):
            raise BadInput(f"{self._name!r} does not fit {self._pattern.text!r}: it does not begin with {before!r}")
        found = self._from(0, len(before))
        if found is None:
            raise BadInput(self._where_it_stops())
        return found

    def _from(self, number: int, place: int) -> dict[str, Any] | None:
        """The values of this slot and all that follow, if the rest of the name fits them."""
        if number == len(self._pattern.slots):
            return {} if place == len(self._name) else None
        if (number, place) in self._dead:
            return None
        self._furthest = max(self._furthest, (number, place))
        slot = self._pattern.slots[number]
        for end in self._ends(number, place):
            value = _value_of(slot, self._name[place:end], self._pattern)
            if value is not None:
                rest = self._from(number + 1, end + len(slot.after))
                if rest is not None:
                    return {**rest, slot.name: value} if slot.name else rest
        self._dead.add((number, place))
        return None

    def _ends(self, number: int, place: int) -> Sequence[int]:
        """Where this slot may end: before the text that follows it; the last slot at the end alone.

        A moment is taken as long as it can be (`14_05_20` is not 14:05 and something else), all else as short.
        """
        slot, name = self._pattern.slots[number], self._name
        if number == len(self._pattern.slots) - 1:
            end = len(name) - len(slot.after)
            return [end] if end >= place and name.endswith(slot.after) else []
        ends = [end for end in range(place, len(name) + 1) if name.startswith(slot.after, end)]
        return ends[::-1] if slot.name in _TIMES else ends

    def _where_it_stops(self) -> str:
        number, place = self._furthest
        slot = self._pattern.slots[number]
        expected = _EXPECTED.get(slot.name, "some text") if not slot.format else f"a time as {slot.format!r}"
        then = f" and then {slot.after!r}" if slot.after else ""
        field = f"{{{slot.name}}}, {expected}," if slot.name else "some text"
        return (
            f"{self._name!r} does not fit {self._pattern.text!r}: {self._name[:place]!r} fits, "
            f"then {field}{then} should come, not {self._name[place:]!r}"
        )


def _value_of(slot: _Slot, text: str, pattern: NamePattern) -> Any:
    """None when the text is no value of this field."""
    if "/" in text:
        return None
    if slot.name in _TIMES:
        return _moment_in(slot, text, pattern.zone)
    return _READERS.get(slot.name, _some_text)(text) if slot.name else text


def _moment_in(slot: _Slot, text: str, zone: ZoneInfo) -> datetime | date | time | None:
    if not slot.format:
        return start_of(text, zone) if slot.name == "start" else _GUESSED[slot.name](text)
    try:
        moment = datetime.strptime(text, slot.format)
    except ValueError:
        return None
    if slot.name == "time":
        return moment.time()
    start = with_zone(moment, zone)
    return moment.date() if start is not None and slot.name == "date" else start


def _some_text(text: str) -> str | None:
    return text.strip() or None


def _number(text: str) -> str | None:
    return text if _NUMBER.fullmatch(text) else None


_GUESSED: Mapping[str, Callable[[str], date | time | None]] = {"date": date_of, "time": time_of}
_READERS: Mapping[str, Callable[[str], Any]] = {
    "caller": _number,
    "dialled": _number,
    "direction": direction_of,
    "language": language_of,
}


def _facts_of(found: Mapping[str, Any], pattern: NamePattern) -> NameFacts:
    values = {_PLACES[name]: value for name, value in found.items() if name in _PLACES}
    for name in ("caller_number", "dialled_number"):
        values[name] = phone_number(values.get(name, ""), region=pattern.region)
    start = found.get("start")
    if "date" in found:
        start = with_zone(datetime.combine(found["date"], found["time"]), pattern.zone)
    values |= {"started_at": start, "started_from": StartKnownFrom.METADATA if start else None}
    told = {name: value for name, value in values.items() if value is not None}
    tracked = {name.partition(".")[2]: value for name, value in told.items() if name.startswith("tracking.")}
    plain = {name: value for name, value in told.items() if not name.startswith("tracking.")}
    return NameFacts(CallFacts(**plain, tracking=Tracking(**tracked)), frozenset(told) - {"started_from"})
