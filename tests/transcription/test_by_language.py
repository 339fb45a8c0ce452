"""Who hears the language of a call, and who writes it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import tiny_onnx
from test_engines import heard as sound_of

from audio.sound import Sound
from models.context import Context
from models.errors import NoEngine
from models.transcript import LanguageStretch, Transcript, Word
from transcription.by_language import ByLanguage
from transcription.engines import onnx, whisper
from transcription.transcriber import HeardLanguage, Progress, Transcriber


@dataclass
class Writer:
    """Writes its own name, and keeps what it was told."""

    version: str
    told: list[Context] = field(default_factory=list)

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        self.told.append(context)
        progress(0.5)
        progress(1.0)
        return Transcript(words=(Word(self.version),), language=context.language, engine=self.version, notes=("own",))


@dataclass
class Ears(Writer):
    """One that hears, too."""

    hears: HeardLanguage = field(default_factory=lambda: HeardLanguage(language=None, confidence=0))
    asked: int = 0

    def language_of(self, sound: Sound, context: Context) -> HeardLanguage:
        self.asked += 1
        return self.hears


def stretch(start: float, language: str) -> LanguageStretch:
    return LanguageStretch(start=start, end=start + 3, channel=0, language=language, confidence=0.9)


@pytest.fixture(scope="module")
def sound() -> Sound:
    return sound_of(1.0)


def engines(**writers: Transcriber) -> Callable[[str | None], Transcriber]:
    def engine_for(language: str | None) -> Transcriber:
        try:
            return writers.get(language or "others") or writers["others"]
        except KeyError:
            raise NoEngine(f"none for {language}") from None

    return engine_for


def write(engine: ByLanguage, sound: Sound, language: str | None = None) -> Transcript:
    return engine.transcribe(sound, Context(language=language, business_name="Kate's"), progress=lambda _: None)


@pytest.mark.parametrize(
    ("language", "confidence", "writer", "told"),
    [
        ("ru", 0.98, "gigaam", "ru"),
        ("de", 0.98, "whisper", None),
        ("ru", 0.3, "whisper", None),
        (None, 0.0, "whisper", None),
    ],
)
def test_the_language_that_is_heard_decides(
    sound: Sound, language: str | None, confidence: float, writer: str, told: str | None
) -> None:
    ears = Ears("whisper", hears=HeardLanguage(language=language, confidence=confidence))
    gigaam = Writer("gigaam")
    engine = ByLanguage(engines(ru=gigaam, others=ears), lambda: ears)
    transcript = write(engine, sound)
    assert transcript.engine == engine.version == writer
    assert [context.language for context in (gigaam.told or ears.told)] == [told]
    assert (gigaam.told or ears.told)[0].business_name == "Kate's"
    assert (transcript.language_confidence == confidence) is (writer == "gigaam")
    assert ("doubtful (ru, 0.30)" in transcript.notes[-1]) is (confidence == 0.3)


def test_stretches_of_a_call_with_one_side_are_its_only_channel(sound: Sound) -> None:
    live = replace(sound, sides=1)
    late = replace(stretch(0, "de"), channel=1)
    ears = Ears("whisper", hears=HeardLanguage(language="ru", confidence=0.9, stretches=(late,)))
    transcript = write(ByLanguage(engines(ru=Writer("gigaam"), others=ears), lambda: ears), live)
    assert [(one.channel, one.language) for one in transcript.languages] == [(0, "de")]


def test_a_known_language_is_not_heard(sound: Sound) -> None:
    ears, gigaam = Ears("whisper"), Writer("gigaam")
    transcript = write(ByLanguage(engines(ru=gigaam, others=ears), lambda: ears), sound, "ru")
    assert (transcript.engine, ears.asked) == ("gigaam", 0)


def test_without_ears_the_general_engine_writes(sound: Sound) -> None:
    general = Writer("parakeet")
    assert write(ByLanguage(engines(ru=Writer("gigaam"), others=general), lambda: None), sound).engine == "parakeet"
    with pytest.raises(NoEngine):
        write(ByLanguage(engines(ru=Writer("gigaam")), lambda: None), sound)


def test_a_doubtful_language_goes_to_its_engine_when_no_other_hears_better(sound: Sound) -> None:
    ears = Ears("persian", hears=HeardLanguage(language="ru", confidence=0.3))
    for others in ({}, {"others": Writer("parakeet")}):
        engine = ByLanguage(engines(ru=Writer("gigaam"), fa=ears, **others), lambda: ears)
        assert write(engine, sound).engine == "gigaam"


def test_a_language_without_an_engine_is_refused(sound: Sound) -> None:
    ears = Ears("persian", hears=HeardLanguage(language="de", confidence=0.9))
    with pytest.raises(NoEngine, match="none for de"):
        write(ByLanguage(engines(fa=ears), lambda: ears), sound)


def test_where_the_language_changes_the_main_one_is_written_and_it_is_said(sound: Sound) -> None:
    stretches = (stretch(0, "ru"), stretch(9, "fa"), stretch(18, "ru"))
    ears = Ears("whisper", hears=HeardLanguage(language="ru", confidence=0.8, stretches=stretches))
    transcript = write(ByLanguage(engines(ru=Writer("gigaam"), others=ears), lambda: ears), sound)
    assert transcript.languages == stretches
    assert transcript.notes[0] == "own"
    assert "fa was heard too" in transcript.notes[1]
    assert write(ByLanguage(engines(others=ears), lambda: ears), sound).notes == ("own",)


def test_progress_only_grows(sound: Sound) -> None:
    seen: list[float] = []
    ears = Ears("whisper", hears=HeardLanguage(language="ru", confidence=0.9))
    ByLanguage(engines(ru=Writer("gigaam"), others=ears), lambda: ears).transcribe(
        sound, Context(), progress=seen.append
    )
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1.0)


def test_a_real_whisper_hears_once_and_writes_what_is_doubtful(tiny_whisper: Path, tmp_path: Path) -> None:
    """Random weights hear a language by chance, and are never sure of it."""
    ears = whisper.create(model=tiny_whisper, device="cpu", second_try=False, threads=1)
    gigaam = onnx.create(model=tiny_onnx.gigaam_ctc(tmp_path), device="cpu", threads=1)
    long = sound_of(8.0)
    guess = ears.language_of(long, Context()).language
    assert guess is not None
    writers: dict[str, Transcriber] = {guess: gigaam, "others": ears}
    transcript = write(ByLanguage(engines(**writers), lambda: ears), long)
    assert transcript.engine == ears.version
    assert "doubtful" in transcript.notes[-1]
