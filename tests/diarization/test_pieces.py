"""A voice of one piece is found again in the next."""

import numpy as np
import pytest

from diarization.pieces import Piece, linked
from models.conversation import SpeakerTurn

ANNA, BORIS, CYRUS = np.eye(3)


def piece(at: float, *voices: np.ndarray[tuple[int], np.dtype[np.float64]] | None) -> Piece:
    """Speakers of ten seconds each, one after the other; None: too short for a voice of their own."""
    turns = tuple(SpeakerTurn(at + number * 10, at + number * 10 + 10, number) for number in range(len(voices)))
    known = [np.full(3, np.nan) if voice is None else voice for voice in voices]
    return Piece(turns=turns, exclusive=turns, voices=np.array(known).reshape(-1, 3))


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        pytest.param([(ANNA, BORIS)], [0, 1], id="one piece is left as it is"),
        pytest.param([(ANNA, BORIS), (BORIS, ANNA)], [0, 1, 1, 0], id="the same two, the other first"),
        pytest.param([(ANNA, BORIS), (CYRUS, ANNA)], [0, 1, 2, 0], id="another voice is another speaker"),
        pytest.param([(ANNA,), (), (ANNA + 0.3 * BORIS,)], [0, 0], id="over a silent piece, a little changed"),
        pytest.param([(ANNA, BORIS), (ANNA + 0.1 * BORIS, ANNA)], [0, 1, 2, 0], id="two of one piece are never one"),
        pytest.param([(ANNA, None), (None, ANNA)], [0, 1, 2, 0], id="without a voice nobody is found again"),
        pytest.param([(100 * ANNA,), (0.01 * ANNA,)], [0, 0], id="how long a vector is says nothing"),
    ],
)
def test_speakers_of_the_whole_recording(pieces: list[tuple[np.ndarray]], expected: list[int]) -> None:
    turns, exclusive = linked(piece(100.0 * number, *voices) for number, voices in enumerate(pieces))
    assert [turn.speaker for turn in turns] == expected
    assert exclusive == turns


def test_speakers_without_any_voices_are_new_ones() -> None:
    turn = SpeakerTurn(0, 5, 0)
    pieces = [Piece(turns=(turn,), exclusive=(turn,), voices=np.zeros((0, 3))) for _ in range(2)]
    assert [turn.speaker for turn in linked(pieces)[0]] == [0, 1]
