import numpy as np
import pytest

from audio.speech import Span, SpeechPiece
from transcription.packing import pack_speech

RATE = 100


def piece(channel: int, start: float, end: float) -> SpeechPiece:
    return SpeechPiece(channel, Span(start, end), np.full(round((end - start) * RATE), start, np.float32))


def test_pieces_of_a_channel_share_a_pack_up_to_its_length() -> None:
    pieces = [piece(0, 0, 4), piece(1, 4, 9), piece(0, 9, 13), piece(0, 20, 23), piece(1, 30, 31)]
    packs = sorted(pack_speech(pieces, longest=10, rate=RATE), key=lambda pack: (pack.channel, pack.spans[0].start))
    assert [(pack.channel, len(pack.spans), pack.seconds) for pack in packs] == [(0, 2, 8), (0, 1, 3), (1, 2, 6)]
    assert [len(pack.sound) for pack in packs] == [800, 300, 600]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0.5, 1.0, (10.5, 11.0)),
        (2.5, 3.0, (50.5, 51.0)),
        (1.6, 2.3, (11.6, 12.0)),  # Over the seam: it stays where its middle is.
        (4.0, 9.0, (52.0, 52.0)),  # Beyond the pack.
        (-1.0, 0.4, (10.0, 10.4)),
    ],
)
def test_times_go_back_to_where_the_speech_was(start: float, end: float, expected: tuple[float, float]) -> None:
    (pack,) = pack_speech([piece(0, 10, 12), piece(0, 50, 52)], longest=10, rate=RATE)
    assert pack.times(start, end) == expected
