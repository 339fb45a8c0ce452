"""`earmark train`: learned, judged, shown, switched on, and back. What is learned is a stand-in."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import Earmark
from stored_calls import correct, store, tags_of, work_it_off

from classifiers.labelled import read_conversation
from classifiers.learned.trained import shipped, written_trained
from classifiers.learned.training import Read
from earmark import training as trained_here
from earmark.classifiers import learned_weights, make_classifiers
from earmark.commands import training
from earmark.doctor import Level, examine
from earmark.learned_weights import LearnedWeights
from earmark.settings import read_settings
from models.context import Context
from models.errors import BadInput, NotFound
from models.tag import TagStatus

HELD = Path(__file__).parents[2] / "evaluation" / "labelled" / "held-en.jsonl"
GOLD = [json.loads(line) for line in HELD.read_text(encoding="utf-8").splitlines()[:12]]
CALL = read_conversation(GOLD[0])


def weights_sure_of(outcome: str, strength: float) -> dict[str, bytes]:
    """Those that are shipped, leaning to one outcome."""
    model = shipped().calls["outcome"]
    bias = model.bias + np.where(np.array(model.answers) == outcome, strength, 0.0).astype(np.float32)
    return written_trained(shipped().turns, {**shipped().calls, "outcome": replace(model, bias=bias)})


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """`contents`: what is learned; `corrected` and `more`: what it was learned from."""
    heard: dict[str, Any] = {"contents": weights_sure_of("lost", 0.01)}

    def learn(folder: Path, more: Sequence[Any], corrected: Sequence[Any], told: object) -> dict[str, bytes]:
        heard["corrected"], heard["more"] = list(corrected), list(more)
        return dict(heard["contents"])

    monkeypatch.setattr(trained_here, "learn_weights", learn)
    monkeypatch.setattr(training, "held_back", lambda: GOLD)
    return heard


def in_use() -> str | None:
    return learned_weights(read_settings()).in_use()


def test_what_people_said_is_learned_and_switched_on_when_gold_stays(
    earmark: Earmark, tmp_path: Path, learning: dict[str, Any]
) -> None:
    store(earmark, tmp_path, "en", "ru", "fa")
    correct("ru", stated_channel=("radio",), outcome=("lost",))
    first = earmark("train")
    assert (first.status, in_use()) == (0, None)
    assert "1 corrected calls" in first.err
    assert "stated_channels F1" in first.out
    (record,) = learning["corrected"]
    assert record["labels"]["stated_channels"] == ["radio"]
    assert record["labels"]["outcome"] == "lost"
    assert "lead_quality" not in record["labels"]
    (name,) = learned_weights(read_settings()).names()
    assert f"`earmark train --learned {name} --switch`" in first.err
    assert earmark("train", "--learned", name, "--switch").status == 0
    assert in_use() == name
    assert f"{name}, learned from 1 corrected and 0 other calls" in " ".join(earmark("doctor").out.split())
    about = learned_weights(read_settings()).about(name)
    assert (about["corrected_calls"], about["more_calls"], about["shipped"]) == (1, 0, shipped().version)
    assert earmark("train", "--back").status == 0
    assert in_use() is None


def test_weights_that_make_gold_worse_are_not_switched_on(
    earmark: Earmark, tmp_path: Path, learning: dict[str, Any]
) -> None:
    """And it is shown what they would do to the stored calls, by people's word excepted."""
    store(earmark, tmp_path, "en", "ru")
    correct("ru", outcome=("quote_given",))
    learning["contents"] = weights_sure_of("voicemail", 99)
    said = earmark("train", "--switch")
    assert (said.status, in_use()) == (1, None)
    worse = [row for row in said.out.splitlines() if row.endswith("WORSE")]
    assert any("outcome macro F1" in row for row in worse)
    assert not any("stated_channels" in row for row in worse)
    assert "is not switched on: a gold set gets worse" in said.err
    assert re.search(r"[1-9] tags of [12] calls would change", said.err)
    (changed,) = (row.split() for row in said.out.splitlines() if row.startswith("outcome ") and "voicemail" in row)
    assert (changed[-2], changed[-1]) == ("voicemail", "1")


def test_a_gold_file_is_judged_beside_the_shipped_calls(
    earmark: Earmark, tmp_path: Path, learning: dict[str, Any]
) -> None:
    more, gold = tmp_path / "more.jsonl", tmp_path / "gold.jsonl"
    plain = [
        {**record, "turns": [{name: turn[name] for name in ("speaker", "text")} for turn in record["turns"]]}
        for record in GOLD
    ]
    more.write_text("".join(json.dumps(record) + "\n" for record in plain[:3]))
    gold.write_text("".join(json.dumps(record) + "\n" for record in plain[3:]))
    said = earmark("train", str(more), "--gold", str(gold), "--last", "0")
    assert said.status == 0
    assert {record["id"] for record in learning["more"]} == {record["id"] for record in GOLD[:3]}
    assert all(record["labelled_acts"] == [] for record in learning["more"])
    assert str(gold.name) in said.out
    both = earmark("train", str(more), "--gold", str(more))
    assert (both.status, "has calls that are learned from" in both.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nobody has corrected or confirmed a tag yet"),
        (("--back", "--switch"), "--back learns and judges nothing"),
        (("--learned", "yesterday"), "no weights 'yesterday' were learned"),
        (("missing.jsonl",), "missing.jsonl cannot be read"),
        (("bad.jsonl",), "1 lines are no labelled calls"),
    ],
)
def test_what_cannot_be_learned_or_judged_is_said(
    earmark: Earmark, tmp_path: Path, learning: dict[str, Any], arguments: tuple[str, ...], says: str
) -> None:
    (tmp_path / "bad.jsonl").write_text("[]\n")
    said = earmark("train", *arguments)
    assert (said.status, says in said.err) == (2, True)


def test_calls_are_tagged_anew_only_when_asked(earmark: Earmark, tmp_path: Path, learning: dict[str, Any]) -> None:
    store(earmark, tmp_path, "en")
    correct("en", lead_quality=("cold",))
    before = tags_of("en")["outcome"].version
    assert earmark("train", "--switch").status == 0
    work_it_off()
    assert tags_of("en")["outcome"].version == before
    assert "1 calls are due to be tagged anew" in earmark("train", "--retag").err
    work_it_off()
    after = tags_of("en")
    assert after["outcome"].version != before
    assert (after["lead_quality"].value, after["lead_quality"].status) == ("cold", TagStatus.CORRECTED)


def test_a_process_takes_other_weights_with_its_next_call(data_dir: Path) -> None:
    weights = learned_weights(read_settings())
    classifier = make_classifiers(read_settings(classifiers=("learned",)))[0]
    name = weights.save(weights_sure_of("voicemail", 99), {})
    versions, answers = [], []
    for chosen in (None, name, None):
        weights.switch(chosen) if chosen else weights.back()
        found = classifier.classify(CALL, Context(language="en"))
        versions.append(classifier.version)
        answers.append({one.value for one in found if one.kind.value == "outcome"} == {"voicemail"})
    assert answers == [False, True, False]
    assert versions[0] == versions[2] == shipped().version
    assert versions[1] == weights.read(name).version


@pytest.mark.parametrize("broken", ["turns.npz", "calls.npz", "about.json"])
def test_weights_that_cannot_be_used_leave_the_shipped_ones(data_dir: Path, broken: str) -> None:
    weights = learned_weights(read_settings())
    name = weights.save(weights_sure_of("lost", 1), {})
    weights.switch(name)
    (weights.folder / name / broken).write_bytes(b"no weights")
    classifier = make_classifiers(read_settings(classifiers=("learned",)))[0]
    assert classifier.version == shipped().version
    finding = next(one for one in examine(read_settings()) if one.name == "weights")
    assert (finding.level, name in finding.says, "--back" in finding.mend) == (Level.BROKEN, True, True)
    with pytest.raises((BadInput, NotFound), match=name):
        weights.read(name)


def test_weights_of_another_version_of_earmark_are_refused(data_dir: Path) -> None:
    weights = learned_weights(read_settings())
    name = weights.save(weights_sure_of("lost", 1), {"shipped": "learned-0 weights 00000000"})
    with pytest.raises(BadInput, match="were learned on top of learned-0 weights 00000000"):
        weights.switch(name)


def test_what_was_learned_of_turns_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Corrections cost the second step alone; other labelled calls both."""
    asked: list[int] = []

    def turns(pairs: Sequence[Any], told: object) -> Any:
        asked.append(len(pairs))
        shape = [np.zeros((len(call.turns), 1), np.float32) for example, call in pairs if example.piece != "acts"]
        return Read(shipped().turns, shape)

    monkeypatch.setattr(trained_here, "learn_turns", turns)
    monkeypatch.setattr(trained_here, "learn_calls", lambda pairs, read, more, told: shipped().calls)
    monkeypatch.setattr(trained_here, "shipped", lambda *_: GOLD[:2])
    for more, corrected in (([], GOLD[2:3]), ([], GOLD[2:4]), (GOLD[4:5], [])):
        contents = trained_here.learn_weights(tmp_path, more, corrected, lambda _: None)
        assert contents.keys() == {"turns.npz", "calls.npz"}
    assert asked == [4, 6]
    assert len(list(LearnedWeights(tmp_path).folder.glob("turns-*.npz"))) == 1
