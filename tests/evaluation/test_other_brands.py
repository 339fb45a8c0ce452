"""A call about other brands keeps its sense, its endings and its labels."""

import pytest

from evaluation.other_brands import with_other_brands


@pytest.mark.parametrize(
    ("language", "text", "channel", "kept"),
    [
        ("en", "Saw your reel on Instagram this morning", "instagram", "Saw your reel on "),
        ("en", "it was on face book i think", "facebook", "it was on "),
        ("ru", "Видела вас в Инстаграме", "instagram", "Видела вас в "),
        ("fa", "تو اینستاگرامتون دیدم", "instagram", "تو "),
    ],
)
def test_a_brand_is_another_one_in_words_and_labels(language: str, text: str, channel: str, kept: str) -> None:
    record = {
        "id": f"{language} {text}",
        "language": language,
        "turns": [{"speaker": "caller", "text": text}],
        "labels": {"stated_channels": [channel], "lead_quality": "hot"},
    }
    other = with_other_brands(record)
    said = other["turns"][0]["text"]
    assert said != text
    assert said.startswith(kept)
    (found,) = other["labels"]["stated_channels"]
    assert found != channel
    assert other["labels"]["lead_quality"] == "hot"
    if language == "ru":
        assert said.endswith("е")


def test_a_call_without_such_a_brand_stays_itself() -> None:
    record = {"id": "x", "language": "en", "turns": [{"text": "My neighbour told me"}], "labels": {}}
    assert with_other_brands(record) is record


def test_a_brand_of_the_labels_is_not_put_in_for_another() -> None:
    record = {
        "id": "y",
        "language": "en",
        "turns": [{"text": "not from Facebook, from Instagram"}],
        "labels": {"stated_channels": ["instagram"], "denied_channels": ["facebook"]},
    }
    labels = with_other_brands(record)["labels"]
    assert not {*labels["stated_channels"], *labels["denied_channels"]} & {"instagram", "facebook"}
