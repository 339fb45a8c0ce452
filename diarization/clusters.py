"""Cells of sound to voices: hidden Markov models whose states are voices, fitted by variational Bayes.

Two of them. One works on windows in a space that was learned to tell voices apart (as VBx does: Landini et al. 2022):
it finds good places to start. The other compares cells sound by sound with no learned direction (Kenny 2008,
eigenvoices replaced by a relevance factor). Both have a say in which start was right, whether there are two voices at
all, and who speaks when. Neither alone is enough: the first gives a monologue nearly as much evidence for two voices
as a dialogue of two alike, the second takes loud and quiet or clear and muffled for two voices.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diarization.voices import Cells, Numbers

_STAY = 0.9
"""That a voice goes on for another quarter of a second, while voices are looked for: a start is not to stick."""
_STAY_FOUND, _SILENCE_COUNTS = 0.98, 4
"""The same once they are found, as in calls and meetings; for a change, a cell of silence is worth four of speech."""
_STARTS = 16
_START_CELLS = 10
"""A start gives each voice a stretch of 2.5 s at random."""
_STRETCH_SURE = 0.95
_WINDOW_ROUNDS, _CELL_ROUNDS = 15, 6
_WINDOW_SCALE, _WINDOW_PRIOR = 0.3, 2.0
"""Neighbouring windows share most of their sound, so each counts for less than one; the prior weighs twice."""
_CELL_SCALE = 0.15
"""Of a frame of 10 ms, which is much like the one before it."""
_RELEVANCE = 8.0
"""Frames that a voice must have of a sound before its own mean counts more than everybody's; scaled as above."""
_PITCH_SCALE, _PITCH_RELEVANCE, _PITCH_DEVIATION = 0.1, 0.2, 0.4
"""Pitch drifts slowly; within a recording its deviation is about 0.4 octaves."""
_DOUBT_SCALE = 0.25
"""Of a frame, when two voices are weighed against one. More than in the search, where a start should not be certain."""
_CHANGE = 4.0
"""What each change of speaker costs there: in the calls and meetings one of fifty cells begins another's speech."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The cells with speech, in order."""

    points: Numbers
    """Shape (cells, dimensions): windows in the learned space, spread within a voice 1, mean 0."""
    centre: Numbers
    """What was taken from the points to make their mean 0."""
    between: Numbers
    """Shape (dimensions,): variance between voices."""
    cells: Cells
    gaps: NDArray[np.int64]
    """How many cells after the one before."""


@dataclass(frozen=True, slots=True)
class Voices:
    """Some number of voices as they were found."""

    shares: Numbers
    """Shape (cells, voices)."""
    evidence: float
    """Log of how likely the windows are, in the learned space."""
    means: Numbers
    """Shape (voices, sounds x coefficients), in deviations."""
    bias: Numbers
    """Shape (voices, sounds): what a frame of a sound costs a voice."""
    pitch: Numbers
    """Shape (voices, 2): mean, and mean of the square."""
    places: Numbers
    """Shape (voices, dimensions): mean in the learned space."""
    costs: Numbers
    """Shape (voices,): what a window costs a voice there."""


def find_voices(heard: Heard, voices: int) -> Voices:
    """The best of several starts, two voices or more; the same every time."""
    starts = _starts(len(heard.points), voices)
    shares, _ = _by_windows(heard, starts, _WINDOW_ROUNDS)
    shares = _different(shares)
    shares, found = _by_cells(heard, shares)
    _, windows = _by_windows(heard, shares, 1)
    cells = [len(share) * told_apart(heard.cells, share) for share in shares]
    best = int(np.argmax(cells + windows))
    means, bias, pitch = (value[best] for value in found)
    return Voices(shares[best], float(windows[best]), means, bias, pitch, *_placed(heard, shares[best]))


def told_apart(cells: Cells, shares: Numbers) -> float:
    """How much likelier the cells are of these voices than of one: log Bayes factor, for each cell.

    Pitch has no say: everybody speaks now higher, now lower. Shares of shape (cells, voices).
    """
    changes = int(np.count_nonzero(np.diff(shares.argmax(axis=1))))
    gain = _whatever_the_means(cells, shares) - _whatever_the_means(cells, np.ones((len(shares), 1)))
    return float(gain - _CHANGE * changes) / len(shares)


def _placed(heard: Heard, shares: Numbers) -> tuple[Numbers, Numbers]:
    """`places` and `costs` of voices."""
    weight = _WINDOW_SCALE / _WINDOW_PRIOR
    precise = 1 / heard.between + weight * shares.sum(axis=0)[:, None]
    mean = weight * shares.T @ heard.points / precise
    return mean, (mean**2 + 1 / precise).sum(axis=1) / 2 + mean @ heard.centre


def alone(heard: Heard) -> float:
    """The windows' evidence for one voice, as `Voices.evidence` is for more."""
    weight, count, total = _WINDOW_SCALE / _WINDOW_PRIOR, len(heard.points), heard.points.sum(axis=0)
    precise = 1 / heard.between + weight * count
    mean = weight * total / precise
    square = mean**2 + 1 / precise
    cost = _WINDOW_PRIOR / 2 * (square / heard.between - 1 + np.log(precise * heard.between)).sum()
    return float(_WINDOW_SCALE * (total @ mean - count * square.sum() / 2) - cost)


def _whatever_the_means(cells: Cells, shares: Numbers) -> float:
    """Log likelihood with the means of the voices integrated out, up to a term that is the same for all shares."""
    count = shares.T @ cells.shares
    offsets = _DOUBT_SCALE * (shares.T @ cells.offsets).reshape(*count.shape, -1)
    precise = _RELEVANCE + _DOUBT_SCALE * count
    gain = (offsets**2).sum(axis=2) / precise - offsets.shape[2] * np.log(precise / _RELEVANCE)
    return float(gain.sum() / 2)


def likelihoods(cells: Cells, points: Numbers, voices: Voices) -> Numbers:
    """Log likelihood of each cell for each voice, shape (cells, voices), up to a term that is the same for all.

    `points`: the windows in the learned space, wherever its middle is.
    """
    windows = _WINDOW_SCALE * (points @ voices.places.T - voices.costs)
    return np.asarray(_sound_likelihoods(cells, voices.means, voices.bias, voices.pitch) + windows)


def _sound_likelihoods(cells: Cells, means: Numbers, bias: Numbers, height: Numbers) -> Numbers:
    sound = cells.offsets @ means.T - cells.shares @ bias.T / 2
    pitch = np.outer(cells.pitch / _PITCH_DEVIATION, height[:, 0]) - np.outer(cells.voiced, height[:, 1]) / 2
    return np.asarray(_CELL_SCALE * sound + _PITCH_SCALE * pitch)


def follow(likely: Numbers, gaps: NDArray[np.int64]) -> Numbers:
    """The share of each voice in each cell, given who spoke before and after."""
    return np.asarray(_forward_backward(likely[None], 1 + _SILENCE_COUNTS * (gaps - 1), _STAY_FOUND)[0][0])


def _starts(cells: int, voices: int) -> Numbers:
    """Shape (starts, cells, voices)."""
    random = np.random.default_rng(0)
    shares = np.full((_STARTS, cells, voices), 1 / voices)
    for start in shares:
        for voice in range(voices):
            first = int(random.integers(max(1, cells - _START_CELLS)))
            start[first : first + _START_CELLS] = (1 - _STRETCH_SURE) / (voices - 1)
            start[first : first + _START_CELLS, voice] = _STRETCH_SURE
    return shares


def _different(shares: Numbers) -> Numbers:
    """Starts that came to the same end are followed once."""
    kept: list[Numbers] = []
    for share in shares:
        if all(np.trace(share.T @ other) < 0.995 * len(share) for other in kept):
            kept.append(share)
    return np.stack(kept)


def _by_windows(heard: Heard, shares: Numbers, rounds: int) -> tuple[Numbers, Numbers]:
    """Shares of shape (starts, cells, voices) and the evidence of each start."""
    points, between = heard.points, heard.between
    weight = _WINDOW_SCALE / _WINDOW_PRIOR
    evidence = np.zeros(len(shares))
    for _ in range(rounds):
        precise = 1 / between + weight * shares.sum(axis=1)[..., None]
        mean = weight * np.matmul(shares.transpose(0, 2, 1), points) / precise
        square = mean**2 + 1 / precise
        cost = _WINDOW_PRIOR / 2 * (square / between - 1 + np.log(precise * between)).sum(axis=(1, 2))
        likely = _WINDOW_SCALE * (points @ mean.transpose(0, 2, 1) - square.sum(axis=2)[:, None] / 2)
        shares, reached = _forward_backward(likely, heard.gaps)
        evidence = reached - cost
    return shares, evidence


def _by_cells(heard: Heard, shares: Numbers) -> tuple[Numbers, tuple[Numbers, Numbers, Numbers]]:
    cells, starts, voices = heard.cells, len(shares), shares.shape[2]
    sounds = cells.shares.shape[1]
    size = cells.offsets.shape[1] // sounds
    found = (shares, shares, shares)
    for _ in range(_CELL_ROUNDS):
        flat = shares.transpose(0, 2, 1).reshape(starts * voices, -1)
        precise = _RELEVANCE + _CELL_SCALE * (flat @ cells.shares)
        means = _CELL_SCALE * (flat @ cells.offsets).reshape(-1, sounds, size) / precise[..., None]
        bias = (means**2).sum(axis=2) + size / precise
        sure = _PITCH_RELEVANCE + _PITCH_SCALE * (flat @ cells.voiced)
        height = _PITCH_SCALE * (flat @ (cells.pitch / _PITCH_DEVIATION)) / sure
        square = height**2 + 1 / sure
        every = means.reshape(len(flat), -1), bias, np.stack([height, square], axis=1)
        likely = _sound_likelihoods(cells, *every).reshape(-1, starts, voices).transpose(1, 0, 2)
        shares, _ = _forward_backward(likely, heard.gaps)
        found = every
    means, bias, pitch = (value.reshape(starts, voices, -1) for value in found)
    return shares, (means, bias, pitch)


def _forward_backward(likely: Numbers, gaps: NDArray[np.int64], goes_on: float = _STAY) -> tuple[Numbers, Numbers]:
    """Shares of shape (starts, cells, voices), and the log likelihood of each start.

    A voice stays with `goes_on` for each cell that has passed; after a long silence anybody may speak.
    """
    starts, cells, voices = likely.shape
    even = 1 / voices
    stay = even + (1 - even) * ((goes_on - even) / (1 - even)) ** np.maximum(gaps, 1)
    change = (1 - stay) / (voices - 1)
    top = likely.max(axis=2, keepdims=True)
    density = np.exp(likely - top)
    forward, scale = np.empty_like(density), np.empty((starts, cells))
    now = np.full((starts, voices), even)
    for cell in range(cells):
        now = (now * (stay[cell] - change[cell]) + change[cell]) * density[:, cell]
        scale[:, cell] = now.sum(axis=1)
        now = now / scale[:, cell, None]
        forward[:, cell] = now
    later = np.ones((starts, voices))
    for cell in range(cells - 2, -1, -1):
        ahead = later * density[:, cell + 1] / scale[:, cell + 1, None]
        later = ahead * (stay[cell + 1] - change[cell + 1]) + change[cell + 1] * ahead.sum(axis=1, keepdims=True)
        forward[:, cell] *= later
    shares = forward / forward.sum(axis=2, keepdims=True)
    return shares, np.log(scale).sum(axis=1) + top[..., 0].sum(axis=1)
