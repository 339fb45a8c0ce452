from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from audio.clip import Samples
from audio.speech import Span
from transcription.packing import SEAM, Pack, Plan, filled_packs, pack_pieces, plan_packs

RATE = 100


@dataclass
class Clock:
    """Every sample says which second of which channel it is: channel * 1000 + second."""

    duration: float
    channels: int = 2
    rate: int = RATE
    partial: bool = False

    def windows(self, seconds: float) -> Iterator[Samples]:
        size, end = round(seconds * self.rate), round(self.duration * self.rate)
        for first in range(0, end, size):
            times = np.arange(first, min(first + size, end)) / self.rate
            yield np.stack([np.floor(times) + 1000 * number for number in range(self.channels)]).astype(np.float32)


def spans(*times: tuple[float, float]) -> list[Span]:
    return [Span(*pair) for pair in times]


def shape(plans: list[Plan]) -> list[list[tuple[int, float]]]:
    return [[(part.channel, part.span.start) for part in plan.parts] for plan in plans]


@pytest.mark.parametrize(
    ("sides", "packs"),
    [
        ({0: [(0, 4), (9, 13), (20, 23)], 1: [(4, 9), (30, 31)]}, [[(0, 0), (0, 9)], [(0, 20), (1, 4), (1, 30)]]),
        ({0: [(0, 4)], 1: [(5, 9)]}, [[(0, 0), (1, 5)]]),
        ({0: [(0, 6)], 1: [(7, 11)]}, [[(0, 0)], [(1, 7)]]),  # Too long for one pack with its seam.
        ({0: [(0, 9), (10, 19), (20, 29)], 1: [(5, 5.4)]}, [[(0, 0)], [(0, 10)], [(0, 20)], [(1, 5)]]),
        ({0: [(0, 9), (10, 19), (20, 28)], 1: [(5, 5.4)]}, [[(0, 0)], [(0, 20), (1, 5)], [(0, 10)]]),
        ({0: [(0, 7), (8, 12), (13, 16), (17, 23)]}, [[(0, 0), (0, 13)], [(0, 8), (0, 17)]]),  # Gaps are filled.
        ({0: [], 1: [(1, 2)]}, [[(1, 1)]]),
        ({0: [], 1: []}, []),
        ({}, []),
    ],
)
def test_a_call_costs_its_speech(
    sides: dict[int, list[tuple[float, float]]], packs: list[list[tuple[int, float]]]
) -> None:
    plans = plan_packs({channel: spans(*times) for channel, times in sides.items()}, longest=10)
    assert sorted(shape(plans)) == sorted(packs)
    assert [plan.start for plan in plans] == sorted(plan.start for plan in plans)
    assert all(plan.length <= 10 for plan in plans)


def test_speech_longer_than_a_pack_is_parted_and_none_is_lost() -> None:
    plans = plan_packs({0: spans((1, 34.3))}, longest=10)
    found = [part.span for plan in plans for part in plan.parts]
    assert [plan.length for plan in plans] == pytest.approx([8.325] * 4)
    assert (found[0].start, found[-1].end) == (1, 34.3)
    assert all(before.end == after.start for before, after in pairwise(found))


def test_packs_hold_the_sound_of_their_spans_with_silence_at_the_seam() -> None:
    (pack,) = filled_packs(Clock(300), plan_packs({0: spans((10, 12), (250, 252)), 1: spans((130, 131))}, longest=10))
    seconds = np.unique(pack.sound[:400])
    assert (seconds / seconds[0] * 10).tolist() == pytest.approx([10, 11, 250, 251])
    assert not pack.sound[400 : 400 + round(SEAM * RATE)].any()
    assert np.unique(pack.sound[-100:]).tolist() == [1130]


def test_sides_that_share_a_pack_are_equally_loud() -> None:
    (pack,) = filled_packs(Clock(300), plan_packs({0: spans((100, 101)), 1: spans((130, 131))}, longest=10))
    assert (pack.sound[0], pack.sound[-1]) == pytest.approx((1130, 1130))


def test_only_the_planned_packs_are_filled() -> None:
    plans = plan_packs({0: spans(*((start, start + 9) for start in range(0, 400, 10)))}, longest=10)
    packs = list(filled_packs(Clock(400), plans[7::10]))
    assert [pack.plan for pack in packs] == plans[7::10]
    assert [pack.sound[0] for pack in packs] == [70, 170, 270, 370]


@pytest.fixture
def two_sides() -> Pack:
    (pack,) = filled_packs(Clock(60), plan_packs({0: spans((10, 12), (50, 52)), 1: spans((30, 33))}, longest=10))
    return pack


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0.5, 1.0, (0, 10.5, 11.0)),
        (2.5, 3.0, (0, 50.5, 51.0)),
        (1.6, 2.3, (0, 11.6, 12.0)),  # Over the cut: it stays where its middle is.
        (3.9, 4.4, (0, 51.9, 52.0)),  # Into the silence between the sides.
        (5.0, 5.5, (1, 30.0, 30.5)),
        (4.9, 5.3, (1, 30.0, 30.3)),
        (7.0, 19.0, (1, 32.0, 33.0)),  # Beyond the pack.
        (-1.0, 0.4, (0, 10.0, 10.4)),
    ],
)
def test_times_go_back_to_where_the_speech_was(
    two_sides: Pack, start: float, end: float, expected: tuple[int, float, float]
) -> None:
    assert two_sides.plan.times(start, end) == expected


def test_stretches_are_cut_out_of_a_pack(two_sides: Pack) -> None:
    cut = pack_pieces([two_sides.piece(*stretch, RATE) for stretch in [(1, Span(31, 33)), (0, Span(51, 52))]], RATE)
    assert shape([cut.plan]) == [[(0, 51), (1, 31)]]
    assert len(cut.sound) == 400
    assert not cut.sound[100:200].any()
    assert cut.sound[350] / cut.sound[250] == pytest.approx(1032 / 1031)
    assert cut.plan.times(0.2, 0.4) == (0, 51.2, 51.4)
    with pytest.raises(ValueError, match="no part"):
        two_sides.piece(1, Span(50, 51), RATE)
