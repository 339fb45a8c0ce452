"""What a channel was for, by the verb that governs it and by who is its subject."""

from bisect import bisect_left, bisect_right

from classifiers.channels.places import Place, around, distance
from classifiers.channels.reading import Line
from classifiers.phrases import Span

REACH = 14
"""Words between a place and its verb at most; a full stop between them counts ten."""
_SUBJECT_REACH = 12
_OF_PEOPLE = 5.0
"""What a recommendation is put farther off by: it speaks of people before it speaks of a channel."""
_OF_JOINTS = 3.0
"""What an `and` or `so` between a place and a verb puts them apart by."""
_AGAINST_ORDER = 1.5
"""What a word of distance counts on the side where the language rarely puts its verb."""


def governing(line: Line, place: Place) -> tuple[Span | None, float]:
    """The nearest verb that says what a place was used for, and its distance."""
    best: tuple[Span | None, float] = (None, REACH + 1)
    for cue in around_spans(line.governing, place.start, REACH + 4):
        apart = distance(line, place, cue) + (_OF_PEOPLE if cue.name == "RECOMMENDED" else 0.0)
        before = cue.end <= place.start
        left, right = (cue.end, place.start) if before else (place.end, cue.start)
        apart += _OF_JOINTS * len(line.marks.within("AND", left, right))
        if before == line.verb_follows:
            apart *= _AGAINST_ORDER
        if apart < best[1] or (apart == best[1] and cue.name == "SENT"):
            best = (cue, apart)
    return best


def around_spans(spans: list[Span], at: int, reach: int) -> list[Span]:
    """Spans, ordered, that begin within `reach` words of token `at`."""
    low = bisect_left(spans, at - reach, key=lambda span: span.start)
    return spans[low : bisect_right(spans, at + reach, key=lambda span: span.start)]


def other_subject(line: Line, cue: Span) -> Span | None:
    """Who else found it, when the verb's subject is somebody else: a person or `she`; None for the speaker."""
    if cue.name in {"FOUND_SELF", "FOUND_YOU", "FOUND_NOT", "SENT"}:
        return None
    own = line.marks.within("SELF", cue.start - _SUBJECT_REACH, cue.end)
    other = [
        span
        for name in ("OTHERS", "PEOPLE")
        for span in line.marks.within(name, cue.start - _SUBJECT_REACH, cue.end)
        if span.end <= cue.start or cue.name == "FOUND_OTHER"
    ]
    subjects = sorted(span for span in [*own, *other] if line.stops[span.start] == line.stops[cue.start])
    if not subjects:
        return None
    last = max(subjects, key=lambda span: (span.start, span.end))
    if last.name == "PEOPLE" and _after_from(line, last):
        return None
    return None if last.name == "SELF" else last


def by_whom(line: Line, place: Place, cue: Span | None) -> Span | None:
    """Somebody else as the finder of a place, or None."""
    verb = cue
    if place.kind in {"telling", "repeat"}:
        verb = Span(place.start, place.end, "TELLING")
    return other_subject(line, verb) if verb is not None else None


def says_whose(line: Line, place: Place, cue: Span) -> bool:
    """Whether the business, its ad or its number is what was found."""
    low, high = min(place.start, cue.start) - 6, max(place.end, cue.end) + 4
    return bool(line.marks.within("OURS", low, high))


def recommends(line: Line, person: Place, places: list[Place]) -> Span | None:
    """What this person did to bring the caller, when no other person stands nearer to it."""
    people = [place for place in around(places, person.start, 30) if place.kind == "person"]
    cues = around_spans(line.marks["RECOMMENDED"], person.start, REACH)
    if not line.marks.within("HOUSEHOLD", person.start, person.end):
        cues += around_spans(line.marks["USED"], person.start, REACH)
    for cue in cues:
        near = min(people, key=lambda place: distance(line, place, cue) + (place.start > cue.start) * 3)
        if near is person and distance(line, person, cue) <= REACH - 2:
            return cue
    return None


def came_from(line: Line, place: Place) -> bool:
    """Whether `from`, `through` and the like stand right before a place, or before its `my` or `a`."""
    return any(span.end > place.start - 3 for span in line.marks.within("FROM", place.start - 3, place.start))


def is_nearby(line: Line, place: Place) -> bool:
    """`near the metro`: a place on the map, not where something was seen."""
    return any(span.end >= place.start - 1 for span in line.marks.within("NEARBY", place.start - 5, place.start))


def is_negated(line: Line, place: Place, places: list[Place], *, suggested: bool) -> bool:
    """`not from Facebook`; where verbs follow, `from Divar, no`."""
    if line.verb_follows:
        if not suggested and any(place.end < other.start <= place.end + 8 for other in around(places, place.end, 8)):
            return False  # `on Instagram, no, on Telegram` takes back and does not deny
        behind = line.marks.within("NOT", place.end, place.end + 3)
        return any(line.gap(place.end, span.start) <= 1 for span in behind)
    before = line.marks.within("NOT", place.start - 5, place.start)
    between = [other for other in around(places, place.start, 5) if other.start < place.start]
    return any(
        line.gap(span.end, place.start) <= 2 and not any(other.start >= span.end for other in between)
        for span in before
    )


def _after_from(line: Line, span: Span) -> bool:
    return any(line.marks.within("FROM", span.start - 2, span.start))
