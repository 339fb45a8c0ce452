"""How many speakers are left, and who gets what the others said."""

import pytest

from diarization.settling import settled
from models.conversation import Diarization, SpeakerTurn


def turns(script: str) -> list[SpeakerTurn]:
    """`A 0-4, B 4-5.5`: letters become numbers that are in no order of speaking."""
    found = []
    for part in script.split(", ") if script else []:
        speaker, _, span = part.partition(" ")
        start, _, end = span.partition("-")
        found.append(SpeakerTurn(float(start), float(end), 90 - ord(speaker)))
    return found


def shown(found: tuple[SpeakerTurn, ...]) -> str:
    return ", ".join(f"{turn.speaker} {turn.start:g}-{turn.end:g}" for turn in found)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param("", "", id="nobody"),
        pytest.param("A 0-20", "0 0-20", id="a voicemail has one"),
        pytest.param("A 0-8, B 8-8.9, A 8.9-20", "0 0-20", id="a breath is not a second one"),
        pytest.param("A 0-8, B 8-8.4, A 9-15, B 15-15.7", "0 0-8, 1 8-8.4, 0 9-15, 1 15-15.7", id="two short yes are"),
        pytest.param("A 0-8, B 8-20, C 20-21, A 22-30", "0 0-8, 1 8-21, 0 22-30", id="a third with one word is nobody"),
        pytest.param(
            "C 0-3, C 3.2-6, A 7-20, B 20-40",
            "0 0-3, 0 3.2-6, 1 7-20, 2 20-40",
            id="who puts a call through is a third",
        ),
        pytest.param(
            "A 0-9, C 9-10, B 10-19, C 19-20, A 20-29, C 29-30, B 30-39, C 39-40, A 40-49, C 49-50, B 50-60, C 60-61",
            "0 0-10, 1 10-20, 0 20-30, 1 30-40, 0 40-50, 1 50-61",
            id="six scraps with no sentence among them are nobody",
        ),
        pytest.param(
            "A 0-9, B 10-19, C 20-29, D 30-39, A 40-49",
            "0 0-9, 1 10-19, 2 20-29, 3 30-39, 0 40-49",
            id="a conference keeps all",
        ),
    ],
)
def test_two_by_default_more_when_they_are_there_one_for_a_voicemail(heard: str, expected: str) -> None:
    found = settled(turns(heard), turns(heard))
    assert shown(found.exclusive) == expected
    assert found.turns == found.exclusive


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        pytest.param("A 0-8, C 9-9.5, B 9.6-20", "0 0-8, 1 9-9.5, 1 9.6-20", id="to the nearer"),
        pytest.param("A 0-8, C 8-9, B 9-20", "0 0-9, 1 9-20", id="to the earlier of two equally near"),
        pytest.param("A 0-20, C 10-10.6, B 30-40", "0 0-20, 1 10-10.6, 1 30-40", id="not to who is talking just then"),
        pytest.param("A 0-20, C 10-10.6", "0 0-20", id="to who is talking when there is nobody else"),
        pytest.param("A 0-8, C 7.9-8.6, B 20-40", "0 0-8.6, 1 20-40", id="a slight overlap is no reason"),
    ],
)
def test_who_is_nobody_is_somebody_near(heard: str, expected: str) -> None:
    assert shown(settled(turns(heard), []).turns) == expected


def test_speakers_have_the_same_numbers_in_both_and_the_first_is_0() -> None:
    found = settled(turns("B 1-9, A 5-12"), turns("B 1-7, A 7-12"))
    assert (shown(found.turns), shown(found.exclusive)) == ("0 1-9, 1 5-12", "0 1-7, 1 7-12")


def test_overlaps_are_kept_in_the_full_turns_only() -> None:
    found = settled(turns("A 0-9, B 4-6, C 4.5-4.8"), turns("A 0-9"))
    assert shown(found.turns) == "0 0-9, 1 4-6"
    assert shown(found.exclusive) == "0 0-9"


def test_nothing_is_nothing() -> None:
    assert settled([], []) == Diarization()
