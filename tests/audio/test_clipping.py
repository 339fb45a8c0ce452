"""How much of a recording was cut off at the top, measured before anything rounds it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sounds import encode, tone

from audio.decoding.clipping import Clipping
from audio.recording import decoded


def shares(sound: NDArray[np.float32], codec: str = "pcm_s16le", piece: int = 1000) -> tuple[float, ...]:
    clipping = Clipping(codec, len(sound))
    for first in range(0, sound.shape[1], piece):
        clipping.feed(sound[:, first : first + piece])
    return clipping.shares()


CUT = np.clip(tone(2.0, 110, peak=2.0), -1, 1)
"""Cut at half its height: two thirds of its time are at the top."""


@pytest.mark.parametrize(
    ("sound", "codec", "share"),
    [
        (tone(2.0, 110, peak=0.9), "pcm_s16le", 0.0),
        (CUT, "pcm_s16le", 0.66),
        (CUT * 0.4, "pcm_s16le", 0.66),
        (CUT * 0.05, "pcm_s16le", 0.0),
        (np.where(CUT > 0, CUT, 0), "pcm_s16le", 0.33),
        (CUT * 32124 / 32768, "pcm_mulaw", 0.66),
        (CUT * 0.4, "pcm_mulaw", 0.0),
        (CUT, "mp3float", 0.66),
        (np.zeros((1, 9000), np.float32), "pcm_s16le", 0.0),
        (np.zeros((1, 0), np.float32), "pcm_s16le", 0.0),
        (np.tile(np.array([[1, 1, 0, 0]], np.float32), 2000), "pcm_s16le", 0.0),
        (np.tile(np.array([[1, 1, 1, 0]], np.float32), 2000), "pcm_s16le", 0.75),
    ],
    ids=["clean", "full", "flat", "faint", "above", "mu-law", "coarse", "lossy", "silent", "empty", "pairs", "threes"],
)
@pytest.mark.parametrize("piece", [1, 3, 7, 1000, 10**6])
def test_runs_at_the_top_are_counted_however_the_sound_comes(
    sound: NDArray[np.float32], codec: str, share: float, piece: int
) -> None:
    assert shares(sound[:, :9000], codec, piece)[0] == pytest.approx(share, abs=0.02)


def test_a_higher_peak_makes_earlier_ones_no_top() -> None:
    low = np.concatenate([CUT * 0.4, tone(2.0, 110, peak=0.9)], axis=1)
    assert shares(low) == (0.0,)
    assert shares(low[:, ::-1]) == (0.0,)


def test_each_channel_has_its_own_share(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", np.concatenate([CUT, tone(2.0, 110)]), 8000)
    with decoded(path, folder=tmp_path, max_seconds=60) as clip:
        assert list(clip.source.clipped) == pytest.approx([0.66, 0.0], abs=0.01)
