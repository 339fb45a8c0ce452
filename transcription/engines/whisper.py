"""Whisper by faster-whisper: speech of each channel, packed, in batches; doubtful packs are heard again.

The batched decoder never tries a second time, so that its loops and losses have to be found here: a pack whose text
repeats itself, is improbable, or is far too short for its speech goes once through the sequential decoder, which may
raise the temperature. What still looks invented is dropped with a note.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version as installed_version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from audio.clip import Clip
from audio.sound import Sound
from audio.speech import Span, cut_speech
from models.context import Context
from models.errors import EngineFailed, NoEngine, SettingsError
from models.transcript import Transcript, Word
from transcription.clean import LEAST_LOGPROB, MOST_COMPRESSION, MOST_SILENCE, compression, invented_reason
from transcription.packing import Pack, pack_speech
from transcription.transcriber import Progress
from transcription.weights import checked_folder, fetch, is_here

WELL_READ = frozenset({"en", "es", "it", "pt", "de", "ru", "fr", "nl", "pl", "uk", "ca", "ja"})
"""Languages in which the large models stay well below one word in ten wrong on read speech (Whisper's
paper, FLEURS). Persian does not:
stock weights get 44 to 50 of 100 words wrong (open Persian ASR leaderboard)."""
_LONGEST_PACK = 28.0
"""Seconds; the model hears 30, and the batched decoder silently drops what is longer."""
_SLOT = 30.0
_PACKS_FOR_LANGUAGE = 4
_SURE_OF_LANGUAGE = 0.5
_LEAST_WORDS_A_SECOND = 0.4
"""Of speech: below it, in a pack of some seconds, the decoder has lost a stretch."""
_SECOND_TEMPERATURES = (0.0, 0.6)
_MOST_HOTWORDS = 40
_BROKE = (RuntimeError, ValueError, OSError, MemoryError, IndexError)
"""What CTranslate2 and faster-whisper raise when they break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    folder: Path
    """Complete weights."""
    name: str
    """The model as it was asked for, for people."""
    device: str
    compute_type: str
    batch_size: int
    beam_size: int
    threads: int
    """Of the processor; 0 lets the library take them all."""
    second_try: bool = True
    well_read: frozenset[str] = WELL_READ
    """Languages that these weights read well; all others are marked rough."""
    languages: tuple[str, ...] = ()
    """Detect only among these; empty: among all."""


@dataclass(slots=True)
class _Result:
    """What was heard so far."""

    words: list[Word] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Whisper:
    """Loaded on first use, anew in every process: neither CUDA nor CTranslate2 lives through a fork."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._model: Any = None
        self._process = 0
        self.version = (
            f"whisper {options.name} {_fingerprint(options.folder)} {options.device} {options.compute_type} "
            f"beam {options.beam_size} faster-whisper {installed_version('faster-whisper')}"
        )

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        model = self._loaded()
        if context.language is not None:
            self._refuse_unread(model, context.language)
        clip, sides, spans = sound.clip, sound.sides, sound.speech()
        progress(0.03)
        result = _Result()
        language, chance = self._hear(clip, spans, context, (model, result, progress))
        if not any(spans.values()):
            result.notes.append("no speech was found in the recording")
        return Transcript(
            words=_ordered(result.words, sides),
            language=language,
            language_confidence=chance,
            engine=self.version,
            duration=clip.duration,
            channels=sides,
            rough=language not in self._options.well_read,
            partial=clip.partial,
            notes=tuple(result.notes),
        )

    def _hear(
        self, clip: Clip, spans: dict[int, list[Span]], context: Context, running: tuple[Any, _Result, Progress]
    ) -> tuple[str | None, float | None]:
        """Pack after pack, so that hours need no more memory than minutes."""
        model, result, progress = running
        total = sum(span.end - span.start for found in spans.values() for span in found) or 1.0
        packs = pack_speech(cut_speech(clip, spans), longest=_LONGEST_PACK, rate=clip.rate)
        language, chance = context.language, None
        heard = 0.0
        for batch in _batches(packs, self._options.batch_size):
            if language is None:
                language, chance = self._language(model, batch, result)
            self._batch(model, batch, language, context, result)
            heard += sum(pack.seconds for pack in batch)
            progress(min(1.0, 0.03 + 0.97 * heard / total))
        return language, chance

    def _refuse_unread(self, model: Any, language: str) -> None:
        readable = model.supported_languages
        if language not in readable:
            raise NoEngine(
                f"the Whisper model {self._options.name!r} does not read {language!r}"
                + (": it is an English-only one, take one without .en" if len(readable) == 1 else "")
            )

    def _language(self, model: Any, packs: Sequence[Pack], result: _Result) -> tuple[str, float]:
        """Of speech alone, and of several stretches: a menu at the start may speak another language."""
        if not model.model.is_multilingual:
            return "en", 1.0
        chances: dict[str, float] = {}
        longest = sorted(packs, key=lambda pack: -pack.seconds)[:_PACKS_FOR_LANGUAGE]
        weight = sum(pack.seconds for pack in longest) or 1.0
        for pack in longest:
            _, _, found = _guarded(model.detect_language, audio=pack.sound)
            for language, chance in found:
                if not self._options.languages or language in self._options.languages:
                    chances[language] = chances.get(language, 0.0) + chance * pack.seconds / weight
        best = max(chances, key=lambda language: chances[language])
        chance = round(min(1.0, chances[best]), 3)
        if chance < _SURE_OF_LANGUAGE:
            result.notes.append(f"the language is doubtful: {best} with a chance of {chance:.2f}")
        return best, chance

    def _batch(self, model: Any, packs: Sequence[Pack], language: str, context: Context, result: _Result) -> None:
        found = self._together(model, packs, language, context)
        for pack, first_try in zip(packs, found, strict=True):
            again = self._options.second_try and _is_doubtful(pack, first_try)
            for segment in self._again(model, pack, language) if again else first_try:
                _take(segment, pack, result)

    def _together(self, model: Any, packs: Sequence[Pack], language: str, context: Context) -> list[list["_Segment"]]:
        """Segments of each pack. Packs lie in slots of 30 s, so that a time tells its pack."""
        from faster_whisper import BatchedInferencePipeline

        rate = model.feature_extractor.sampling_rate
        sound = np.zeros(round(len(packs) * _SLOT * rate), np.float32)
        clips = []
        for number, pack in enumerate(packs):
            first = round(number * _SLOT * rate)
            sound[first : first + len(pack.sound)] = pack.sound
            clips.append({"start": first / rate, "end": (first + len(pack.sound)) / rate})
        segments, _ = _guarded(
            BatchedInferencePipeline(model).transcribe,
            sound,
            language=language,
            clip_timestamps=clips,
            batch_size=self._options.batch_size,
            beam_size=self._options.beam_size,
            word_timestamps=True,
            without_timestamps=False,
            vad_filter=False,
            hotwords=", ".join(context.vocabulary[:_MOST_HOTWORDS]) or None,
        )
        found: list[list[_Segment]] = [[] for _ in packs]
        for segment in _guarded(list, segments):
            # `seek` is where the segment's clip begins, in frames of 10 ms: never wrong, as its times may be.
            number = round(segment.seek / 100 / _SLOT)
            found[number].append(_Segment.of(segment, number * _SLOT))
        return found

    def _again(self, model: Any, pack: Pack, language: str) -> list["_Segment"]:
        segments, _ = _guarded(
            model.transcribe,
            pack.sound,
            language=language,
            beam_size=self._options.beam_size,
            temperature=list(_SECOND_TEMPERATURES),
            best_of=2,
            condition_on_previous_text=False,
            word_timestamps=True,
            hallucination_silence_threshold=2.0,
            vad_filter=False,
        )
        return [_Segment.of(segment, 0.0) for segment in _guarded(list, segments)]

    def _loaded(self) -> Any:
        if self._model is None or self._process != os.getpid():
            from faster_whisper import WhisperModel

            checked_folder(self._options.folder)
            try:
                self._model = WhisperModel(
                    str(self._options.folder),
                    device=self._options.device,
                    compute_type=self._options.compute_type,
                    cpu_threads=self._options.threads,
                    local_files_only=True,
                )
            except _BROKE as error:
                raise SettingsError(
                    f"the Whisper model in {self._options.folder} cannot be loaded on {self._options.device} as "
                    f"{self._options.compute_type}: {error}; try EARMARK_WHISPER_DEVICE=cpu, or fetch it anew"
                ) from error
            self._process = os.getpid()
        return self._model


def create(
    *,
    model: str | Path = "small",
    cache_dir: Path | None = None,
    device: str = "auto",
    compute_type: str = "auto",
    batch_size: int | None = None,
    beam_size: int = 5,
    threads: int = 0,
    local_only: bool = True,
    second_try: bool = True,
    well_read: Iterable[str] = WELL_READ,
    languages: Iterable[str] = (),
) -> Whisper:
    """`model` is a folder, a size or a hub id; with `local_only` it has to be on this machine already.

    Raises SettingsError when it is not, or is incomplete.
    """
    folder = is_here(str(model), cache_dir)
    if folder is None and not local_only and cache_dir is not None:
        folder = fetch(str(model), cache_dir, lambda _done, _total: None)
    if folder is None:
        raise SettingsError(
            f"the Whisper model {str(model)!r} is not on this machine; run `earmark models fetch {model}`, or set "
            "EARMARK_WHISPER_MODEL to a folder with one"
        )
    chosen = _device(device)
    return Whisper(
        Options(
            folder=folder,
            name=_model_name(model, folder),
            device=chosen,
            compute_type=_compute_type(compute_type, chosen),
            batch_size=batch_size or (16 if chosen == "cuda" else 4),
            beam_size=beam_size,
            threads=threads,
            second_try=second_try,
            well_read=frozenset(well_read),
            languages=tuple(languages),
        )
    )


@dataclass(frozen=True, slots=True)
class _Segment:
    """What we need of the library's segment; times in the pack."""

    text: str
    words: tuple[tuple[str, float, float, float], ...]
    """Text with its leading space, start, end, probability."""
    avg_logprob: float
    no_speech_prob: float

    @classmethod
    def of(cls, segment: Any, shift: float) -> "_Segment":
        words = tuple(
            (word.word, float(word.start) - shift, float(word.end) - shift, float(word.probability))
            for word in segment.words or ()
        )
        return cls(segment.text, words, float(segment.avg_logprob), float(segment.no_speech_prob))


def _take(segment: _Segment, pack: Pack, result: _Result) -> None:
    """Its words, or a note that says why not."""
    words = _words(segment, pack)
    reason = invented_reason(segment.text, avg_logprob=segment.avg_logprob, no_speech=segment.no_speech_prob)
    if reason is None:
        result.words += words
    elif words:
        at = f"at {words[0].start:.1f} s on channel {pack.channel}"
        result.notes.append(f"dropped {at}: {reason} ({segment.text.strip()[:60]!r})")


def _words(segment: _Segment, pack: Pack) -> list[Word]:
    """With the times of the recording. A part without a space before it belongs to the word before."""
    words: list[Word] = []
    for text, start, end, chance in segment.words:
        first, last = pack.times(start, end)
        if words and not text.startswith(" "):
            before = words[-1]
            words[-1] = Word(before.text + text.strip(), before.start, last, before.confidence, pack.channel)
        elif text.strip():
            words.append(Word(text.strip(), first, last, round(min(1.0, max(0.0, chance)), 3), pack.channel))
    return words


def _ordered(words: Iterable[Word], sides: int) -> tuple[Word, ...]:
    """By time; the only side of a call is channel 0, wherever it was heard."""
    ordered = sorted(words, key=lambda word: (word.start or 0.0, word.channel))
    return tuple(ordered if sides > 1 else (replace(word, channel=0) for word in ordered))


def _model_name(model: str | Path, folder: Path) -> str:
    """The hub's cache names folders by revision; there the model's own name is two folders up."""
    if Path(model) != folder:
        return str(model)
    return folder.parent.parent.name if folder.parent.name == "snapshots" else folder.name


def _is_doubtful(pack: Pack, segments: Sequence[_Segment]) -> bool:
    """Worth a second hearing: loops, improbable text, or a stretch without words."""
    count = sum(len(segment.words) for segment in segments)
    if pack.seconds > 5 and count < _LEAST_WORDS_A_SECOND * pack.seconds:
        return not segments or any(segment.no_speech_prob <= MOST_SILENCE for segment in segments)
    return any(
        compression(segment.text) > MOST_COMPRESSION
        or (segment.avg_logprob < LEAST_LOGPROB and segment.no_speech_prob <= MOST_SILENCE)
        for segment in segments
    )


def _batches(packs: Iterator[Pack], size: int) -> Iterator[list[Pack]]:
    while batch := list(islice(packs, size)):
        yield batch


def _guarded(call: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return call(*arguments, **named)
    except _BROKE as error:
        raise EngineFailed(f"whisper broke: {error}") from error


def _device(wanted: str) -> str:
    """A card is looked for by its device file: asking CUDA here would break every process forked afterwards."""
    if wanted != "auto":
        return wanted
    cards = any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/dxg").exists()
    return "cuda" if cards else "cpu"


def _compute_type(wanted: str, device: str) -> str:
    """int8 is 30 to 40 % quicker than float32 on a processor, float16 is what cards are made for."""
    return wanted if wanted != "auto" else ("float16" if device == "cuda" else "int8")


def _fingerprint(folder: Path) -> str:
    """Of the weights: their size, beginning and end, and the settings beside them."""
    weights = folder / "model.bin"
    digest = hashlib.sha256(str(weights.stat().st_size).encode())
    with weights.open("rb") as file:
        digest.update(file.read(65536))
        file.seek(-min(65536, weights.stat().st_size), os.SEEK_END)
        digest.update(file.read())
    digest.update((folder / "config.json").read_bytes())
    return digest.hexdigest()[:10]
