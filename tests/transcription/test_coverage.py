import pytest

from audio.speech import Span
from models.transcript import Dropped, Word
from transcription.coverage import uncovered


def words(*times: tuple[float, float], channel: int = 0) -> list[Word]:
    return [Word("w", start, end, 0.9, channel) for start, end in times]


@pytest.mark.parametrize(
    ("spans", "told", "expected"),
    [
        ([(0, 5)], [(0.2, 1), (1, 4.5)], []),
        ([(0, 5)], [], [(0, 5)]),
        ([(0, 0.4)], [], [(0, 0.4)]),
        ([(0, 20)], [(0.2, 4), (4, 9)], [(9, 20)]),
        ([(0, 20)], [(12, 15), (15, 19)], [(0, 12)]),
        ([(0, 20)], [(0, 5), (9, 19)], [(5, 9)]),
        ([(0, 20)], [(0, 5), (6.9, 18.1)], []),
        ([(0, 5), (7, 9), (20, 22)], [(0, 4.5), (20.2, 20.6)], [(7, 9)]),
        ([(0, 5), (5, 9)], [(1, 5)], [(5, 9)]),
        ([(0, 5), (5, 9)], [(1, 4.5), (5, 5)], [(5, 9)]),
        ([(0, 2), (5, 6)], [(0, 0.5), (6, 6)], []),
        ([(0, 30)], [(0, 29), (3, 4)], []),
        ([], [(0, 5)], []),
    ],
)
def test_speech_without_words_is_found(
    spans: list[tuple[float, float]], told: list[tuple[float, float]], expected: list[tuple[float, float]]
) -> None:
    found = uncovered({0: [Span(*times) for times in spans]}, words(*told))
    assert [(hole.start, hole.end) for _, hole in found] == expected


def test_a_reason_covers_as_words_do_and_sides_are_apart() -> None:
    spans = {0: [Span(0, 4)], 1: [Span(1, 3), Span(8, 9)]}
    dropped = [Dropped(start=1, end=3, channel=1, reason="hold music")]
    assert uncovered(spans, words((0, 3.5)), dropped) == [(1, Span(8, 9))]
    assert uncovered(spans, words((0, 9), channel=1), dropped) == [(0, Span(0, 4))]


def test_words_without_times_cover_nothing() -> None:
    assert uncovered({0: [Span(0, 4)]}, [Word("hello")]) == [(0, Span(0, 4))]
