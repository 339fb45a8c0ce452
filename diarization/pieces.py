"""Long recordings are heard in pieces, and a voice of one piece is found again in the next. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.conversation import SpeakerTurn

SAME_VOICE = 0.6
"""Cosine from which voices of two pieces are one. 3.1's own clustering joins single windows from 0.75 up (its threshold
0.7046 is the distance d of unit vectors, the cosine 1 - d²/2); the mean of a piece varies less, but the line may change
by a transfer, so this is more lenient. Not measured on calls."""

Voices = NDArray[np.float64]
"""Shape (speakers, dimensions): for each speaker of a piece the mean of what the voice was compared by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was heard in a part of the recording; seconds of the whole recording, speakers from 0 of this piece only."""

    turns: tuple[SpeakerTurn, ...]
    exclusive: tuple[SpeakerTurn, ...]
    voices: Voices


def linked(pieces: Iterable[Piece]) -> tuple[list[SpeakerTurn], list[SpeakerTurn]]:
    """Turns, and exclusive ones, with speakers of the whole recording."""
    known = _Known()
    turns: list[SpeakerTurn] = []
    exclusive: list[SpeakerTurn] = []
    for piece in pieces:
        numbers = known.meet(piece)
        turns += _renamed(piece.turns, numbers)
        exclusive += _renamed(piece.exclusive, numbers)
    return turns, exclusive


class _Known:
    """The voices so far: sums of unit vectors, weighted by the seconds they were heard."""

    def __init__(self) -> None:
        self._sums: list[NDArray[np.float64]] = []

    def meet(self, piece: Piece) -> dict[int, int]:
        """The speaker of the whole recording for each of the piece's."""
        seconds = _seconds(piece.turns, piece.exclusive)
        voices = {speaker: _unit(piece.voices, speaker) for speaker in sorted(seconds)}
        numbers = self._matches(voices)
        for speaker, voice in voices.items():
            if speaker not in numbers:
                numbers[speaker] = len(self._sums)
                self._sums.append(np.zeros_like(voice))
            self._sums[numbers[speaker]] = self._sums[numbers[speaker]] + voice * seconds[speaker]
        return numbers

    def _matches(self, voices: dict[int, NDArray[np.float64]]) -> dict[int, int]:
        """One to one, the best in sum, and only what is near enough."""
        from scipy.optimize import linear_sum_assignment

        if not self._sums or not voices:
            return {}
        speakers = list(voices)
        known = np.stack([total / max(float(np.linalg.norm(total)), 1e-12) for total in self._sums])
        near = np.stack([voices[speaker] for speaker in speakers]) @ known.T
        rows, columns = linear_sum_assignment(near, maximize=True)
        return {speakers[row]: int(at) for row, at in zip(rows, columns, strict=True) if near[row, at] >= SAME_VOICE}


def _unit(voices: Voices, speaker: int) -> NDArray[np.float64]:
    """Zero, which is near nobody, for a speaker too short to have a voice (pyannote gives none, zeros or NaN)."""
    if speaker >= len(voices) or not np.isfinite(voices[speaker]).all():
        return np.zeros(voices.shape[1])
    return np.asarray(voices[speaker] / max(float(np.linalg.norm(voices[speaker])), 1e-12), dtype=np.float64)


def _seconds(*found: tuple[SpeakerTurn, ...]) -> dict[int, float]:
    seconds: dict[int, float] = {}
    for turn in (turn for turns in found for turn in turns):
        seconds[turn.speaker] = seconds.get(turn.speaker, 0.0) + turn.end - turn.start
    return seconds


def _renamed(turns: Iterable[SpeakerTurn], numbers: dict[int, int]) -> list[SpeakerTurn]:
    return [SpeakerTurn(turn.start, turn.end, numbers[turn.speaker]) for turn in turns]
