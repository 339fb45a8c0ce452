"""pyannote.audio: who speaks when, overlaps too, of any number of voices. The extra `pyannote`, with torch.

Loads from a folder on this disk that holds all parts (`diarization/pipeline_folder.py`), so that neither loading nor
hearing asks any network; the library's telemetry is switched off. The weights are pickles: whoever made the folder
could make it run anything.

Beside faster-whisper in one process: users met two copies of cuDNN there, and an abort. CTranslate2's wheels (4.8) open
no cuDNN any more, only libcublas.so.12, and torch 2.11 brings libcublas.so.13: nothing of one is taken for the other's.
Tried on the processor, in both orders; `EARMARK_PYANNOTE_DEVICE=cpu` is the way round should a card prove otherwise.
"""

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from audio.clip import Clip
from audio.quality import mono
from audio.sound import Sound
from diarization.choose import choose_diarizer, installed
from diarization.pieces import Piece, linked
from diarization.pipeline_folder import Parts, fingerprint, parts_of
from diarization.settling import settled
from diarization.voice_windows import OnceAWindow
from diarization.weights import COMMUNITY_1
from models.context import Context
from models.conversation import Diarization, SpeakerTurn
from models.errors import EngineFailed

Device = Literal["auto", "cpu", "cuda"]

LONGEST_PIECE = 3600.0
"""Seconds heard in one go. The library's memory grows with the square of the length (a distance for every two windows)
and with length times voices: users report 58.8 GB for 4.7 hours of 21 voices. Above the loaded model an hour of three
voices took 0.3 GB here, three hours in one go 2.3 GB (4.0.7, clustering and all after it)."""
MOST_SPEAKERS = 8
"""As many as channels of a recording (`audio/decoding/frames.py`): a conference, a call with transfers."""
_READ = 30.0
"""Seconds read at a time."""


class Pyannote:
    """Loaded on first use, once in a process."""

    def __init__(self, folder: Path, *, name: str, device: Device = "auto", threads: int = 0) -> None:
        self._parts = parts_of(folder)
        self._device: Device = device
        self._threads = threads
        self._pipeline: Any = None
        self.version = f"pyannote {name} {fingerprint(self._parts)} settled 1 (pyannote.audio {installed()})"

    def load(self) -> None:
        """Once. Raises EngineFailed."""
        with _guarded("load"):
            self._pipeline = self._pipeline or _load(self._parts, self._device, self._threads)

    def diarize(self, sound: Sound, context: Context) -> Diarization:  # noqa: ARG002 - the Protocol's
        if not sound.channels:
            return Diarization()
        self.load()
        return settled(*linked(self._heard(start, heard, sound.clip.rate) for start, heard in _pieces(sound)))

    def _heard(self, start: float, sound: NDArray[np.float32], rate: int) -> Piece:
        with _guarded("hear this recording"):
            return _piece(_apply(self._pipeline, sound, rate), start, len(sound) / rate)


def create(
    *,
    model: str | Path = COMMUNITY_1,
    cache_dir: Path | None = None,
    device: Device = "auto",
    threads: int = 0,
) -> Pyannote:
    """`model`: a folder, or `community-1`, `3.1` or a hub id that was fetched into `cache_dir`.

    `threads` of the processor; 0 lets torch take what it finds. Raises SettingsError when the package or a file of the
    model is missing, naming it.
    """
    choice = choose_diarizer("pyannote", str(model), cache_dir)
    assert choice.weights is not None
    return Pyannote(choice.weights, name=Path(model).name, device=device, threads=threads)


@contextmanager
def _guarded(doing: str) -> Iterator[None]:
    """Whatever torch, Lightning, pickle or pyannote raise is one error of ours, and their warnings are nobody's."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Exception as error:
            # The library's door: its errors and those of its libraries have no tree in common.
            said = str(error).strip().splitlines()
            reason = (said[0] if said else type(error).__name__)[:300]
            raise EngineFailed(f"pyannote could not {doing}: {reason}") from error


def _load(parts: Parts, device: Device, threads: int) -> Any:
    import torch
    from pyannote.audio import Pipeline
    from pyannote.audio.telemetry import set_telemetry_metrics

    set_telemetry_metrics(False)
    if threads:
        torch.set_num_threads(threads)
    pipeline = Pipeline.from_pretrained(_local(parts))
    found = "cuda" if torch.cuda.is_available() else "cpu"
    pipeline.to(torch.device(found if device == "auto" else device))
    if hasattr(pipeline._embedding.model_, "forward_frames"):  # Models of other makers have no such half-way.
        pipeline._embedding = OnceAWindow(pipeline._embedding)
    return pipeline


def _local(parts: Parts) -> dict[str, Any]:
    """The pipeline's own settings, with files of this disk in place of names."""
    from pyannote.audio.core.plda import PLDA

    given = parts.config["pipeline"]
    # The library fetches community-1's PLDA for every pipeline, also for one like 3.1 that never uses it.
    plda: object = {"checkpoint": str(parts.found["plda"])} if "plda" in parts.found else PLDA.__new__(PLDA)
    # Not strict, as the library itself is for names: checkpoints carry the loss they were trained with.
    models = {part: {"checkpoint": str(parts.found[part]), "strict": False} for part in ("segmentation", "embedding")}
    params = {**(given.get("params") or {}), **models, "plda": plda, "legacy": False}
    kept = {key: parts.config[key] for key in ("version", "dependencies", "freeze", "params") if key in parts.config}
    return {**kept, "pipeline": {"name": given["name"], "params": params}}


def _apply(pipeline: Any, sound: NDArray[np.float32], rate: int) -> Any:
    """The library's output; a graphics card out of memory gets half the batch, and half of that."""
    import torch

    file = {"waveform": torch.from_numpy(sound)[None], "sample_rate": rate}
    while True:
        try:
            return pipeline(file, min_speakers=1, max_speakers=MOST_SPEAKERS)
        except torch.cuda.OutOfMemoryError:
            if pipeline.embedding_batch_size == pipeline.segmentation_batch_size == 1:
                raise
        torch.cuda.empty_cache()
        pipeline.embedding_batch_size = max(1, pipeline.embedding_batch_size // 2)
        pipeline.segmentation_batch_size = max(1, pipeline.segmentation_batch_size // 2)


def _pieces(sound: Sound) -> Iterator[tuple[float, NDArray[np.float32]]]:
    """Where each begins, in seconds, and its samples: as few as may be, of equal length, of the first live channel.

    pyannote would average several; of two that carry the same sound one is enough.
    """
    clip: Clip = mono(sound.clip, sound.channels[:1])
    count = max(1, math.ceil(clip.duration / LONGEST_PIECE))
    size = math.ceil(clip.duration * clip.rate / count)
    held: list[NDArray[np.float32]] = []
    at = 0
    for window in clip.windows(_READ):
        held.append(window[0])
        if sum(map(len, held)) >= size > 0:
            whole = np.concatenate(held)
            begin, at, held = at, at + size, [whole[size:]]
            yield begin / clip.rate, whole[:size]
    if sum(map(len, held)):
        yield at / clip.rate, np.concatenate(held)


def _piece(output: Any, start: float, seconds: float) -> Piece:
    """`output`: `DiarizeOutput`, of 3.1 as of community-1."""
    full, single = output.speaker_diarization, output.exclusive_speaker_diarization
    labels = full.labels()
    numbers = {label: number for number, label in enumerate([*labels, *(set(single.labels()) - set(labels))])}
    voices = output.speaker_embeddings
    return Piece(
        turns=tuple(_turns(full, numbers, start, seconds)),
        exclusive=tuple(_turns(single, numbers, start, seconds)),
        voices=np.zeros((0, 1)) if voices is None else np.asarray(voices, dtype=np.float64),
    )


def _turns(annotation: Any, numbers: dict[Any, int], start: float, seconds: float) -> Iterator[SpeakerTurn]:
    """Of the whole recording; the last window is padded, and what was heard beyond the end is nothing."""
    for segment, _, label in annotation.itertracks(yield_label=True):
        begin, end = max(0.0, segment.start), min(seconds, segment.end)
        if end > begin:
            yield SpeakerTurn(round(start + begin, 3), round(start + end, 3), numbers[label])
