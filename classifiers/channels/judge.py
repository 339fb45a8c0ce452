"""What the caller's own places in one line are: discoveries or not, meant, denied or doubted."""

from dataclasses import dataclass, field
from itertools import pairwise

from classifiers.channels.finding import SURE, Finding
from classifiers.channels.places import Place, around, distance
from classifiers.channels.reading import Line
from classifiers.channels.roles import (
    REACH,
    around_spans,
    by_whom,
    came_from,
    governing,
    is_nearby,
    is_negated,
    recommends,
    says_whose,
)
from classifiers.phrases import Span
from models.channel import GROUP_OF, ChannelGroup, MentionRole, Stance

_SEEN = frozenset({"FOUND", "FOUND_SELF", "FOUND_YOU", "FOUND_OTHER"})
_FOUND = _SEEN | {"FOUND_NOT", "RECOMMENDED"}
_ANSWER_REACH = 28
"""Words into a caller's turn in which a channel still answers the question before it."""
_PERSON_REACH = 9
_DOUBT_REACH = 12
_NAME_LENGTH = 14
"""Words of an answer at most that is taken for somebody's name."""
LISTINGS = frozenset(
    {
        *("avito", "divar", "yelp", "angi", "nextdoor", "2gis", "directory_other", "ai_assistant"),
        *("google_maps", "yandex_maps", "apple_maps"),
    }
)
"""Channels that people name at the start of a call because they found something there."""
_PAPERS = frozenset({"billboard", "flyer"})
_SEEN_AT = frozenset({"transit", "storefront", "event"})
"""Where a poster hangs is the channel, not the poster."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands open when the caller speaks."""

    openly: bool = False
    """The agent asked how the caller heard of the business."""
    suggested: frozenset[str] = frozenset()
    """Channels that the agent asked about."""
    named: frozenset[str] = frozenset()
    """Channels that the agent's last turn spoke of in any way."""
    who: bool = False
    """The open question was who sent the caller."""
    opening: bool = False
    """It is one of the caller's first turns."""
    begins: int = 0
    """Token of the caller's line at which the answer can begin."""

    def reaches(self, place: Place, reach: int = _ANSWER_REACH) -> bool:
        return (self.openly or bool(self.suggested)) and 0 <= place.start - self.begins <= reach


@dataclass(slots=True)
class _Judged:
    line: Line
    places: list[Place]
    asked: Asked
    speaker: str
    findings: list[Finding] = field(default_factory=list)
    finders: dict[tuple[int, int], Span] = field(default_factory=dict)
    """Others who found the business where the caller says, by their place: each is a referral."""
    unsaid: set[Place] = field(default_factory=set)
    """Places that another one explains."""
    first_found: int | None = None
    """Where the first discovery stands."""

    def negates(self, place: Place) -> bool:
        return is_negated(self.line, place, self.places, suggested=place.channel in self.asked.suggested)

    def answers_first(self, place: Place) -> bool:
        """Whether the place is the first of an answer, and near its beginning: there it is the answer itself."""
        return self.asked.openly and self.asked.reaches(place, 5) and place is self.places[0]

    def add(self, place: Place, role: MentionRole, confidence: float, *cues: Span | None) -> Finding:
        words = [(self.line.number, cue.start, cue.end) for cue in cues if cue is not None]
        finding = Finding(place, role, Stance.AFFIRMED, confidence, self.speaker, words)
        self.findings.append(finding)
        if finding.is_discovery:
            self.first_found = place.start if self.first_found is None else min(self.first_found, place.start)
        return finding


def judge_line(line: Line, places: list[Place], asked: Asked, speaker: str) -> list[Finding]:
    """Findings in order; a place that is no channel in its sentence has none."""
    judged = _Judged(line, places, asked, speaker)
    for place in places:
        if place.is_named or place.kind == "telling":
            _judge_named(judged, place)
        elif place.kind == "thing":
            _judge_thing(judged, place)
    for place in places:
        if place.kind == "person":
            _judge_person(judged, place)
        elif place.kind == "repeat":
            _judge_repeat(judged, place)
    _add_finders(judged)
    _add_name(judged)
    judged.findings.sort(key=lambda finding: finding.place.start)
    judged.findings = _without_lesser(judged)
    _doubt(judged)
    return judged.findings


def carries(channel: str) -> bool:
    """Whether a channel mostly carries something else than news of the business: `send it on WhatsApp`."""
    return GROUP_OF[channel] in {ChannelGroup.MESSENGERS, ChannelGroup.OWNED} and channel != "ai_assistant"


def _without_lesser(judged: _Judged) -> list[Finding]:
    """Without what another finding says better: a card beside the fair, the poster of a station, `the Avito site`."""
    findings = judged.findings
    named = any(finding.is_discovery and finding.channel != "other" for finding in findings)
    kept = []
    for at, finding in enumerate(findings):
        if finding.place in judged.unsaid or _is_said_by(judged, finding):
            continue
        near = [other for other in findings[max(0, at - 2) : at + 3] if other is not finding]
        if finding.channel == "other" and named:
            continue
        if finding.channel in _PAPERS and any(_hangs_at(finding.place, other) for other in near):
            continue
        if finding.channel in {"website", "app"} and any(
            other.place.is_named and other.channel != finding.channel and _touch(other.place, finding.place)
            for other in near
        ):
            continue
        kept.append(finding)
    return kept


def _hangs_at(paper: Place, other: Finding) -> bool:
    if paper.channel == "billboard" and other.channel in _SEEN_AT and 0 <= other.place.start - paper.end <= 4:
        return True
    return other.channel == "event" and max(other.place.start - paper.end, paper.start - other.place.end) <= 5


def _is_said_by(judged: _Judged, finding: Finding) -> bool:
    """`I asked ChatGPT and it recommended you`: who recommends is the channel named just before."""
    if (finding.place.kind, finding.channel) != ("telling", "referral"):
        return False
    line, start = judged.line, finding.place.start
    if line.marks.within("PEOPLE", start - _NAME_LENGTH, finding.place.end):
        return False
    brands = [other for other in around(judged.places, start, 8) if other.is_named and other.start < start]
    return any(f.place in brands and f.is_discovery for f in judged.findings)


def _touch(left: Place, right: Place) -> bool:
    return left.end == right.start or right.end == left.start


def _judge_named(judged: _Judged, place: Place) -> None:
    line = judged.line
    cue, apart = governing(line, place)
    answers = judged.asked.openly and judged.asked.reaches(place)
    sent = cue is not None and cue.name == "SENT" and not (answers and apart > 3)
    if sent and place.is_named and not judged.answers_first(place):
        judged.add(place, MentionRole.INCIDENTAL, SURE["incidental"], cue)
    elif judged.negates(place) or (cue is not None and cue.name == "FOUND_NOT" and apart <= 6):
        _judge_negated(judged, place, cue)
    elif _found_by_other(judged, place, cue):
        judged.add(place, MentionRole.INCIDENTAL, SURE["incidental"], cue)
    elif place.kind == "telling":
        judged.add(place, MentionRole.DISCOVERY, SURE["answer"] if answers else SURE["phrase"], None)
    elif answers or judged.asked.suggested & {place.channel}:
        judged.add(place, MentionRole.DISCOVERY, SURE["answer"], None)
    elif cue is not None and cue.name in _FOUND and _brings(judged, place, cue, apart):
        sure = SURE["told"] if says_whose(line, place, cue) else SURE["found"]
        judged.add(place, MentionRole.DISCOVERY, sure, cue, _ad_near(line, place))
    elif _likely(judged, place) or _recommended_there(judged, place):
        judged.add(place, MentionRole.DISCOVERY, SURE["found"], None)
    else:
        judged.add(place, MentionRole.INCIDENTAL, SURE["incidental"] - 0.1, None)


def _recommended_there(judged: _Judged, place: Place) -> bool:
    """`you were recommended in a Telegram chat`: by nobody in particular, so the chat is where it was found."""
    line = judged.line
    first, end = line.sentence(place.start)
    praises = [
        other
        for other in around(judged.places, place.start, 8)
        if (other.kind, other.channel) == ("telling", "referral") and first <= other.start < end
        if not line.marks.within("PEOPLE", first, other.end)
    ]
    judged.unsaid.update(praises)
    return bool(praises)


def _likely(judged: _Judged, place: Place) -> bool:
    """Another channel than the one suggested, or what a call begins with: a listing, a campaign, `from Instagram`."""
    asked = judged.asked
    if asked.suggested and asked.reaches(place, 10) and not carries(place.channel):
        return True
    if not asked.opening:
        return False
    if place.kind == "campaign":
        return True
    return place.channel in LISTINGS or (came_from(judged.line, place) and not carries(place.channel))


def _brings(judged: _Judged, place: Place, cue: Span, apart: float) -> bool:
    """Whether a verb of finding is near enough to speak of this place, and speaks of the business."""
    if cue.name == "RECOMMENDED":
        return apart <= REACH - 2
    if place.kind == "campaign":
        return apart <= REACH  # it is the business's own, whoever's name is on it
    if carries(place.channel):
        return apart <= 8 and says_whose(judged.line, place, cue)
    return says_whose(judged.line, place, cue) or apart <= 4 or cue.name == "FOUND_SELF"


def _judge_negated(judged: _Judged, place: Place, cue: Span | None) -> None:
    """A denial where it answers a suggestion or speaks of finding; `I am not on Facebook` otherwise says nothing."""
    near = cue is not None and cue.name in _FOUND
    if judged.asked.suggested or judged.asked.openly or near or place.channel in judged.asked.named:
        finding = judged.add(place, MentionRole.DISCOVERY, SURE["denied"], None)
        finding.stance = Stance.DENIED
    elif place.is_named:
        judged.add(place, MentionRole.INCIDENTAL, SURE["incidental"] - 0.2, None)


def _found_by_other(judged: _Judged, place: Place, cue: Span | None) -> bool:
    if place.channel == "referral":
        return False
    near = cue if cue is not None and cue.name in {"FOUND", "FOUND_OTHER"} else None
    if near is None and place.kind != "telling":
        return False
    finder = by_whom(judged.line, place, near)
    if finder is None:
        return False
    judged.finders[finder.start, finder.end] = finder
    return True


def _judge_thing(judged: _Judged, place: Place) -> None:
    line, asked = judged.line, judged.asked
    if is_nearby(line, place):
        return
    cue, apart = governing(line, place)
    answers = asked.reaches(place, 14)
    if judged.negates(place) or (cue is not None and cue.name == "FOUND_NOT" and apart <= 6):
        if asked.openly or place.channel in asked.suggested or (cue is not None and cue.name == "FOUND_NOT"):
            judged.add(place, MentionRole.DISCOVERY, SURE["denied"], None).stance = Stance.DENIED
    elif cue is not None and cue.name == "SENT" and not (answers and apart > 3):
        return
    elif cue is not None and cue.name != "SENT" and _found_by_other(judged, place, cue):
        judged.add(place, MentionRole.INCIDENTAL, SURE["incidental"], cue)
    elif answers and (asked.openly or place.channel in asked.suggested or asked.reaches(place, 10)):
        judged.add(place, MentionRole.DISCOVERY, SURE["answer"], None)
    elif cue is not None and cue.name in _SEEN and apart <= 10 and _is_ours(judged, place, cue, apart):
        judged.add(place, MentionRole.DISCOVERY, SURE["told"] - 0.08, cue, _ad_near(line, place))
    elif ad := _ad_near(line, place):
        judged.add(place, MentionRole.DISCOVERY, SURE["told"] - 0.12, ad)


def _is_ours(judged: _Judged, place: Place, cue: Span, apart: float) -> bool:
    listed = judged.asked.opening and place.channel in LISTINGS and apart <= 4
    return listed or says_whose(judged.line, place, cue)


def _ad_near(line: Line, place: Place) -> Span | None:
    near = [mark for mark in around_spans(line.marks["AD"], place.start, 9) if distance(line, place, mark) <= 6]
    return min(near, key=lambda mark: distance(line, place, mark), default=None)


def _judge_person(judged: _Judged, place: Place) -> None:
    line, asked = judged.line, judged.asked
    if judged.negates(place):
        return
    if judged.first_found is not None and line.marks.within("FOUND_SELF", place.end, place.end + 3):
        return  # `my son showed me your ad`: the caller saw it
    cue = recommends(line, place, judged.places)
    found, apart = governing(line, place)
    named = judged.first_found is not None and judged.first_found < place.start
    if judged.finders.pop((place.start, place.end), None) is not None:
        judged.add(place, MentionRole.DISCOVERY, SURE["person"], None)
    elif cue is not None:
        judged.add(place, MentionRole.DISCOVERY, SURE["person"], cue)
    elif found is not None and found.name in {"FOUND", "FOUND_SELF"} and came_from(line, place) and apart <= 8:
        judged.add(place, MentionRole.DISCOVERY, SURE["person"], found)
    elif asked.reaches(place, _PERSON_REACH) and not named and _answers_with_person(judged, place):
        judged.add(place, MentionRole.DISCOVERY, SURE["answer"] - 0.05, None)


def _answers_with_person(judged: _Judged, place: Place) -> bool:
    if judged.asked.openly or came_from(judged.line, place):
        return True
    return judged.asked.reaches(place, 6) and bool(judged.line.marks.within("NO", 0, 4))


def _judge_repeat(judged: _Judged, place: Place) -> None:
    line = judged.line
    for_whom = [other for other in around(judged.places, place.end, 3) if other.kind == "person"]
    others = [other for other in for_whom if not line.marks.within("HOUSEHOLD", other.start, other.end)]
    if not line.verb_follows and any(0 <= other.start - place.end <= 2 for other in others):
        judged.finders[place.start, place.end] = Span(place.start, place.end, "REPEAT")
        return
    if judged.negates(place) or line.marks.within("FOUND_NOT", place.start - 4, place.end):
        return
    finder = by_whom(line, place, None)
    if finder is not None:
        judged.finders[finder.start, finder.end] = finder
    elif judged.asked.openly and judged.asked.reaches(place):
        judged.add(place, MentionRole.DISCOVERY, SURE["answer"], None)
    else:
        judged.add(place, MentionRole.DISCOVERY, SURE["repeat"], None)


def _add_finders(judged: _Judged) -> None:
    """Somebody else who found us, known only as `she` or not yet counted, is this caller's referral."""
    have = any(finding.channel == "referral" for finding in judged.findings)
    for span in judged.finders.values():
        if not have:
            place = Place(judged.line.number, span.start, span.end, "referral", "person")
            judged.add(place, MentionRole.DISCOVERY, SURE["person"] - 0.12, None)
            have = True


def _add_name(judged: _Judged) -> None:
    """Asked who sent them, people say names: `that would be Linda`."""
    line, asked = judged.line, judged.asked
    cue = next(iter(line.marks["RECOMMENDED"]), None)
    if asked.openly and cue is not None and judged.first_found is None and not judged.findings:
        place = Place(line.number, cue.start, cue.end, "referral", "person")
        judged.add(place, MentionRole.DISCOVERY, SURE["person"] - 0.15, None)
        return
    named = asked.who or (asked.openly and bool(line.marks.within("FROM_WHOM", asked.begins, asked.begins + 3)))
    if not named or judged.first_found is not None or not 0 < len(line.tokens) <= _NAME_LENGTH:
        return
    if line.marks["UNSURE"] or line.marks["NO"] or line.asks(0, len(line.tokens)):
        return
    place = Place(line.number, 0, len(line.tokens), "referral", "person")
    judged.add(place, MentionRole.DISCOVERY, SURE["person"] - 0.1, None)


def _doubt(judged: _Judged) -> None:
    """`maybe`, `I don't remember` and `or` make the discoveries that they speak of uncertain."""
    line = judged.line
    open_ones = [f for f in judged.findings if f.is_discovery and f.stance is Stance.AFFIRMED]
    by_place = {finding.place: finding for finding in open_ones}
    places = [finding.place for finding in open_ones]
    for mark in line.marks["UNSURE"]:
        _doubt_nearest(line, mark, [by_place[p] for p in around(places, mark.start, 18)], _DOUBT_REACH)
    for mark in line.marks["GUESSING"]:
        near = [by_place[p] for p in around(places, mark.start, 8) if p.start >= mark.end or mark.start - p.end <= 1]
        _doubt_nearest(line, mark, near, 5)
    for left, right in pairwise(open_ones):
        either = line.marks.within("OR", left.place.end, right.place.start)
        if either and right.place.start - left.place.end <= 8:
            for finding in (left, right):
                finding.judge(Stance.UNCERTAIN, SURE["uncertain"])


def _doubt_nearest(line: Line, mark: Span, findings: list[Finding], reach: int) -> None:
    near = [finding for finding in findings if distance(line, finding.place, mark) <= reach]
    if near:
        nearest = min(near, key=lambda f: distance(line, f.place, mark) + (f.place.start < mark.start) * 2)
        nearest.judge(Stance.UNCERTAIN, SURE["uncertain"])
        nearest.cues.append((line.number, mark.start, mark.end))
