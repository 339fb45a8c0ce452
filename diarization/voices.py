"""What a voice sounds like, quarter of a second by quarter of a second: sums that can be added over any stretch.

MFCC and pitch of 10 ms frames, normalised over the recording's speech, so that line and microphone count less. Each
frame is shared out among sounds (the components of a mixture): two voices are then compared sound by sound.
The mixture and the projection of the windows were learned from recorded people by `benchmarks/train_voices.py`.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from audio.clip import Clip
from audio.speech import Span

Numbers = NDArray[np.float64]

CELL = 0.25
"""Seconds; who speaks is decided cell by cell."""
CELL_FRAMES = 25
BLOCK = 60.0
"""Seconds of sound, and of what is computed of it, held at a time."""
COEFFICIENTS = 20
_AROUND = 3
"""Cells on each side of one that are heard with it: 1.75 s, the least in which sounds even out."""
_LOWEST, _HIGHEST = 65.0, 400.0
"""Hz, of the pitch of speech."""
_VOICED = 0.6
"""Of the autocorrelation at the pitch; a frame below it has none that could be trusted."""
_OCTAVE = 0.88
"""The first peak of at least this share of the highest is the pitch: multiples of its period are as high."""


@dataclass(frozen=True, slots=True)
class Frames:
    """Of every 10 ms of a recording. Half precision: six hours are 100 MB."""

    mfcc: NDArray[np.float16]
    """Shape (frames, COEFFICIENTS); the loudness (c0) is left out."""
    pitch: NDArray[np.float16]
    """Octaves above `_LOWEST`; NaN where there is none."""
    speech: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class VoiceModel:
    """What was learned from recorded people."""

    weights: Numbers
    means: Numbers
    """Shape (sounds, COEFFICIENTS)."""
    deviations: Numbers
    projection: Numbers
    """Shape (window statistics, dimensions): makes the spread within a voice 1 in each dimension."""
    between: Numbers
    """Shape (dimensions,): the variance between voices there."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums over the speech frames of each cell. The first axis is cells."""

    count: Numbers
    shares: Numbers
    """Shape (cells, sounds): how many frames each sound had."""
    offsets: Numbers
    """Shape (cells, sounds x COEFFICIENTS): how far they were from the sound's mean, in its deviations."""
    voiced: Numbers
    pitch: Numbers
    """Octaves above the recording's median, summed over voiced frames."""
    sums: Numbers
    """What `window_statistics` needs."""


@cache
def voice_model() -> VoiceModel:
    saved = json.loads(files("diarization").joinpath("voices.json").read_text())
    return VoiceModel(**{name: np.array(numbers) for name, numbers in saved.items()})


def hear_frames(clip: Clip, spans: list[Span]) -> Frames:
    """MFCC and pitch of a mono clip; `spans` say where somebody speaks."""
    mfcc, pitch, speech = [], [], []
    at = 0.0
    for window in clip.windows(BLOCK):
        frames = -(-window.shape[1] * 100 // clip.rate)
        mfcc.append(_mfcc(window[0], clip.rate, frames).astype(np.float16))
        speech.append(speech_mask(spans, at, frames))
        pitch.append(_pitch(window[0], clip.rate, frames).astype(np.float16))
        at += BLOCK
    if not mfcc:
        return Frames(np.zeros((0, COEFFICIENTS), np.float16), np.zeros(0, np.float16), np.zeros(0, bool))
    return Frames(np.concatenate(mfcc), np.concatenate(pitch), np.concatenate(speech))


def _mfcc(sound: NDArray[np.float32], rate: int, frames: int) -> Numbers:
    import librosa
    from scipy.fft import dct

    step = rate // 100
    padded = np.pad(sound, (0, (frames + 2) * step - len(sound)))
    mel = librosa.feature.melspectrogram(
        y=padded, sr=rate, n_mels=40, fmin=80, fmax=3800, n_fft=step * 5 // 2, hop_length=step, center=False
    )
    level = 10 * np.log10(np.maximum(mel.T[:frames], 1e-10))
    return np.asarray(dct(level, norm="ortho", axis=1)[:, 1 : COEFFICIENTS + 1], dtype=np.float64)


def speech_mask(spans: list[Span], at: float, frames: int) -> NDArray[np.bool_]:
    """Which of so many frames from second `at` on lie in a span."""
    mask = np.zeros(frames, dtype=bool)
    for span in spans:
        first, last = round((span.start - at) * 100), round((span.end - at) * 100)
        if last > 0 and first < frames:
            mask[max(0, first) : last] = True
    return mask


def _pitch(sound: NDArray[np.float32], rate: int, frames: int) -> Numbers:
    """By the autocorrelation of 40 ms, that of the window divided out (Boersma 1993), without path search."""
    step, length = rate // 100, rate // 25
    padded = np.pad(sound, (length // 2 - step // 2, length + frames * step - len(sound)))
    pieces = sliding_window_view(padded, length)[::step][:frames]
    taper = np.hanning(length).astype(np.float32)
    own = _autocorrelation(taper[None])[0]
    lags = np.arange(int(rate / _HIGHEST), int(rate / _LOWEST) + 2)
    found = np.full(frames, np.nan)
    for first in range(0, frames, 1000):  # Ten seconds at a time: a frame is a hundred times its step.
        piece = pieces[first : first + 1000]
        flat = _autocorrelation((piece - piece.mean(axis=1, keepdims=True)) * taper)[:, lags]
        energy = np.maximum(((piece - piece.mean(axis=1, keepdims=True)) ** 2 * taper**2).sum(axis=1), 1e-12)
        found[first : first + 1000] = _first_peak(flat * own[0] / (energy[:, None] * own[lags]), lags, rate)
    return found


def _autocorrelation(pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    from scipy.fft import irfft, next_fast_len, rfft

    size = next_fast_len(2 * pieces.shape[1], real=True)
    spectrum = rfft(pieces, size, axis=1)
    return np.asarray(irfft(np.abs(spectrum) ** 2, size, axis=1), dtype=np.float32)


def _first_peak(heights: NDArray[np.float32], lags: NDArray[np.int64], rate: int) -> Numbers:
    """Octaves above `_LOWEST`, by a parabola through the peak; NaN without one."""
    middle = heights[:, 1:-1]
    peaks = np.where((middle >= heights[:, :-2]) & (middle >= heights[:, 2:]), middle, -1)
    best = peaks.max(axis=1)
    chosen = np.argmax(peaks >= _OCTAVE * best[:, None], axis=1)
    rows = np.arange(len(heights))
    left, top, right = heights[rows, chosen], heights[rows, chosen + 1], heights[rows, chosen + 2]
    bend = np.minimum(left - 2 * top + right, -1e-6)
    lag = lags[chosen + 1] + np.clip((left - right) / (2 * bend), -0.5, 0.5)
    return np.where(best > _VOICED, np.log2(rate / lag / _LOWEST), np.nan)


@dataclass(frozen=True, slots=True)
class Normal:
    """How the speech of a recording is normalised."""

    centre: Numbers
    scale: Numbers
    pitch: float

    @classmethod
    def of(cls, frames: Frames) -> "Normal":
        """Over at most some 100,000 frames (17 minutes) of speech, evenly taken."""
        chosen = np.flatnonzero(frames.speech)
        chosen = chosen[:: len(chosen) // 100_000 + 1]
        heard = frames.mfcc[chosen].astype(np.float64)
        pitch = frames.pitch[chosen].astype(np.float64)
        voiced = pitch[np.isfinite(pitch)]
        middle = float(np.median(voiced)) if len(voiced) else 0.0
        return cls(heard.mean(axis=0), heard.std(axis=0) + 1e-6, middle)


def count_cells(frames: Frames, normal: Normal, model: VoiceModel) -> Cells:
    """Frames to sums; the last cell may be shorter."""
    missing = -len(frames.speech) % CELL_FRAMES
    speech = np.pad(frames.speech, (0, missing)).astype(np.float64)
    sound = np.pad((frames.mfcc.astype(np.float64) - normal.centre) / normal.scale, ((0, missing), (0, 0)))
    octaves = np.pad(frames.pitch.astype(np.float64), (0, missing), constant_values=np.nan)
    voiced = speech * np.isfinite(octaves)
    pitch = np.where(voiced > 0, np.clip(np.nan_to_num(octaves) - normal.pitch, -1, 1), 0.0)
    heard, sung = sound * speech[:, None], sound * voiced[:, None]
    change = _change(sound) * speech[:, None]
    columns = (speech, heard, heard * sound, change**2, voiced, sung, sung * sound, pitch, pitch**2)
    sums = _by_cell(np.column_stack(columns))
    shared = _shares(sound, model) * speech[:, None]
    by_cell = shared.reshape(-1, CELL_FRAMES, shared.shape[1])
    shares = by_cell.sum(axis=1)
    weighted = np.matmul(by_cell.transpose(0, 2, 1), sound.reshape(len(by_cell), CELL_FRAMES, -1))
    offsets = (weighted - shares[..., None] * model.means) / model.deviations
    return Cells(sums[:, 0], shares, offsets.reshape(len(by_cell), -1), sums[:, 61], sums[:, 102], sums)


def _by_cell(values: Numbers) -> Numbers:
    return np.asarray(values.reshape(-1, CELL_FRAMES, values.shape[1]).sum(axis=1))


def _change(sound: Numbers) -> Numbers:
    """The slope over five frames."""
    padded = np.pad(sound, ((2, 2), (0, 0)), mode="edge")
    return np.asarray((2 * (padded[4:] - padded[:-4]) + padded[3:-1] - padded[1:-3]) / 10)


def _shares(sound: Numbers, model: VoiceModel) -> Numbers:
    """Of each frame among the sounds; each row sums to 1."""
    precise = model.deviations**-2
    square = sound**2 @ precise.T - 2 * sound @ (model.means * precise).T + (model.means**2 * precise).sum(axis=1)
    likely = np.log(model.weights) - np.log(model.deviations).sum(axis=1) - square / 2
    shares = np.exp(likely - likely.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def window_statistics(sums: Numbers) -> Numbers:
    """Around each cell: means and deviations of MFCC, of all frames and of voiced ones, how fast they change, pitch."""
    around = sum_around(sums)
    count, voiced = np.maximum(around[:, :1], 1), around[:, 61:62]
    mean, vowel = around[:, 1:21] / count, around[:, 62:82] / (voiced + 10)
    deviation = np.sqrt(np.maximum(around[:, 21:41] / count - mean**2, 1e-6))
    change = np.sqrt(np.maximum(around[:, 41:61] / count, 1e-6))
    bend = np.sqrt(np.maximum(around[:, 82:102] / (voiced + 5) - vowel**2, 1e-6))
    height = around[:, 102:103] / np.maximum(voiced, 1)
    swing = np.sqrt(np.maximum(around[:, 103:104] / np.maximum(voiced, 1) - height**2, 0))
    pitch = around[:, 102:103] / (voiced + 20)
    return np.concatenate([mean, deviation, pitch, swing, voiced / count, change, vowel, bend], axis=1)


def sum_around(sums: Numbers) -> Numbers:
    total = np.cumsum(np.concatenate([np.zeros((1, sums.shape[1])), sums]), axis=0)
    place = np.arange(len(sums))
    return np.asarray(total[np.minimum(place + _AROUND + 1, len(sums))] - total[np.maximum(place - _AROUND, 0)])
