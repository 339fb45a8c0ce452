"""Where somebody speaks, channel by channel, and the sound of it in pieces that fit an engine."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio.clip import Clip
from audio.quality import Levels
from models.errors import EngineFailed

_FRAME = 512
"""Samples that Silero judges at a time, at 16 kHz."""
_CONTEXT = 64
"""Samples before a frame that the network sees with it."""
_HIDDEN = 128
"""Numbers of its state."""
_BATCH = 256
"""Frames in one call: more fall out of the processor's cache, and take a seventh longer."""
_WINDOW = 120.0
_TARGET_PEAK = 0.5
_MOST_GAIN = 20.0
"""26 dB. Silero misses quiet speech, so that each channel is raised by one gain; more would raise cross-talk."""
_DITHER = 3.5e-5
"""-100 dB of noise (peak to peak): on digital silence the network answers at random."""


@dataclass(frozen=True, slots=True)
class Span:
    """Speech on one channel, in seconds of the recording."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechOptions:
    """How probabilities become spans. Seconds.

    The values are those with which the batched pipeline of faster-whisper lost least; a threshold of .35 keeps
    quiet speech, and what is too much is for the engine's own filters.
    """

    threshold: float = 0.35
    release: float = 0.2
    """Speech goes on until the probability falls below this."""
    min_silence: float = 0.3
    min_speech: float = 0.1
    pad: float = 0.2
    max_length: float = 28.0
    """Longer spans are cut at their least probable frame."""


@dataclass(frozen=True, slots=True)
class SpeechPiece:
    """The sound of one span."""

    channel: int
    span: Span
    sound: NDArray[np.float32]
    """Shape (samples,)."""


def speech_chances(clip: Clip, levels: Levels, channels: Sequence[int]) -> dict[int, NDArray[np.float32]]:
    """Silero's chance of speech for each frame of the given channels, in one pass over the clip.

    Each channel has a thread of its own: within one, each frame needs the one before. Holds some minutes of sound and
    one number for every 32 ms. Raises EngineFailed when the network breaks.
    """
    detectors = {number: _Detector(_gain(levels.peak[number])) for number in channels}
    found: dict[int, list[NDArray[np.float32]]] = {number: [] for number in channels}
    size = round(_WINDOW * clip.rate / _FRAME) * _FRAME
    with ThreadPoolExecutor(max(1, len(detectors))) as threads:
        for window in clip.windows(size / clip.rate):
            sounds = [window[number] for number in detectors]
            for number, chances in zip(found, threads.map(_Detector.chances, detectors.values(), sounds), strict=True):
                found[number].append(chances)
    return {number: np.concatenate(parts) if parts else np.zeros(0, np.float32) for number, parts in found.items()}


def frame_seconds(rate: int) -> float:
    """Between two chances of speech."""
    return _FRAME / rate


def spans_of(chances: NDArray[np.float32], step: float, duration: float, options: SpeechOptions) -> list[Span]:
    """Frames' chances of speech to spans: hysteresis, short gaps closed, clicks dropped, padded, long ones cut."""
    runs = _runs(chances, options)
    closed: list[tuple[int, int]] = []
    for first, last in runs:
        if closed and (first - closed[-1][1]) * step < options.min_silence:
            closed[-1] = (closed[-1][0], last)
        else:
            closed.append((first, last))
    kept = [run for run in closed if (run[1] - run[0]) * step >= options.min_speech]
    cut = [part for run in kept for part in _cut(chances, run, round((options.max_length - 2 * options.pad) / step))]
    return _padded(cut, step, duration, options.pad)


def cut_speech(clip: Clip, spans: dict[int, list[Span]]) -> Iterator[SpeechPiece]:
    """The sound of each span as soon as it has been decoded; holds no more than a window and the longest span."""
    open_spans = {number: list(reversed(found)) for number, found in spans.items()}
    held = {number: np.zeros(0, np.float32) for number in spans}
    first = 0
    for window in clip.windows(_WINDOW):
        end = first + max((len(sound) for sound in held.values()), default=0) + window.shape[1]
        for number, waiting in open_spans.items():
            held[number] = np.concatenate([held[number], window[number]])
            while waiting and round(waiting[-1].end * clip.rate) <= end:
                yield _piece(number, waiting.pop(), held[number], first, clip.rate)
        starts = [round(waiting[-1].start * clip.rate) for waiting in open_spans.values() if waiting]
        if not starts:
            return
        keep = min(*starts, end) if starts else end
        held = {number: sound[max(0, keep - first) :] for number, sound in held.items()}
        first = max(first, keep)
    for number, waiting in open_spans.items():
        for span in reversed(waiting):  # Rounding may put the last end a sample behind the sound.
            yield _piece(number, span, held[number], first, clip.rate)


def joined_spans(spans: Sequence[Span], *, gap: float, longest: float) -> list[Span]:
    """Neighbours with at most `gap` seconds between them as one, while it lasts no longer than `longest`."""
    joined: list[Span] = []
    for span in spans:
        if joined and span.start - joined[-1].end <= gap and span.end - joined[-1].start <= longest:
            joined[-1] = replace(joined[-1], end=span.end)
        else:
            joined.append(span)
    return joined


def _piece(number: int, span: Span, sound: NDArray[np.float32], first: int, rate: int) -> SpeechPiece:
    begin = max(0, round(span.start * rate) - first)
    return SpeechPiece(number, span, sound[begin : max(begin, round(span.end * rate) - first)].copy())


def _gain(peak: float) -> np.float32:
    return np.float32(min(_MOST_GAIN, max(1.0, _TARGET_PEAK / peak)) if peak > 0 else 1.0)


class _Detector:
    """Silero's network on one channel, the way it was trained: its state goes on from window to window."""

    def __init__(self, gain: np.float32) -> None:
        self._gain = gain
        self._before = np.zeros((1, _CONTEXT), np.float32)
        self._state = (np.zeros((1, 1, _HIDDEN), np.float32), np.zeros((1, 1, _HIDDEN), np.float32))

    def chances(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of each frame; a last one that is not full is filled up with silence."""
        if not len(sound):
            return np.zeros(0, np.float32)
        frames = _dithered(sound * self._gain).reshape(-1, _FRAME)
        ends = np.concatenate([self._before, frames[:, -_CONTEXT:]])
        self._before = ends[-1:]
        given = np.concatenate([ends[:-1], frames], axis=1)
        try:
            found = [self._judged(given[first : first + _BATCH]) for first in range(0, len(given), _BATCH)]
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineFailed(f"the speech detector (Silero) broke: {error}") from error
        return np.concatenate(found)

    def _judged(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        from faster_whisper.vad import get_vad_model

        hidden, cell = self._state
        chances, *state = get_vad_model().session.run(None, {"input": frames, "h": hidden, "c": cell})
        self._state = (state[0], state[1])
        return np.asarray(chances, dtype=np.float32).reshape(-1)


def _dithered(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Whole frames, with noise from one seed, so that the result is the same every time."""
    noise = np.random.default_rng(0).random(len(sound) + -len(sound) % _FRAME, dtype=np.float32)
    noise = (noise - np.float32(0.5)) * np.float32(_DITHER)
    noise[: len(sound)] += sound
    return noise


def _runs(chances: NDArray[np.float32], options: SpeechOptions) -> list[tuple[int, int]]:
    """First frame and the one behind the last, from crossing `threshold` up to crossing `release` down."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for number, chance in enumerate(chances.tolist()):
        if start is None and chance >= options.threshold:
            start = number
        elif start is not None and chance < options.release:
            runs.append((start, number))
            start = None
    if start is not None:
        runs.append((start, len(chances)))
    return runs


def _cut(chances: NDArray[np.float32], run: tuple[int, int], longest: int) -> list[tuple[int, int]]:
    """Parts of at most `longest` frames; each cut lies at the least probable frame of the part's second half."""
    parts = []
    first, last = run
    while last - first > longest:
        half = first + longest // 2
        at = half + int(np.argmin(chances[half : first + longest])) + 1
        parts.append((first, at))
        first = at
    return [*parts, (first, last)]


def _padded(runs: list[tuple[int, int]], step: float, duration: float, pad: float) -> list[Span]:
    """In seconds, widened by `pad` on each side, but never over the middle of the gap to a neighbour."""
    times = [(first * step, min(last * step, duration)) for first, last in runs]
    spans = []
    for number, (start, end) in enumerate(times):
        before = (times[number - 1][1] + start) / 2 if number else 0.0
        after = (times[number + 1][0] + end) / 2 if number + 1 < len(times) else duration
        spans.append(Span(max(start - pad, before, 0.0), min(end + pad, after)))
    return [span for span in spans if span.end > span.start]
