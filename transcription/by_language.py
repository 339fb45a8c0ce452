"""An engine for each language: where nobody has named the language of a call, it is heard first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from audio.sound import Sound
from models.context import Context
from models.errors import NoEngine
from models.transcript import Transcript
from transcription.transcriber import HeardLanguage, HearsLanguage, Progress, Transcriber, in_order

SURE = 0.5
"""Chance of a language below which its own engine is not asked: one for a single language writes that language whatever
it hears, where Whisper, which reads them all, errs less on a wrong guess."""
_HEARING = 0.05
"""Share of the work that hearing the language is: some windows of half a minute, of a whole call."""


class Hearing(HearsLanguage, Transcriber, Protocol):
    """Whisper: it hears the language, and can write too."""


class ByLanguage:
    """Hears the language with one engine and lets another write. Calls whose language is known need none of this."""

    def __init__(
        self,
        engine_for: Callable[[str | None], Transcriber],
        hearing: Callable[[], Hearing | None],
    ) -> None:
        """`engine_for`: the engine of a language, or (None) of all that have no own; it raises NoEngine.

        `hearing`: an engine that tells the language; None when there is none here.
        """
        self.version = "by language"
        self._engine_for = engine_for
        self._hearing = hearing

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        """`engine` of the transcript, and from then on `version`, name the one that wrote it.

        Raises NoEngine when the language is not known, cannot be heard, and no engine is there for all languages.
        """
        hearing = self._hearing() if context.language is None else None
        if hearing is None:
            return self._written(self._engine_for(context.language), sound, context, progress)
        heard = hearing.language_of(sound, context)
        progress(_HEARING)
        engine, notes = self._chosen(heard, hearing)
        if engine is hearing:  # It has kept what it heard, and knows best what to do where the language changes.
            known = context
        else:
            known, notes = replace(context, language=heard.language), notes + _changes(heard)
        transcript = self._written(engine, sound, known, lambda done: progress(_HEARING + (1 - _HEARING) * done))
        if engine is not hearing:
            stretches = in_order(heard.stretches, sound.sides)
            transcript = replace(transcript, language_confidence=heard.confidence, languages=stretches)
        return replace(transcript, notes=transcript.notes + notes)

    def _chosen(self, heard: HeardLanguage, hearing: Hearing) -> tuple[Transcriber, tuple[str, ...]]:
        if heard.language is None:
            return hearing, ()
        engine = self._engine_for(heard.language)
        if heard.confidence >= SURE or engine is hearing:
            return engine, ()
        try:
            general = self._engine_for(None)
        except NoEngine:
            return engine, ()
        if general is not hearing:
            return engine, ()
        doubt = f"the language is doubtful ({heard.language}, {heard.confidence:.2f}), so that its engine was not asked"
        return general, (doubt,)

    def _written(self, engine: Transcriber, sound: Sound, context: Context, progress: Progress) -> Transcript:
        transcript = engine.transcribe(sound, context, progress=progress)
        self.version = transcript.engine
        return transcript


def _changes(heard: HeardLanguage) -> tuple[str, ...]:
    others = sorted({stretch.language for stretch in heard.stretches} - {heard.language})
    if not others:
        return ()
    return (
        f"the language changes ({', '.join(others)} was heard too); the engine for {heard.language} wrote all of it, "
        "and errs there",
    )
