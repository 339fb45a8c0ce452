"""Frames as FFmpeg decodes them to samples as we hold them."""

from typing import Any

import numpy as np
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

from audio.clip import Samples

MAX_CHANNELS = 8
"""Conference recorders write one channel for each party; more than this is no phone call."""
_KNOWN = {"u8", "s16", "s32", "flt", "dbl"}
"""FFmpeg's names of samples that numpy has a type for, without the p of `in planes`."""
_SCALES = {"u1": (128, 128), "i2": (0, 32768), "i4": (0, 2147483648), "f4": (0, 1), "f8": (0, 1)}
"""By numpy's name: where zero lies, and how far full scale is from it."""


def samples_of(frame: AudioFrame, channels: int) -> NDArray[Any]:
    """Shape (channels, samples), in the type that they were decoded to.

    PyAV reads beyond the planes of a frame that has eight of them, and crashes, so such a frame is interleaved first;
    so is one of a type that numpy does not know.
    """
    if frame.format.name.removesuffix("p") not in _KNOWN or (frame.format.is_planar and channels == MAX_CHANNELS):
        frame.pts = None
        packer = AudioResampler(format="flt", layout=frame.layout, rate=frame.sample_rate)
        packed = [*packer.resample(frame), *packer.resample(None)]
        return np.concatenate([samples_of(piece, channels) for piece in packed], axis=1)
    found = frame.to_ndarray()
    return found if frame.format.is_planar else found.reshape(-1, channels).T


def scaled(pieces: list[NDArray[Any]], channels: int) -> Samples:
    """Pieces of one type, one after the other, -1 to 1, with so many channels."""
    sound = np.concatenate(pieces, axis=1)
    if sound.dtype.kind == "f":  # It may hold what is no number, and lie beyond full scale.
        sound = np.clip(np.nan_to_num(sound, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
    zero, full = _SCALES[sound.dtype.str[1:]]
    floats: Samples = sound.astype(np.float32)
    return _with_channels((floats - np.float32(zero)) * np.float32(1 / full), channels)


def _with_channels(sound: Samples, wanted: int) -> Samples:
    """A stream that changes its channels in the middle goes on with those it began with."""
    if len(sound) == wanted:
        return sound
    if wanted == 1:
        mixed: Samples = sound.mean(axis=0, keepdims=True, dtype=np.float32)
        return mixed
    if len(sound) == 1:
        return np.repeat(sound, wanted, axis=0)
    rest = np.zeros((max(0, wanted - len(sound)), sound.shape[1]), np.float32)
    return np.concatenate([sound[:wanted], rest])
