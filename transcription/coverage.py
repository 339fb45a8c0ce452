"""Speech of which an engine wrote nothing: every second that is called speech ends in words or in a reason."""

from collections.abc import Iterable, Mapping, Sequence

from audio.speech import Span
from models.transcript import Dropped, Word

NOTHING_WRITTEN = "the engine wrote nothing here"
GAP = 2.0
"""Seconds of speech without a word, inside a span that has some: five words at a common pace. Word times err by half
a second, and people draw out an `um` for a second."""


def uncovered(
    spans: Mapping[int, Sequence[Span]], words: Iterable[Word], dropped: Iterable[Dropped] = ()
) -> list[tuple[int, Span]]:
    """Spans without any word or reason, and gaps of `GAP` and more in others, as (channel, span), ordered by time."""
    told: dict[int, list[Span]] = {}
    for word in words:
        if word.start is not None:
            told.setdefault(word.channel, []).append(Span(word.start, max(word.start, word.end or word.start)))
    for piece in dropped:
        told.setdefault(piece.channel, []).append(Span(piece.start, piece.end))
    found = [
        (channel, hole)
        for channel, spoken in spans.items()
        for span, inside in _inside(spoken, sorted(told.get(channel, []), key=lambda stretch: stretch.start))
        for hole in _holes(span, inside)
    ]
    return sorted(found, key=lambda hole: (hole[1].start, hole[0]))


def unwritten(
    spans: Mapping[int, Sequence[Span]], words: Iterable[Word], dropped: Iterable[Dropped] = ()
) -> list[Dropped]:
    """What is uncovered, told: no second of speech is lost silently, whatever else its piece held."""
    return [
        Dropped(start=span.start, end=span.end, channel=channel, reason=NOTHING_WRITTEN)
        for channel, span in uncovered(spans, words, dropped)
    ]


def _inside(spans: Sequence[Span], told: Sequence[Span]) -> Iterable[tuple[Span, list[Span]]]:
    """Each span with what was told of it. One walk: hours have ten thousands of words."""
    place = 0
    longest = max((stretch.end - stretch.start for stretch in told), default=0.0)
    for span in sorted(spans, key=lambda span: span.start):
        while place < len(told) and told[place].start + longest < span.start:
            place += 1
        inside = []
        for number in range(place, len(told)):
            if told[number].start > span.end:
                break
            if _meet(told[number], span):
                inside.append(told[number])
        yield span, inside


def _meet(stretch: Span, span: Span) -> bool:
    """Where two spans touch, a word of one is none of the other; one without length lies in both."""
    if stretch.start == stretch.end:
        return span.start <= stretch.start <= span.end
    return stretch.start < span.end and stretch.end > span.start


def _holes(span: Span, inside: Sequence[Span]) -> Iterable[Span]:
    if not inside:
        yield span
        return
    at = span.start
    for stretch in [*inside, Span(span.end, span.end)]:
        if stretch.start - at >= GAP:
            yield Span(at, stretch.start)
        at = max(at, stretch.end)
