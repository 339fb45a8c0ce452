"""What a decoder wrote of a pack, and which of it are words: the rest is dropped with its reason."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from models.transcript import Dropped, Word
from transcription.clean import LEAST_LOGPROB, MOST_COMPRESSION, MOST_SILENCE, compression, invented_reason
from transcription.packing import Plan

_LEAST_LEAK = 3
"""Names in a row of the list that nobody says by chance. People do name two brands that stand beside each other."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One word; seconds in its pack. `text` has its leading space: a part without one belongs to the word before."""

    text: str
    start: float
    end: float
    chance: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or so."""

    text: str
    words: tuple[Heard, ...]
    avg_logprob: float
    no_speech: float


@dataclass(slots=True)
class Written:
    """Words and dropped pieces, with the times of the recording."""

    words: list[Word] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    doubtful: list[Dropped] = field(default_factory=list)
    """Kept as words, but improbable."""

    def add(self, other: "Written") -> None:
        self.words += other.words
        self.dropped += other.dropped
        self.doubtful += other.doubtful


def written(segments: Iterable[Segment], plan: Plan, names: Sequence[str] = ()) -> Written:
    """Of one pack. `names` is the list that the decoder was told."""
    result = Written()
    for segment in segments:
        words = _words(segment, plan)
        reason = _reason(segment, names)
        if not words:
            continue
        if reason is not None:
            result.dropped += _dropped(words, reason)
            continue
        result.words += words
        if segment.avg_logprob < LEAST_LOGPROB:
            result.doubtful += _dropped(words, "improbable text")
    return result


def is_doubtful(segments: Sequence[Segment], names: Sequence[str] = ()) -> bool:
    """Worth a second hearing: loops, improbable text where there is speech, and what may be only the list of names."""
    return any(
        is_leaked(segment.text, names)
        or compression(segment.text) > MOST_COMPRESSION
        or (segment.avg_logprob < LEAST_LOGPROB and segment.no_speech <= MOST_SILENCE)
        for segment in segments
    )


def is_leaked(text: str, names: Sequence[str]) -> bool:
    """The text is nothing but the list of names that the decoder was told, or a long enough piece of it, in its order.

    One name alone is what people say, and two are a greeting: the business and who speaks.
    """
    said, told = _plain(text), [_plain(name) for name in names]
    runs = (told[first:] for first in range(len(told)))
    return bool(said) and any(_names_in(said, run) >= _LEAST_LEAK for run in runs)


def _names_in(said: list[str], run: Sequence[list[str]]) -> int:
    """How many names of the run make up all that was said, the last one perhaps broken off; 0 if they do not."""
    count = 0
    while said and count < len(run):
        name = run[count]
        if said[: len(name)] != name and name[: len(said)] != said:
            return 0
        said, count = said[len(name) :], count + 1
    return 0 if said else count


def _reason(segment: Segment, names: Sequence[str]) -> str | None:
    if is_leaked(segment.text, names):
        return "the list of names came back"
    return invented_reason(segment.text, avg_logprob=segment.avg_logprob, no_speech=segment.no_speech)


def _words(segment: Segment, plan: Plan) -> list[Word]:
    words: list[Word] = []
    for heard in segment.words:
        channel, first, last = plan.times(heard.start, heard.end)
        if words and not heard.text.startswith(" "):
            before = words[-1]
            last = max(before.end or 0.0, last) if channel == before.channel else before.end or 0.0
            words[-1] = Word(before.text + heard.text.strip(), before.start, last, before.confidence, before.channel)
        elif heard.text.strip():
            chance = round(min(1.0, max(0.0, heard.chance)), 3)
            words.append(Word(heard.text.strip(), first, last, chance, channel))
    return words


def _dropped(words: Sequence[Word], reason: str) -> Iterator[Dropped]:
    """One for each channel: a segment may reach over the seam."""
    for channel in dict.fromkeys(word.channel for word in words):
        said = [word for word in words if word.channel == channel]
        yield Dropped(
            start=min(word.start or 0.0 for word in said),
            end=max(word.end or 0.0 for word in said),
            channel=channel,
            reason=reason,
            text=" ".join(word.text for word in said),
        )


def _plain(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())
