"""Clean sound as a telephone line leaves it: 300 to 3400 Hz, 8 kHz, eight bits of mu-law."""

import numpy as np
import soxr
from scipy.signal import butter, sosfilt

from audio.clip import Samples

RATE = 8_000
_BAND = (300.0, 3400.0)
_MU = 255


def over_telephone(sound: Samples, rate: int) -> Samples:
    """Shape (channels, samples) at `rate`, to the same at `RATE`."""
    slow = np.stack([soxr.resample(channel, rate, RATE) for channel in sound])
    heard = sosfilt(butter(4, _BAND, "bandpass", fs=RATE, output="sos"), slow, axis=1)
    bent = np.sign(heard) * np.log1p(_MU * np.minimum(np.abs(heard), 1)) / np.log1p(_MU)
    steps = np.round(bent * 127) / 127
    return np.asarray(np.sign(steps) * np.expm1(np.abs(steps) * np.log1p(_MU)) / _MU, np.float32)
