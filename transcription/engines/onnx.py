"""Models in ONNX form by onnx-asr: GigaAM, T-one and Vosk for Russian, Parakeet for European languages.

They write what they hear, frame by frame, and invent next to nothing; but each reads its own languages alone, whatever
is spoken. Speech of all channels goes through in shared batches.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.sound import Sound
from audio.speech import SpeechOptions, SpeechPiece, cut_speech, joined_spans
from models.context import Context
from models.errors import EngineFailed, NoEngine, SettingsError
from models.transcript import Transcript, Word
from transcription import manifest
from transcription.coverage import unwritten
from transcription.hardware import has_card
from transcription.onnx_weights import OnnxWeights, is_here
from transcription.tokens import Token, words_of
from transcription.transcriber import Progress, in_order
from transcription.worth import speech_worth_hearing

NO_PACKAGE = "engine onnx needs the package onnx-asr: pip install 'earmark[onnx]'"
_LONGEST = 24.0
"""Seconds. GigaAM was trained on pieces of up to 25, and the memory of all of them grows with the square of it."""
_JOIN_GAP = 0.5
"""Seconds of pause inside a sentence: words are told apart better with those around them."""
_SHORTEST = 0.5
"""Seconds of sound that a piece is filled up to with silence: features are levelled over several frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    weights: OnnxWeights
    name: str
    """The model as it was asked for, for people."""
    device: str
    """`cpu` or `cuda`."""
    batch_size: int
    threads: int
    """Of the processor; 0 lets the library take them all."""


class Onnx:
    """Loaded on first use, anew in every process: graphics cards do not live through a fork."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._model: Any = None
        self._process = 0
        self.version = (
            f"onnx {options.name} {_fingerprint(options.weights.folder)} {options.device} onnx-asr {_installed()}"
        )

    def load(self) -> str:
        """Load the model now, and say what runs where. Raises SettingsError when it cannot be loaded."""
        self._loaded()
        weights = self._options.weights.quantization or "float32"
        return f"onnx with {self._options.name} on {self._options.device} as {weights}"

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        language = self._language(context.language)
        model, clip = self._loaded(), sound.clip
        worth, dropped = speech_worth_hearing(sound, SpeechOptions(max_length=_LONGEST))
        spans = {number: joined_spans(found, gap=_JOIN_GAP, longest=_LONGEST) for number, found in worth.items()}
        total = sum(span.end - span.start for found in spans.values() for span in found) or 1.0
        words: list[Word] = []
        heard = 0.0
        for batch in _batches(cut_speech(clip, spans), self._options.batch_size):
            for piece, tokens in zip(batch, self._tokens(model, batch, clip.rate), strict=True):
                words += words_of(tokens, piece.span, piece.channel)
                heard += piece.span.end - piece.span.start
            progress(min(1.0, heard / total))
        dropped += unwritten(worth, words)
        return Transcript(
            words=in_order(words, sound.sides),
            language=language,
            engine=self.version,
            duration=clip.duration,
            channels=sound.sides,
            partial=clip.partial,
            notes=() if any(spans.values()) else ("no speech was found in the recording",),
            dropped=in_order(dropped, sound.sides),
        )

    def _language(self, wanted: str | None) -> str | None:
        """Of what it will write: the one that it is told, or the only one that it reads."""
        reads = self._options.weights.languages
        if wanted is not None and reads and wanted not in reads:
            raise NoEngine(f"the ONNX model {self._options.name!r} reads {', '.join(reads)} only, not {wanted!r}")
        return wanted or (reads[0] if len(reads) == 1 else None)

    def _tokens(self, model: Any, batch: Sequence[SpeechPiece], rate: int) -> list[list[Token]]:
        """Of each piece. A batch that does not go through, for want of memory above all, is halved."""
        sounds = [_filled(piece.sound, round(_SHORTEST * rate)) for piece in batch]
        try:
            return [_tokens_of(found) for found in model.recognize(sounds, sample_rate=rate)]
        except Exception as error:  # onnxruntime's errors have no parent in common
            if len(batch) > 1:
                half = len(batch) // 2
                return self._tokens(model, batch[:half], rate) + self._tokens(model, batch[half:], rate)
            at = f"{batch[0].span.start:.1f} s of channel {batch[0].channel}"
            raise EngineFailed(f"onnx with {self._options.name} broke at {at}: {error}") from error

    def _loaded(self) -> Any:
        if self._model is None or self._process != os.getpid():
            try:
                self._model = _load(self._options)
            except SettingsError:
                raise
            except Exception as error:
                raise SettingsError(
                    f"the ONNX model in {self._options.weights.folder} cannot be loaded on {self._options.device}: "
                    f"{error}; `earmark models verify` says whether it is damaged"
                ) from error
            self._process = os.getpid()
        return self._model


def create(
    *,
    model: str | Path,
    cache_dir: Path | None = None,
    device: str = "auto",
    batch_size: int | None = None,
    threads: int = 0,
) -> Onnx:
    """`model` is a name of `onnx_weights.MODELS`, perhaps with `+int8`, or a folder. Never touches the network.

    Raises SettingsError when it is not on this machine, or the package onnx-asr is not.
    """
    weights = is_here(str(model), cache_dir)
    if weights is None:
        raise SettingsError(f"the ONNX model {str(model)!r} is not here; run `earmark models fetch onnx:{model}`")
    chosen = _device(device)
    return Onnx(
        Options(
            weights=weights,
            name=manifest.name_in(weights.folder) or Path(model).name,
            device=chosen,
            batch_size=batch_size or (16 if chosen == "cuda" else 4),
            threads=threads,
        )
    )


def _load(options: Options) -> Any:
    """By onnx-asr's own loader, which stays off the network when it is given a folder that is there."""
    try:
        import onnx_asr
        import onnxruntime
    except ImportError as error:
        raise SettingsError(NO_PACKAGE) from error
    session = onnxruntime.SessionOptions()
    session.intra_op_num_threads = options.threads
    session.enable_mem_pattern = False  # one would be kept for each shape of input, and no two batches have the same
    session.log_severity_level = 3  # errors alone: models carry harmless warnings of their exporters
    cards = ["CUDAExecutionProvider"] if options.device == "cuda" else []
    weights = options.weights
    return onnx_asr.load_model(
        weights.kind,
        weights.folder,
        quantization=weights.quantization,
        sess_options=session,
        providers=[*cards, "CPUExecutionProvider"],
    ).with_timestamps()


def _device(wanted: str) -> str:
    """A card counts when onnxruntime can use one (its package onnxruntime-gpu can), and a device file is there."""
    if wanted == "cpu":
        return wanted
    import onnxruntime

    able = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if wanted == "cuda" and not able:
        raise SettingsError("EARMARK_WHISPER_DEVICE is cuda, but onnxruntime uses no card here: put onnxruntime-gpu in")
    return "cuda" if able and (wanted == "cuda" or has_card()) else "cpu"


def _tokens_of(found: Any) -> list[Token]:
    """Of a result of onnx-asr."""
    texts = found.tokens or []
    logprobs = found.logprobs or [None] * len(texts)
    return [Token(*parts) for parts in zip(texts, found.timestamps or [], logprobs, strict=True)]


def _installed() -> str:
    try:
        return installed_version("onnx-asr")
    except PackageNotFoundError as error:
        raise SettingsError(NO_PACKAGE) from error


def _fingerprint(folder: Path) -> str:
    """Of the weights: names, sizes and beginnings. Int8 weights have other names."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.onnx*")):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}".encode())
        with path.open("rb") as file:
            digest.update(file.read(65536))
    return digest.hexdigest()[:10]


def _filled(sound: NDArray[np.float32], least: int) -> NDArray[np.float32]:
    return np.pad(sound, (0, max(0, least - len(sound))))


def _batches(pieces: Iterator[SpeechPiece], size: int) -> Iterator[list[SpeechPiece]]:
    while batch := list(islice(pieces, size)):
        yield batch
