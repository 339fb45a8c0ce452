"""The labelled calls that come with the product."""

import tomllib
from pathlib import Path

import pytest

from evaluation.disturb import made_harder
from evaluation.shipped import HELD_BACK, LEARNED_FROM, shipped
from models.call import LANGUAGES

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.mark.parametrize(("kinds", "least"), [(LEARNED_FROM, 6000), (HELD_BACK, 400)])
def test_they_are_there_in_every_language(kinds: tuple[str, ...], least: int) -> None:
    records = list(shipped(kinds, LANGUAGES))
    assert len(records) >= least
    assert {record["language"] for record in records} == set(LANGUAGES)
    assert len({record["id"] for record in records}) == len(records)


def test_nothing_is_learned_from_a_call_that_is_held_back() -> None:
    learned = {record["id"] for record in shipped(LEARNED_FROM, LANGUAGES)}
    assert learned.isdisjoint(record["id"] for record in shipped(HELD_BACK, LANGUAGES))


def test_they_are_installed_with_the_product() -> None:
    tools = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert "*.jsonl" in tools["package-data"]["*"]
    assert "evaluation*" in tools["packages"]["find"]["include"]


def test_every_call_and_half_of_the_pieces_are_made_harder() -> None:
    calls = [{"id": f"{n}", "turns": [{"text": "one two three", "speaker": "caller"}]} for n in range(4)]
    assert len(list(made_harder(calls))) == 4
    assert [one["id"] for one in made_harder([{**call, "piece": "acts"} for call in calls])] == ["0", "1"]
    assert {turn["speaker"] for turn in list(made_harder(calls))[1]["turns"]} == {"unknown"}
