"""Words as they were recognised or delivered. A transcript never changes once it is saved."""

from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Word:
    """One word with its punctuation. Words are joined by one space."""

    text: str
    start: float | None = None
    """Seconds from the beginning of the recording; None where there is no sound."""
    end: float | None = None
    confidence: float | None = None
    """0 to 1, as the engine puts it; None when it says nothing."""
    channel: int = 0
    """The audio channel it was heard on. In a delivered transcript: the number of its speaker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Speech, or what an engine took for it, that is not among the words."""

    start: float
    """Seconds."""
    end: float
    channel: int
    reason: str
    """One line for people."""
    text: str = ""
    """What the engine wrote there, if anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageStretch:
    """A stretch of a channel in one language. Seconds."""

    start: float
    end: float
    channel: int
    language: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The words of one recording, ordered by time."""

    words: tuple[Word, ...]
    language: str | None
    """ISO 639-1; None when it could not be told."""
    language_confidence: float | None = None
    engine: str
    """Engine, weights and options that wrote it: the same string means the same result."""
    duration: float | None = None
    """Seconds of sound."""
    channels: int = 1
    rough: bool = False
    """Written by an engine that errs too often for this language; confidences built on it are lowered."""
    partial: bool = False
    """The recording broke off, and this is what there was."""
    notes: tuple[str, ...] = ()
    """What was doubted and why, for people."""
    dropped: tuple[Dropped, ...] = ()
    """Ordered by time."""
    languages: tuple[LanguageStretch, ...] = ()
    """Where the language changes: all stretches, ordered by time; empty while it is one language throughout."""


def spread_words(text: str, start: float | None, end: float | None, *, channel: int = 0) -> tuple[Word, ...]:
    """The words of a text that somebody spoke between two seconds, each with a share of the time by its length.

    A phone system that delivers a transcript times its turns, not its words; within a turn this errs by a second or so.
    """
    texts = text.split()
    if start is None or end is None:
        return tuple(Word(word, channel=channel) for word in texts)
    letters = sum(map(len, texts))
    ends = [start + (end - start) * said / letters for said in accumulate(map(len, texts))]
    return tuple(
        Word(word, round(began, 3), round(ended, 3), channel=channel)
        for word, began, ended in zip(texts, [start, *ends], ends, strict=False)
    )
