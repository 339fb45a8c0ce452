"""Whisper by faster-whisper: speech of all channels, packed, in shared batches; what looks wrong is heard again.

The batched decoder never tries a second time, so that its loops and losses have to be found here (`whisper_reading`).
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path

from audio.sound import Sound
from models.context import Context
from models.errors import NoEngine, SettingsError
from models.transcript import Dropped, LanguageStretch, Transcript
from transcription.hardware import choose_hardware
from transcription.language import SURE, Vote, settled, stretches, windows
from transcription.packing import Plan, filled_packs, plan_packs
from transcription.segments import Written
from transcription.transcriber import HeardLanguage, Progress, in_order
from transcription.weights import checked_folder, is_here
from transcription.whisper_batches import Batch, Batches
from transcription.whisper_decoder import Decoder, WhisperDecoder
from transcription.whisper_reading import Reading, asked
from transcription.worth import speech_worth_hearing

WELL_READ = frozenset({"en", "es", "it", "pt", "de", "ru", "fr", "nl", "pl", "uk", "ca", "ja"})
"""Languages in which the large models stay well below one word in ten wrong on read speech (Whisper's
paper, FLEURS). Persian does not:
stock weights get 44 to 50 of 100 words wrong (open Persian ASR leaderboard)."""
_LONGEST_PACK = 29.0
"""Seconds; the model hears 30, and what is longer would be dropped silently."""
_WINDOWS = 8
"""Packs that decide the language; they are decoded from the same encoding, so that asking costs next to nothing."""
_STARTED, _DECODED = 0.03, 0.99
"""Shares of the work that are done when the speech is found and the model loaded, and before the last second try."""


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
    why: str = ""
    """This device and these numbers, for people."""
    second_try: bool = True
    """What looks wrong or is missing is heard again."""
    well_read: frozenset[str] = WELL_READ
    """Languages that these weights read well; all others are marked rough."""
    languages: tuple[str, ...] = ()
    """Detect only among these; empty: among all."""


@dataclass(frozen=True, slots=True)
class _Listening:
    """A recording of which some windows have been heard."""

    chances: object
    """Of the sound, to know it again without holding its clip."""
    plans: list[Plan]
    dropped: list[Dropped]
    windows: list[tuple[Batch, list[Vote]]]
    """Encoded, and to be decoded yet."""
    heard: HeardLanguage


class Whisper:
    """Loaded on first use, anew in every process: neither CUDA nor CTranslate2 lives through a fork."""

    def __init__(self, options: Options, decoder: Callable[[Options], Decoder] | None = None) -> None:
        """`decoder` loads the model."""
        self._options = options
        self._decoder = decoder or _decoder
        self._batches: Batches | None = None
        self._process = 0
        self._listening: _Listening | None = None
        self.version = (
            f"whisper {options.name} {_fingerprint(options.folder)} {options.device} {options.compute_type} "
            f"beam {options.beam_size}{'' if options.second_try else ' once'}"
            f"{' of ' + '+'.join(options.languages) if options.languages else ''} "
            f"faster-whisper {installed_version('faster-whisper')}"
        )

    def load(self) -> str:
        """Load the model now, and say what runs where. Raises SettingsError when it cannot be loaded."""
        self._loaded()
        return self.describe()

    def describe(self) -> str:
        """What runs where, for people."""
        size = self._batches.size if self._batches is not None else self._options.batch_size
        where = f"on {self._options.device} as {self._options.compute_type}"
        why = f" ({self._options.why})" if self._options.why else ""
        return f"whisper with {self._options.name} {where}{why}, {size} pieces of speech at a time"

    def language_of(self, sound: Sound, context: Context) -> HeardLanguage:
        """See `HearsLanguage`."""
        if context.language is not None:
            return HeardLanguage(language=context.language, confidence=1.0)
        self._listening = self._listened(sound)
        return self._listening.heard

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        if context.language is not None:
            self._refuse_unread(self._loaded(), context.language)
        listening = self._listened(sound, asking=context.language is None)
        self._listening = None
        progress(_STARTED)
        heard = listening.heard if context.language is None else HeardLanguage(language=context.language, confidence=1)
        reading = None
        if heard.language is not None and listening.plans:
            reading = self._reading(heard.language, context, rate=sound.clip.rate)
            self._read(listening, sound, reading, progress)
        progress(1.0)
        return self._transcript(sound, listening, heard, reading)

    def _read(self, listening: _Listening, sound: Sound, reading: Reading, progress: Progress) -> None:
        """Pack after pack, so that hours need no more memory than minutes."""
        total, done = sum(plan.seconds for plan in listening.plans), 0.0
        for batch, votes in self._coming(listening, sound):
            reading.read(batch, votes)
            done += sum(pack.plan.seconds for pack in batch.packs)
            progress(min(_DECODED, _STARTED + (_DECODED - _STARTED) * done / total))
        reading.finish()

    def _coming(self, listening: _Listening, sound: Sound) -> Iterable[tuple[Batch, list[Vote] | None]]:
        """First the windows that were heard for the language, then all others."""
        heard = {id(pack.plan) for batch, _ in listening.windows for pack in batch.packs}
        while listening.windows:
            yield listening.windows.pop(0)
        rest = [plan for plan in listening.plans if id(plan) not in heard]
        for batch in self._loaded().encoded(filled_packs(sound.clip, rest)):
            yield batch, None

    def _reading(self, language: str, context: Context, *, rate: int) -> Reading:
        batches = self._loaded()
        return Reading(
            batches=batches,
            language=language,
            fixed=context.language is not None or len(batches.decoder.languages) == 1,
            languages=self._options.languages,
            names=batches.decoder.hotwords(context.vocabulary),
            second_try=self._options.second_try,
            longest=_LONGEST_PACK,
            rate=rate,
        )

    def _listened(self, sound: Sound, *, asking: bool = True) -> _Listening:
        """What was kept of this sound, or all anew. Without `asking` no language is heard."""
        if self._listening is not None and self._listening.chances is sound.chances:
            return self._listening
        spans, dropped = speech_worth_hearing(sound)
        plans = plan_packs(spans, longest=_LONGEST_PACK)
        found: list[tuple[Batch, list[Vote]]] = []
        if asking and plans:
            batches = self._loaded()
            for batch in batches.encoded(filled_packs(sound.clip, windows(plans, _WINDOWS))):
                found.append((batch, asked(batches, batch, self._options.languages)))
        heard = _language([vote for _, votes in found for vote in votes])
        return _Listening(sound.chances, plans, dropped, found, heard)

    def _transcript(
        self, sound: Sound, listening: _Listening, heard: HeardLanguage, reading: Reading | None
    ) -> Transcript:
        found = reading.result if reading is not None else Written()
        changes = stretches(reading.votes, reading.language) if reading is not None else ()
        return Transcript(
            words=in_order(found.words, sound.sides),
            language=heard.language,
            language_confidence=heard.confidence if heard is listening.heard and heard.language else None,
            engine=self.version + _told(reading),
            duration=sound.clip.duration,
            channels=sound.sides,
            rough=heard.language is not None and heard.language not in self._options.well_read,
            partial=sound.clip.partial,
            notes=tuple(_notes(listening, heard, found, changes)),
            dropped=in_order([*listening.dropped, *found.dropped], sound.sides),
            languages=in_order(changes, sound.sides),
        )

    def _refuse_unread(self, batches: Batches, language: str) -> None:
        readable = batches.decoder.languages
        if language not in readable:
            raise NoEngine(
                f"the Whisper model {self._options.name!r} does not read {language!r}"
                + (": it is an English-only one, take one without .en" if len(readable) == 1 else "")
            )

    def _loaded(self) -> Batches:
        if self._batches is None or self._process != os.getpid():
            self._batches = Batches(self._decoder(self._options), self._options.batch_size)
            self._process, self._listening = os.getpid(), None
        return self._batches


def create(
    *,
    model: str | Path = "small",
    cache_dir: Path | None = None,
    device: str = "auto",
    compute_type: str = "auto",
    batch_size: int | None = None,
    beam_size: int = 5,
    threads: int = 0,
    second_try: bool = True,
    well_read: Iterable[str] = WELL_READ,
    languages: Iterable[str] = (),
) -> Whisper:
    """`model` is a folder, a size or a hub id of weights on this machine; the network is never asked.

    Raises SettingsError when it is not, or is incomplete, or the device is not there.
    """
    folder = is_here(str(model), cache_dir)
    if folder is None:
        raise SettingsError(
            f"the Whisper model {str(model)!r} is not on this machine; run `earmark models fetch {model}`, or set "
            "EARMARK_WHISPER_MODEL to a folder with one"
        )
    hardware = choose_hardware(device, compute_type)
    return Whisper(
        Options(
            folder=folder,
            name=_model_name(model, folder),
            device=hardware.device,
            compute_type=hardware.compute_type,
            why=hardware.reason,
            batch_size=batch_size or (16 if hardware.device == "cuda" else 4),
            beam_size=beam_size,
            threads=threads,
            second_try=second_try,
            well_read=frozenset(well_read),
            languages=tuple(languages),
        )
    )


def _decoder(options: Options) -> Decoder:
    from faster_whisper import WhisperModel

    checked_folder(options.folder)
    try:
        model = WhisperModel(
            str(options.folder),
            device=options.device,
            compute_type=options.compute_type,
            cpu_threads=options.threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError, OSError, MemoryError) as error:
        raise SettingsError(
            f"the Whisper model in {options.folder} cannot be loaded on {options.device} as "
            f"{options.compute_type}: {error}; try EARMARK_WHISPER_DEVICE=cpu, or fetch it anew"
        ) from error
    return WhisperDecoder(model, beam_size=options.beam_size)


def _language(votes: Sequence[Vote]) -> HeardLanguage:
    if not votes:
        return HeardLanguage(language=None, confidence=0.0)
    language, confidence = settled(votes)
    return HeardLanguage(language=language, confidence=confidence, stretches=stretches(votes, language))


def _notes(
    listening: _Listening, heard: HeardLanguage, found: Written, changes: Sequence[LanguageStretch]
) -> Iterable[str]:
    if not listening.plans:
        yield "no speech was found in the recording"
    elif heard.confidence < SURE:
        yield f"the language is doubtful: {heard.language} with a chance of {heard.confidence:.2f}"
    for stretch in changes:
        if stretch.language != heard.language:
            yield f"{stretch.language} is spoken from {stretch.start:.0f} to {stretch.end:.0f} s"
    for piece in found.doubtful[:_MOST_DOUBTS]:
        yield f"doubtful from {piece.start:.1f} to {piece.end:.1f} s: {piece.reason}"
    if len(found.doubtful) > _MOST_DOUBTS:
        yield f"{len(found.doubtful) - _MOST_DOUBTS} more stretches are doubtful"


_MOST_DOUBTS = 20
"""Notes for people; of a bad line nobody reads hundreds."""


def _told(reading: Reading | None) -> str:
    """With other names to expect, the same model may write other words."""
    names = "\n".join(reading.names) if reading is not None else ""
    return f" names {hashlib.sha256(names.encode()).hexdigest()[:6]}" if names else ""


def _model_name(model: str | Path, folder: Path) -> str:
    """The hub's cache names folders by revision; there the model's own name is two folders up."""
    if Path(model) != folder:
        return str(model)
    return folder.parent.parent.name if folder.parent.name == "snapshots" else folder.name


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
