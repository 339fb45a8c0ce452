import pytest

from audio.speech import Span
from transcription.language import Vote, allowed, settled, spoken, stretches, windows
from transcription.packing import Plan, plan_packs


def plan(start: float, end: float, channel: int = 0) -> Plan:
    (found,) = plan_packs({channel: [Span(start, end)]}, longest=30)
    return found


def vote(start: float, end: float, channel: int = 0, **chances: float) -> Vote:
    return Vote(plan(start, end, channel), chances)


@pytest.mark.parametrize(
    ("votes", "language", "confidence"),
    [
        ([vote(0, 25, en=0.9, ru=0.05)], "en", 0.9),
        ([vote(30, 55, en=0.9), vote(60, 64, ru=1.0)], "en", 0.776),
        ([vote(0, 20, en=1.0), vote(25, 36, ru=1.0)], "ru", 0.524),  # A greeting counts half.
        ([vote(30, 50, en=0.4, fa=0.3), vote(60, 80, en=0.1, fa=0.5)], "fa", 0.4),
        ([vote(0, 20, ru=0.0, fa=0.0)], "ru", 0.0),
    ],
)
def test_speech_from_all_over_the_call_decides_by_its_length(
    votes: list[Vote], language: str, confidence: float
) -> None:
    best, chance = settled(votes)
    assert best == language
    assert chance == pytest.approx(confidence, abs=0.001)


def test_windows_come_from_all_over_the_call_and_of_both_sides() -> None:
    plans = [plan(at, at + 28) for at in range(0, 3000, 30)] + [plan(at, at + 20, 1) for at in range(0, 3000, 300)]
    chosen = windows(plans, 8)
    sides = [found.parts[0].channel for found in chosen]
    assert (sides.count(0), sides.count(1)) == (4, 4)
    starts = [found.start for found in chosen if found.parts[0].channel == 0]
    assert (starts[0] < 600, starts[-1] > 2400) == (True, True)


@pytest.mark.parametrize(
    ("plans", "count"),
    [([plan(0, 2)], 1), ([plan(0, 2), plan(10, 28)], 1), ([plan(0, 20), plan(30, 50), plan(60, 80)], 3), ([], 0)],
)
def test_short_pieces_are_asked_only_when_there_are_no_others(plans: list[Plan], count: int) -> None:
    assert len(windows(plans, 8)) == count


@pytest.mark.parametrize(
    ("heard", "language"),
    [
        (vote(30, 55, ru=0.95), "ru"),
        (vote(30, 55, ru=0.8), "ru"),
        (vote(30, 55, ru=0.79, en=0.1), "en"),
        (vote(30, 55, ru=0.43, en=0.29), "en"),
        (vote(30, 34, ru=0.99), "en"),  # Too short.
        (vote(30, 55, en=0.99), "en"),
    ],
)
def test_only_what_is_certain_is_another_language(heard: Vote, language: str) -> None:
    assert spoken(heard, "en") == language


def test_stretches_are_joined_by_side_and_told_only_where_the_language_changes() -> None:
    same = [vote(0, 28, en=0.9), vote(30, 58, en=0.7), vote(10, 30, 1, en=0.9)]
    assert stretches(same, "en") == ()
    found = stretches([*same, vote(60, 80, ru=0.9), vote(90, 100, ru=0.96)], "en")
    assert [(part.start, part.end, part.channel, part.language, part.confidence) for part in found] == [
        (0, 58, 0, "en", 0.8),
        (10, 30, 1, "en", 0.9),
        (60, 100, 0, "ru", 0.92),
    ]


def test_a_closed_list_of_languages_leaves_the_others_out() -> None:
    chances = {"en": 0.5, "ru": 0.2, "ar": 0.3}
    assert allowed(chances, ()) == chances
    assert allowed(chances, ("ru", "fa")) == {"ru": 0.2}
