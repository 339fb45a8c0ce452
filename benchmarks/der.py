"""Diarization error rate, as NIST and pyannote.metrics define it, counted in hundredths of a second."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_STEP = 0.01


@dataclass(frozen=True, slots=True)
class Stretch:
    """Somebody speaks. Seconds."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True)
class Error:
    """Percent of the reference's speech, each speaker's counted for itself."""

    missed: float
    invented: float
    confused: float

    @property
    def total(self) -> float:
        return self.missed + self.invented + self.confused


def read_rttm(path: Path) -> list[Stretch]:
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [line for line in lines if line and line[0] == "SPEAKER"]
    return [Stretch(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]


def error_rate(reference: Sequence[Stretch], found: Sequence[Stretch], *, collar: float = 0.0) -> Error:
    """With the best one-to-one map of found speakers to true ones.

    `collar`: seconds that are left out around each boundary of the reference, half before it and half behind it, as
    pyannote.metrics counts them (NIST's collar of the same number leaves out twice as much).
    """
    from scipy.optimize import linear_sum_assignment

    length = round(max(stretch.end for stretch in (*reference, *found)) / _STEP) + 1
    kept = np.ones(length, dtype=bool)
    for edge in (edge for stretch in reference for edge in (stretch.start, stretch.end) if collar):
        kept[max(0, round((edge - collar / 2) / _STEP)) : round((edge + collar / 2) / _STEP)] = False
    true, heard = _grid(reference, length)[:, kept], _grid(found, length)[:, kept]
    together = true.astype(np.int64) @ heard.T.astype(np.int64)
    right = int(together[linear_sum_assignment(-together)].sum())
    truly, said = true.sum(axis=0), heard.sum(axis=0)
    parts = np.maximum(truly - said, 0).sum(), np.maximum(said - truly, 0).sum(), np.minimum(truly, said).sum() - right
    return Error(*(100 * float(part) / max(int(truly.sum()), 1) for part in parts))


def _grid(stretches: Sequence[Stretch], length: int) -> NDArray[np.bool_]:
    """Shape (speakers, hundredths)."""
    names = sorted({stretch.speaker for stretch in stretches})
    grid = np.zeros((len(names), length), dtype=bool)
    for stretch in stretches:
        grid[names.index(stretch.speaker), round(stretch.start / _STEP) : round(stretch.end / _STEP)] = True
    return grid
