"""All mentions of a conversation, in order: the lines read one after another, then what was taken back."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from classifiers.channels.exchange import Exchange, follow_up, hear_agent, is_filler, settle_suggestions
from classifiers.channels.finding import SURE, Finding
from classifiers.channels.judge import Asked, judge_line
from classifiers.channels.places import ENGINE_OF, SEARCH_OF, Place, places_in
from classifiers.channels.reading import Line, Named, read_lines, with_named
from models.channel import MentionRole, Stance
from models.conversation import Conversation, Role

_BACK_REACH = 14
"""Words between a channel and the one that corrects it, at most."""
_LINES_BACK = 4
"""Turns in which a channel may still be taken back."""
_SAME_ACT = 14
"""Words within which an engine and its map or ad are one discovery."""


@dataclass(slots=True)
class Reading:
    """What was understood so far."""

    lines: list[Line]
    findings: list[Finding] = field(default_factory=list)
    exchange: Exchange = field(default_factory=Exchange)
    asked: bool = False
    answered: bool = False


def read(conversation: Conversation, hint: str | None = None, named: Sequence[Named] = ()) -> Reading:
    """Every mention of a call, ordered by place. No mention: no findings; no readable line: no lines.

    `named`: places that are known to be mentions beside those of the lexicons, such as a workspace's campaigns.
    """
    reading = Reading(with_named(read_lines(conversation, hint), named))
    for line in reading.lines:
        if line.role is Role.CALLER:
            _hear_caller(reading, line)
        else:
            _hear_agent(reading, line)
    _settle_repeats(reading)
    _merge_engines(reading)
    reading.findings.sort(key=lambda finding: (finding.place.line, finding.place.start))
    return reading


def _speaker(line: Line) -> str:
    said = line.turn.role
    return "agent" if said is Role.MACHINE else str(said)


def _hear_agent(reading: Reading, line: Line) -> None:
    exchange, before = reading.exchange, len(reading.exchange.suggested)
    places = places_in(line)
    for place in hear_agent(exchange, line, places):
        if place.is_named:
            reading.findings.append(_statement(reading, line, place))
    asked_more = len(exchange.suggested) > before
    if not asked_more and (further := follow_up(line, _last_engine(reading))) is not None:
        exchange.suggested.append(further)
    reading.asked |= bool(line.marks["ASKED"])


def _statement(reading: Reading, line: Line, place: Place) -> Finding:
    """The agent's own words on a channel: incidental, or an echo of what the caller has just said."""
    echo = any(
        finding.is_discovery and finding.channel == place.channel and line.number - finding.place.line <= 1
        for finding in reading.findings[-6:]
        if finding.stance is not Stance.DENIED
    )
    role = MentionRole.DISCOVERY if echo and len(line.tokens) <= 12 else MentionRole.INCIDENTAL
    stance = Stance.AFFIRMED
    if role is MentionRole.DISCOVERY:
        stance = next(f.stance for f in reversed(reading.findings) if f.channel == place.channel)
    return Finding(place, role, stance, SURE["incidental"], _speaker(line))


def _last_engine(reading: Reading) -> Place | None:
    for finding in reversed(reading.findings[-4:]):
        if finding.is_discovery and finding.stance is not Stance.DENIED and finding.channel in SEARCH_OF.values():
            return finding.place
    return None


def _hear_caller(reading: Reading, line: Line) -> None:
    exchange = reading.exchange
    places = places_in(line)
    asked = exchange.asked(line)
    if _corrects_earlier(reading, line):
        asked = replace(asked, openly=True)
    own = judge_line(line, places, asked, _speaker(line))
    own = _map_of_engine(reading, own)
    agents = {place.line: _speaker(reading.lines[place.line]) for place in exchange.suggested}
    settled = settle_suggestions(exchange, line, own, next(iter(agents.values()), "agent"))
    own = _without_said_twice(own, asked)
    own = _take_back(line, own, {f.channel for f in settled if f.stance is Stance.DENIED})
    _take_back_earlier(reading, line, own)
    _refine(reading, settled)
    reading.findings += settled + own
    if (asked.openly or asked.suggested) and any(f.is_discovery for f in own + settled):
        reading.answered = True
    if line.marks["UNSURE"] and (asked.openly or asked.suggested):
        exchange.doubted_at = line.number
    if not is_filler(line, own):
        exchange.close()


def _map_of_engine(reading: Reading, own: list[Finding]) -> list[Finding]:
    """`the maps` in answer to `search or maps?` after Yandex are Yandex's."""
    engine = _last_engine(reading)
    for finding in own:
        if finding.place.kind == "thing" and finding.channel == "google_maps" and engine is not None:
            channel = "yandex_maps" if ENGINE_OF[engine.channel] == "yandex" else "google_maps"
            place = finding.place
            finding.place = Place(place.line, place.start, place.end, channel, place.kind)
            _drop(reading, engine)
    return own


def _refine(reading: Reading, settled: list[Finding]) -> None:
    """A yes to `was it the ad?` replaces the engine's search."""
    engine = _last_engine(reading)
    for finding in settled:
        same = engine is not None and ENGINE_OF.get(finding.channel) == ENGINE_OF[engine.channel]
        if engine is not None and same and finding.stance is Stance.AFFIRMED and finding.channel != engine.channel:
            _drop(reading, engine)
    if engine is not None:
        follow_ups = [f for f in settled if f.place.kind == "thing" and f.channel in ENGINE_OF]
        for finding in follow_ups:
            if finding.stance is Stance.DENIED and ENGINE_OF[finding.channel] == ENGINE_OF[engine.channel]:
                settled.remove(finding)


def _drop(reading: Reading, place: Place) -> None:
    reading.findings = [finding for finding in reading.findings if finding.place != place]


def _take_back(line: Line, own: list[Finding], denied: set[str]) -> list[Finding]:
    """`on Facebook, no wait, Instagram` leaves Instagram."""
    kept = list(own)
    discoveries = [finding for finding in own if finding.is_discovery and finding.stance is not Stance.DENIED]
    for left, right in pairwise(discoveries):
        if right.place.start - left.place.end > _BACK_REACH or left.channel in denied:
            continue
        between = left.place.end, right.place.start
        if line.marks.any(("TAKEN_BACK", "NO"), *between) and left.channel != right.channel:
            kept.remove(left)
            right.judge(right.stance, right.confidence - 0.05)
    return kept


def _without_said_twice(own: list[Finding], asked: Asked) -> list[Finding]:
    """`Google, no, not Google, Yelp`: what is named and then denied was taken back."""
    both = {f.channel for f in own if f.stance is Stance.DENIED} - asked.suggested - asked.named
    both &= {f.channel for f in own if f.is_discovery and f.stance is not Stance.DENIED}
    return [finding for finding in own if finding.channel not in both]


def _corrects_earlier(reading: Reading, line: Line) -> bool:
    """`wait, no, sorry`, soon after the caller has named a channel."""
    recent = any(f.is_discovery and 0 < line.number - f.place.line <= _LINES_BACK for f in reading.findings[-6:])
    return recent and bool(line.marks.within("TAKEN_BACK", 0, 6))


def _take_back_earlier(reading: Reading, line: Line, own: list[Finding]) -> None:
    """`Actually no, it was Instagram`, one turn later."""
    discoveries = [finding for finding in own if finding.is_discovery and finding.stance is not Stance.DENIED]
    if not discoveries:
        return
    first = discoveries[0].place
    if not line.marks.within("TAKEN_BACK", max(0, first.start - 9), first.start):
        return
    taken = [
        finding
        for finding in reading.findings
        if finding.is_discovery
        and 0 < line.number - finding.place.line <= _LINES_BACK
        and finding.stance is not Stance.DENIED
        and finding.channel != first.channel
    ]
    reading.findings = [finding for finding in reading.findings if finding not in taken]


def _settle_repeats(reading: Reading) -> None:
    """An old customer unasked is a channel only where he buys again, and has no trouble with what he bought."""
    callers = [line for line in reading.lines if line.role is Role.CALLER]
    buys = any(line.marks["BUYING"] for line in callers) and not any(line.marks["SERVICE"] for line in callers)
    sure = SURE["repeat"]
    reading.findings = [
        finding for finding in reading.findings if finding.place.kind != "repeat" or finding.confidence > sure or buys
    ]


def _merge_engines(reading: Reading) -> None:
    """`googled you and saw your ad` is one discovery, the ad."""
    special: dict[tuple[int, str], list[int]] = {}
    for finding in reading.findings:
        if finding.is_discovery and finding.stance is Stance.AFFIRMED and finding.channel not in SEARCH_OF.values():
            key = finding.place.line, ENGINE_OF.get(finding.channel, "")
            special.setdefault(key, []).append(finding.place.start)
    reading.findings = [finding for finding in reading.findings if not _same_act(finding, special)]


def _same_act(finding: Finding, special: dict[tuple[int, str], list[int]]) -> bool:
    if not finding.is_discovery or finding.channel not in SEARCH_OF.values():
        return False
    starts = special.get((finding.place.line, ENGINE_OF[finding.channel]), [])
    at = bisect_left(starts, finding.place.start - _SAME_ACT)
    return at < len(starts) and starts[at] <= finding.place.start + _SAME_ACT
