"""Questions and answers: what the agent asked, and how the caller's next words settle it."""

from dataclasses import dataclass, field

from classifiers.channels.finding import SURE, Finding
from classifiers.channels.judge import Asked, carries
from classifiers.channels.places import ENGINE_OF, SEARCH_OF, Place
from classifiers.channels.reading import Line
from classifiers.channels.roles import around_spans, governing
from models.channel import MentionRole, Stance
from models.conversation import Role

_SHORT = 9
"""Words of a turn at most in which a bare name is a guess: `Google, maybe?`"""
_GUESS_WINDOW = 5
"""Turns after the open question in which such a guess still belongs to it."""
_OPENING = 2
"""Turns of the caller in which people say where they call from."""
_LEAD = 5
"""Words into an answer, fillers left out, where a yes or a no stands."""


@dataclass(slots=True)
class Exchange:
    """What is open between the two at this point of the call."""

    asked_who: bool = False
    turns_heard: int = 0
    """Turns of the caller so far."""
    asked_at: int | None = None
    """Line of the open question while it waits for an answer."""
    last_asked: int = -100
    suggested: list[Place] = field(default_factory=list)
    two_questions: bool = False
    """Another question followed in the same turn, so a bare yes may answer that one."""
    named: frozenset[str] = frozenset()
    """Channels that the agent's last turn spoke of."""
    doubted_at: int = -100
    """Line in which the caller last was unsure."""

    def asked(self, line: Line) -> Asked:
        """What the caller's line may answer; a question inside the line itself counts from there on."""
        own = line.marks["ASKED"]
        self.turns_heard += 1
        if own:
            return Asked(openly=True, begins=own[-1].end)
        suggested = frozenset(place.channel for place in self.suggested)
        return Asked(
            openly=self.asked_at is not None,
            suggested=suggested,
            named=self.named,
            who=self.asked_who,
            opening=self.turns_heard <= _OPENING,
        )

    def close(self) -> None:
        self.asked_at, self.suggested, self.two_questions, self.asked_who = None, [], False, False


def hear_agent(exchange: Exchange, line: Line, places: list[Place]) -> list[Place]:
    """Note the agent's questions; returns the places that are none, to be judged as statements."""
    statements = []
    exchange.named = frozenset(place.channel for place in places)
    asks = line.role is Role.AGENT
    for place in places:
        if asks and _is_suggestion(exchange, line, place):
            exchange.suggested.append(place)
        else:
            statements.append(place)
    if exchange.suggested and exchange.suggested[-1].line == line.number:
        last = exchange.suggested[-1]
        exchange.two_questions = _asks_again(line, last)
    if asks and line.marks["REPEAT_ASKED"]:
        exchange.suggested += _before(line)
    if asks and line.marks["ASKED_WHO"]:
        exchange.asked_who = True
    if asks and (line.marks["ASKED"] or line.marks["ASKED_WHO"]):
        exchange.asked_at = exchange.last_asked = line.number
    return statements


def _before(line: Line) -> list[Place]:
    """`have you used us before?` suggests an old customer."""
    last = line.marks["REPEAT_ASKED"][-1]
    return [Place(line.number, last.start, last.end, "repeat_customer", "repeat")]


def _is_suggestion(exchange: Exchange, line: Line, place: Place) -> bool:
    if place.kind == "person" and not (line.marks["ASKED"] or line.marks["SUGGESTED"] or line.marks["FOUND_YOU"]):
        return False
    cue, apart = governing(line, place)
    if cue is not None and line.marks.within("FOUND_YOU", cue.start, cue.end) and apart <= 12:
        return True
    if cue is not None and cue.name == "SENT" and apart <= 6:
        return False
    if line.marks["ASKED"]:
        return place.start >= line.marks["ASKED"][0].start - 6
    if around_spans(line.marks["SUGGESTED"], place.start, 5) and _is_short(line, place):
        return not carries(place.channel) or _is_talk_of_finding(exchange, line)
    return _is_talk_of_finding(exchange, line) and _is_short(line, place)


def _is_talk_of_finding(exchange: Exchange, line: Line) -> bool:
    return line.number - max(exchange.last_asked, exchange.doubted_at) <= _GUESS_WINDOW


def _is_short(line: Line, place: Place) -> bool:
    first, end = line.sentence(place.start)
    return end - first <= _SHORT


def _asks_again(line: Line, place: Place) -> bool:
    """Whether a further sentence of the turn, after the suggestion's own, is a question."""
    _, end = line.sentence(place.start)
    return line.asks(end, len(line.tokens))


def settle_suggestions(exchange: Exchange, line: Line, own: list[Finding], speaker: str) -> list[Finding]:
    """What the caller's line makes of each suggestion; a dropped one has no finding."""
    settled = []
    lead = _lead(line, own)
    for place in exchange.suggested:
        stance, confidence, cue = _answer(exchange, line, own, place=place, lead=lead)
        if stance is not None:
            cues = [] if cue is None else [(line.number, *cue)]
            settled.append(Finding(place, MentionRole.DISCOVERY, stance, confidence, speaker, cues))
    return settled


def _answer(
    exchange: Exchange, line: Line, own: list[Finding], *, place: Place, lead: tuple[str, int, int] | None
) -> tuple[Stance | None, float, tuple[int, int] | None]:
    same = [finding for finding in own if finding.channel == place.channel]
    if same:
        return same[-1].stance, same[-1].confidence, (same[-1].place.start, same[-1].place.end)
    discoveries = [finding for finding in own if finding.is_discovery and finding.stance is not Stance.DENIED]
    if lead is None:
        doubts = line.marks.within("UNSURE", 0, 12)
        if doubts and not discoveries:
            return Stance.UNCERTAIN, SURE["uncertain"] - 0.1, (doubts[0].start, doubts[0].end)
        return None, 0.0, None
    name, start, end = lead
    if name == "NO" and place.kind == "repeat":
        return None, 0.0, None
    if name == "NO":
        if line.marks.within("UNSURE", start, end + 5) and not discoveries:
            return Stance.UNCERTAIN, 0.5, (start, end)
        return Stance.DENIED, SURE["denied"], (start, end)
    if exchange.two_questions or (discoveries and _same_engine(place, discoveries)):
        return None, 0.0, None
    if line.marks.within("UNSURE", 0, end + 6) or len(exchange.suggested) > 1:
        return Stance.UNCERTAIN, SURE["uncertain"] - 0.1, (start, end)
    if place.kind == "repeat":
        return Stance.AFFIRMED, SURE["repeat"], (start, end)
    return Stance.AFFIRMED, SURE["yes"] - (0.25 if discoveries else 0.0), (start, end)


def _same_engine(place: Place, discoveries: list[Finding]) -> bool:
    engine = ENGINE_OF.get(place.channel)
    return engine is not None and any(ENGINE_OF.get(finding.channel) == engine for finding in discoveries)


def _lead(line: Line, own: list[Finding]) -> tuple[str, int, int] | None:
    """The yes or no with which a line begins, fillers aside; none behind a channel that is the answer itself."""
    fillers = {at for span in line.marks["FILLERS"] for at in range(span.start, span.end)}
    limit, seen = 0, 0
    while limit < len(line.tokens) and seen < _LEAD:
        seen += limit not in fillers
        limit += 1
    spans = sorted([*line.marks.within("YES", 0, limit), *line.marks.within("NO", 0, limit)])
    if not spans:
        return None
    first = spans[0]
    if own and own[0].place.start < first.start:
        return None
    longest_there = max((span for span in spans if span.start == first.start), key=lambda span: span.end)
    return longest_there.name, longest_there.start, longest_there.end


def is_filler(line: Line, own: list[Finding]) -> bool:
    """A turn that leaves the question open: `uh`, `what?`"""
    fillers = {at for span in line.marks["FILLERS"] for at in range(span.start, span.end)}
    said = [at for at in range(len(line.tokens)) if at not in fillers]
    return not own and not said and not line.marks["YES"] and not line.marks["NO"]


def follow_up(line: Line, last_engine: Place | None) -> Place | None:
    """`was it the ad?` after `on Google`: a suggestion without a name, of the engine's paid side or its map."""
    if last_engine is None or line.role is not Role.AGENT or line.number - last_engine.line > 3:
        return None
    search = SEARCH_OF[ENGINE_OF[last_engine.channel]]
    tables = (("AD", "ads"), ("MAP", "maps"))
    for name, side in tables:
        for mark in line.marks[name][:1]:
            first, end = line.sentence(mark.start)
            if end - first <= _SHORT + 3 and (line.asks(first, end) or line.marks["SUGGESTED"]):
                channel = {"google_search": {"ads": "google_ads", "maps": "google_maps"}}.get(
                    search, {"ads": "yandex_direct", "maps": "yandex_maps"}
                )[side]
                return Place(line.number, mark.start, mark.end, channel, "thing")
    return None
