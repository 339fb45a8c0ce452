from typing import cast

import pytest

from diarization.label import label_words
from models.conversation import Role, SpeakerTurn
from models.transcript import Transcript, Word


def timed(script: str) -> Transcript:
    """`0:hello@1.0-1.4` a word; words without a time have no `@`."""
    words = []
    for entry in script.split():
        channel, _, rest = entry.partition(":")
        text, _, times = rest.partition("@")
        start, _, end = times.partition("-")
        words.append(Word(text, float(start) if times else None, float(end) if times else None, None, int(channel)))
    words.sort(key=lambda word: -1 if word.start is None else word.start)
    return Transcript(words=tuple(words), language="en", engine="test")


def shown(transcript: Transcript, turns: list[SpeakerTurn] | None = None) -> list[str]:
    return [f"{turn.speaker}: {turn.text}" for turn in label_words(transcript, turns)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("0:how@0-1 0:are@1-2 1:fine@2.5-3 0:good@3.2-4", ["0: how are", "1: fine", "0: good"]),
        # Both at once: nobody is interleaved word by word.
        ("0:one@0-1 1:yes@0.5-0.9 0:two@1-2 1:right@1-1.4 0:three@2-3", ["0: one two three", "1: yes right"]),
        # An answer in the speaker's pause parts the two halves.
        ("0:name@0-1 1:bob@1.2-1.6 0:thanks@1.9-2.5", ["0: name", "1: bob", "0: thanks"]),
        # A short pause goes on, a long one begins anew.
        ("0:wait@0-1 0:please@3-4 0:hello@9-10", ["0: wait please", "0: hello"]),
        ("0:no 1:times 1:here 0:at 0:all", ["0: no", "1: times here", "0: at all"]),
        ("", []),
    ],
)
def test_a_channel_is_a_speaker(script: str, expected: list[str]) -> None:
    assert shown(timed(script)) == expected


TURNS = [SpeakerTurn(0.0, 2.0, 0), SpeakerTurn(2.0, 4.0, 1), SpeakerTurn(6.0, 8.0, 0)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("0:mine@1.5-2.3", ["0: mine"]),
        ("0:yours@1.8-2.6", ["1: yours"]),
        ("0:near@4.2-4.6", ["1: near"]),
        ("0:near@5.5-5.9", ["0: near"]),
        ("0:behind@11-12", ["0: behind"]),
        ("0:a@0.2-0.5 0:b@2.2-2.5 0:c@6.2-6.5", ["0: a", "1: b", "0: c"]),
    ],
)
def test_a_word_goes_to_the_speaker_who_holds_most_of_it_or_is_nearest(script: str, expected: list[str]) -> None:
    assert shown(timed(script), TURNS) == expected


LONG = [SpeakerTurn(0.0, 2.0, 0), SpeakerTurn(2.0, 2.3, 1), SpeakerTurn(2.3, 6.0, 0)]


@pytest.mark.parametrize(
    ("script", "turns", "expected"),
    [
        # A short "yes" stays with who said it, inside the other's long turn, also where the recogniser stretches it.
        ("0:go@1.0-1.4 0:on@1.4-1.7 0:yes@2.0-2.3 0:so@2.8-3.0", LONG, ["0: go on", "1: yes", "0: so"]),
        ("0:go@1.0-1.4 0:on@1.4-1.6 0:yes@1.8-2.4 0:so@2.8-3.0", LONG, ["0: go on", "1: yes", "0: so"]),
        # Amidst a phrase it is the phrase's word: the "yes" was not written down.
        ("0:go@1.0-1.4 0:on@1.4-1.8 0:price@1.8-2.4 0:is@2.4-3.0", LONG, ["0: go on price is"]),
        # The diarizer is late by a word, or ends early: what one breath holds stays together.
        (
            "0:how@2.5-2.8 0:are@2.8-3.1 0:you@3.1-3.3",
            [SpeakerTurn(0.0, 2.0, 0), SpeakerTurn(2.6, 4.0, 1)],
            ["1: how are you"],
        ),
        ("0:call@1.0-1.5 0:back@1.55-2.4", [SpeakerTurn(0.0, 1.8, 0), SpeakerTurn(2.45, 4.0, 1)], ["0: call back"]),
        (
            "0:my@1.6-1.9 0:name@2.02-2.4 0:hm@3.0-3.3",
            [SpeakerTurn(0.0, 1.95, 0), SpeakerTurn(2.6, 4.0, 1)],
            ["0: my name", "1: hm"],
        ),
        # Enough of a word in a turn is certain, whatever is around it.
        ("0:my@1.5-1.9 0:yes@1.95-2.35", [SpeakerTurn(0.0, 2.1, 0), SpeakerTurn(2.1, 4.0, 1)], ["0: my", "1: yes"]),
        # Between two speakers in one breath with both, time decides.
        (
            "0:a@1.0-1.9 0:b@1.95-2.3 0:c@2.35-3.0",
            [SpeakerTurn(0.0, 1.9, 0), SpeakerTurn(2.2, 4.0, 1)],
            ["0: a", "1: b c"],
        ),
    ],
)
def test_a_word_stays_in_its_phrase_unless_time_says_otherwise(
    script: str, turns: list[SpeakerTurn], expected: list[str]
) -> None:
    assert shown(timed(script), turns) == expected


def test_words_without_times_follow_the_word_before_them() -> None:
    assert shown(timed("0:so 0:it 0:is"), TURNS) == ["0: so it is"]
    mixed = Transcript(words=(Word("hi", 2.2, 2.5), Word("there"), Word("yes", 6.2, 6.5)), language="en", engine="test")
    assert shown(mixed, TURNS) == ["1: hi there", "0: yes"]


def test_overlapping_turns_of_two_give_a_word_to_who_holds_more_of_it() -> None:
    turns = [SpeakerTurn(0.0, 4.0, 0), SpeakerTurn(1.9, 3.0, 1)]
    assert shown(timed("0:a@1.0-1.4 0:b@1.6-2.0 0:c@3.2-3.5"), turns) == ["0: a b c"]


def test_the_nearest_may_have_begun_long_before() -> None:
    turns = [SpeakerTurn(0.0, 10.0, 1), SpeakerTurn(1.0, 2.0, 0)]
    assert shown(timed("0:tail@10.2-10.4"), turns) == ["1: tail"]


def test_without_a_single_turn_everything_is_one_speaker() -> None:
    assert shown(timed("0:a@0-1 0:b@1-2"), []) == ["0: a b"]


def test_every_word_is_in_one_turn_under_its_own_number() -> None:
    transcript = timed("0:one@0-1 1:yes@0.5-0.9 0:two@1-2 1:right@1-1.4 0:three@2-3 1:bye@9-10")
    turns = label_words(transcript, None)
    assert sorted(number for turn in turns for number in turn.numbers) == list(range(len(transcript.words)))
    for turn in turns:
        assert turn.words == tuple(transcript.words[number] for number in turn.numbers)
        assert turn.role is Role.UNKNOWN
    starts = [cast(float, turn.words[0].start) for turn in turns]
    assert starts == sorted(starts)
