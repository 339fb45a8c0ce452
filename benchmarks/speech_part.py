"""From a file on disk to labelled turns, over faster-whisper's batched pipeline on the mono mix of the same file.

`python -m benchmarks.speech_part FOLDER`, where the weights and the call may be kept.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from audio.recording import decoded
from audio.sound import listen
from benchmarks.calls import telephone_call
from benchmarks.contest import NOTHING, Took, contest, ratio, spread
from benchmarks.fixed_decoder import TOKENS, Work, fixed_decoder
from benchmarks.random_whisper import build
from benchmarks.table import markdown
from diarization.diarizer import Diarizer
from diarization.label import label_words
from models.context import Context
from models.conversation import Turn
from transcription.clean import clean
from transcription.engines import whisper
from transcription.transcriber import Transcriber

MINUTES = 10
THREADS = 2
_BATCH = 8
_BEAM = 1
"""The product's own is 5, which leaves the decoders more of the time, and so flatters the ratio."""
_LONGEST = 6 * 3600.0
_ROUNDS = 3
TARGETS = {"by channel": 1.15, "mono, embedded": 1.25}
MOST_OVERHEAD = 0.5
"""Seconds for each minute of the call, with weights that cost next to nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    took: list[Took]
    windows: int
    """Of 30 s, decoded in one run."""
    network: Took
    """Of one run, what the networks of Whisper took."""


def speech_part(
    path: Path, engine: Transcriber, *, language: str | None, diarizer: Diarizer | None = None
) -> tuple[Turn, ...]:
    """What the stages `transcribe` and `diarize` do with a recording, without their tables.

    As there, the second stage begins with the recording again: another worker may have it.
    """
    context = Context(language=language)
    with decoded(path, folder=path.parent, max_seconds=_LONGEST) as clip:
        transcript = clean(engine.transcribe(listen(clip, named=False), context, progress=lambda _: None))
    if diarizer is None:
        return label_words(transcript, None)
    with decoded(path, folder=path.parent, max_seconds=_LONGEST) as clip:
        heard = diarizer.diarize(listen(clip, named=False), context)
    return label_words(transcript, heard.exclusive)


def batched_pipeline(path: Path, model: Any, *, language: str | None) -> int:
    """The yardstick: the library's own way, its own VAD, two channels mixed to one, nobody's name on a word."""
    from faster_whisper import BatchedInferencePipeline

    segments, _ = BatchedInferencePipeline(model).transcribe(
        str(path), language=language, batch_size=_BATCH, beam_size=_BEAM, word_timestamps=True, without_timestamps=False
    )
    return sum(1 for _ in segments)


def mono_mix(path: Path, folder: Path) -> Path:
    """The call as a phone system with one channel would have kept it."""
    import av

    mixed = folder / f"{path.stem}-mono.wav"
    if not mixed.exists():
        with av.open(str(path)) as source, av.open(str(mixed), "w", format="wav") as container:
            stream = container.add_stream("pcm_mulaw", rate=source.streams.audio[0].rate)
            stream.layout = "mono"
            for frame in source.decode(audio=0):
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
    return mixed


def run(folder: Path) -> list[Measured]:
    """All contests; the yardstick of each stands before it."""
    call = telephone_call(folder / "call-10min.wav", seconds=MINUTES * 60)
    mono = mono_mix(call, folder)
    with fixed_decoder(_BEAM) as work:
        base, nano = (_engine(folder, size) for size in ("base", "nano"))
        library = _library(folder, "base")
        _warm_up(folder, (base, nano), library)
        theirs = partial(batched_pipeline, call, library)
        told: dict[str, Callable[[], object]] = {
            "yardstick": partial(theirs, language="en"),
            "by channel": partial(speech_part, call, base, language="en"),
            "mono, embedded": partial(speech_part, mono, base, language="en", diarizer=_embedded()),
        }
        detected: dict[str, Callable[[], object]] = {
            "yardstick, language detected": partial(theirs, language=None),
            "by channel, language detected": partial(speech_part, call, base, language=None),
        }
        cheap: dict[str, Callable[[], object]] = {
            "nano, by channel": partial(speech_part, call, nano, language="en"),
            "nano, mono, embedded": partial(speech_part, mono, nano, language="en", diarizer=_embedded()),
        }
        return [*_contest(work, told, _ROUNDS), *_contest(work, detected, 1), *_contest(work, cheap, _ROUNDS)]


def report(measured: list[Measured]) -> str:
    yardstick, rows = measured[0], []
    for found in measured:
        yardstick = found if found.name.startswith("yardstick") else yardstick
        rows.append(_row(found, yardstick))
    head = ("way", "windows", "processor s", "wall s", "target", "processor", "wall")
    return markdown(head, rows)


def _row(found: Measured, yardstick: Measured) -> tuple[str, ...]:
    processor, wall = min(took.processor for took in found.took), min(took.wall for took in found.took)
    cells = (found.name, str(found.windows), f"{processor:.1f}", f"{wall:.1f}")
    if found.name.startswith("nano"):
        taken = ((processor, found.network.processor), (wall, found.network.wall))
        shown = (f"{all_ / MINUTES:.2f} s ({(all_ - network) / MINUTES:.2f} without it)" for all_, network in taken)
        return (*cells, f"< {MOST_OVERHEAD} s a minute without the network", *shown)
    if found is yardstick:
        return (*cells, "", "1", "1")
    target = f"<= {TARGETS[found.name]}" if found.name in TARGETS else ""
    return (*cells, target, str(ratio(found.took, yardstick.took)), str(ratio(found.took, yardstick.took, wall=True)))


def _contest(work: Work, contestants: Mapping[str, Callable[[], object]], rounds: int) -> list[Measured]:
    counted = {name: _Counted(work, start) for name, start in contestants.items()}
    found = contest(counted, rounds)
    return [Measured(name, took, counted[name].windows, counted[name].network) for name, took in found.items()]


class _Counted:
    """A contestant whose work in the networks is counted; the same in every run but for the noise of the seconds."""

    def __init__(self, work: Work, start: Callable[[], object]) -> None:
        self._work, self._start = work, start
        self.windows, self.network = 0, Took(float("inf"), float("inf"))

    def __call__(self) -> None:
        self._work.windows, self._work.network = 0, NOTHING
        self._start()
        found = self._work.network
        self.windows = self._work.windows
        self.network = Took(min(self.network.wall, found.wall), min(self.network.processor, found.processor))


def _warm_up(folder: Path, engines: Sequence[Transcriber], library: Any) -> None:
    """On a short call: models are loaded, libraries imported, librosa's caches filled."""
    short = telephone_call(folder / "call-1min.wav", seconds=60)
    batched_pipeline(short, library, language="en")
    for engine in engines:
        speech_part(mono_mix(short, folder), engine, language="en", diarizer=_embedded())


def _engine(folder: Path, size: str) -> Transcriber:
    return whisper.create(
        model=build(folder / size, size), device="cpu", compute_type="int8", batch_size=_BATCH, beam_size=_BEAM,
        threads=THREADS,
    )  # fmt: skip


def _library(folder: Path, size: str) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(build(folder / size, size)), device="cpu", compute_type="int8", cpu_threads=THREADS)


def _embedded() -> Diarizer:
    from diarization.engines import embedded

    return embedded.create()


def main(folder: Path) -> str:
    """The table, and what it is about."""
    about = (
        f"A call of {MINUTES} minutes, 8 kHz mu-law, two channels; `base` with random weights, int8, batch {_BATCH}, "
        f"beam {_BEAM}, {TOKENS} tokens for each window of 30 s, word times, {THREADS} threads; the language is "
        "told unless it says so. Seconds are of the best round; ratios go round by round: median (best-worst). "
        "The yardstick is `BatchedInferencePipeline` with its own VAD on the mono mix."
    )
    measured = run(folder)
    noise = f"From round to round the yardstick's very same work differed by up to {spread(measured[0].took)}."
    return f"{about}\n\n{report(measured)}\n\n{noise}"


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
