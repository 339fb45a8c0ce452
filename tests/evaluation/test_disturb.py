"""Calls made harder on purpose."""

from collections import Counter

import pytest

from evaluation.disturb import DISTURBED, misheard, with_words_astray, without_speakers

RECORD = {
    "id": "7",
    "language": "en",
    "turns": [
        {"speaker": "agent", "text": "good morning harbour dental how can we help you today please tell me"},
        {"speaker": "caller", "text": "i saw your flyer and want to know what a cleaning costs on a friday morning"},
    ]
    * 10,
}


def words(record: object) -> list[str]:
    return [word for turn in record["turns"] for word in turn["text"].split()]  # type: ignore[index]


def test_without_speakers_the_words_stay() -> None:
    changed = without_speakers(RECORD)
    assert words(changed) == words(RECORD)
    assert {turn["speaker"] for turn in changed["turns"]} == {"unknown"}


def test_words_go_astray_and_none_is_lost() -> None:
    changed = with_words_astray(RECORD, 0.1)
    assert words(changed) == words(RECORD)
    sizes = [(len(old["text"].split()), len(new["text"].split())) for old, new in zip(RECORD["turns"], changed["turns"], strict=True)]  # type: ignore[index]  # fmt: skip  # noqa: E501
    moved = sum(abs(old - new) for old, new in sizes) / 2 / len(words(RECORD))
    assert 0.02 < moved < 0.2


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_so_many_words_are_misheard(share: float) -> None:
    before, after = Counter(words(RECORD)), Counter(words(misheard(RECORD, share)))
    kept = (before & after).total() / before.total()
    assert share / 2 < 1 - kept < share


def test_a_call_is_disturbed_the_same_way_every_time() -> None:
    for disturb in DISTURBED.values():
        assert disturb(RECORD) == disturb(RECORD)
