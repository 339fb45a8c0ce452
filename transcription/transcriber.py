"""What every speech engine does."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, runtime_checkable

from audio.sound import Sound
from models.context import Context
from models.transcript import Dropped, LanguageStretch, Transcript, Word

Progress = Callable[[float], None]
"""Called with the share of the work that is done, 0 to 1."""

Timed = TypeVar("Timed", Word, Dropped, LanguageStretch)


class Transcriber(Protocol):
    """Sound to words. `engines/<name>.py` has one class that fits, and `create(**options)`."""

    version: str
    """Engine, weights and options: part of every saved transcript."""

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        """Every channel that is worth hearing, words ordered by start.

        Raises NoEngine when the engine cannot read the language, EngineFailed when it broke,
        BadRecording when the sound cannot be decoded.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardLanguage:
    """What a recording speaks."""

    language: str | None
    """ISO 639-1, of most of the speech; None when there is no speech to tell it from."""
    confidence: float
    """0 to 1; 0 without a language."""
    stretches: tuple[LanguageStretch, ...] = ()
    """Where it surely changes: the windows that were heard, ordered by time. Empty while it is one language."""


@runtime_checkable
class HearsLanguage(Protocol):
    """An engine that can tell the language before anybody writes the words."""

    def language_of(self, sound: Sound, context: Context) -> HeardLanguage:
        """From several stretches of speech of all sides; `context.language`, if it is set, with a confidence of 1.

        What it heard is kept for the next `transcribe` of the same `sound`, which then costs no second hearing.
        Raises EngineFailed when the engine broke.
        """
        ...


def in_order(parts: Iterable[Timed], sides: int) -> tuple[Timed, ...]:
    """By time; the only side of a call is channel 0, wherever it was heard."""
    ordered = sorted(parts, key=lambda part: (part.start or 0.0, part.channel))
    return tuple(ordered if sides > 1 else (replace(part, channel=0) for part in ordered))
