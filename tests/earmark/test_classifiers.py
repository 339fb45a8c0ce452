"""Which classifiers the settings stand for, and what `doctor` says of a language model."""

import json
from pathlib import Path

import pytest
from command_line import Earmark
from language_model import MODEL, Answer, language_model

from classifiers.kinds import learned
from classifiers.labelled import read_conversation
from classifiers.llm.ledger import Spent
from classifiers.settle import Thresholds
from classifiers.tagging import tag_conversation
from earmark.classifiers import llm_ledger, make_classifiers
from earmark.doctor import Finding, Level, examine
from earmark.settings import read_settings
from earmark.wiring import check_names, wire
from models.context import Context
from models.errors import SettingsError
from models.tag import Source, TagKind, TagStatus

KEY = "sk-do-not-show-me"
CALL = {
    "id": "1",
    "language": "en",
    "turns": [
        {"speaker": "agent", "text": "Miller Roofing, how can I help?"},
        {"speaker": "caller", "text": "I saw your flyer, can you come on Tuesday at nine? My roof leaks."},
        {"speaker": "agent", "text": "Yes, Tuesday at nine. See you then."},
    ],
}
ANSWER = {
    "channels": [
        {"channel": "flyer", "list": "stated", "confidence": 1, "quotes": [{"turn": 1, "words": "saw your flyer"}]}
    ]
}


def _found(**given: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(read_settings(**given))}


def test_nothing_is_sent_unless_the_settings_name_it(earmark: Earmark, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint and a model alone switch nothing on, in no command."""
    with language_model(Answer(form=ANSWER)) as server:
        monkeypatch.setenv("EARMARK_LLM_URL", server.url)
        monkeypatch.setenv("EARMARK_LLM_MODEL", MODEL)
        for classifier in make_classifiers(read_settings()):
            classifier.classify(read_conversation(CALL), Context())
        assert earmark("tag", "-", stdin=json.dumps(CALL).encode()).status == 0
        assert "language model" not in earmark("doctor").out
    assert server.paths == []


def test_named_it_is_asked_beside_the_others(data_dir: Path) -> None:
    with language_model(Answer(form=ANSWER), key=KEY) as server:
        given = {"classifiers": ("learned", "llm"), "llm_url": server.url, "llm_model": MODEL, "llm_key": KEY}
        settings = read_settings(**given)
        tags = tag_conversation(read_conversation(CALL), Context(), make_classifiers(settings))
    assert [tag.value for tag in tags if tag.kind is TagKind.STATED_CHANNEL] == ["flyer"]
    assert {tag.kind for tag in tags} >= {TagKind.LEAD_QUALITY, TagKind.OUTCOME, TagKind.ACT}
    assert llm_ledger(settings).spent()[0] == Spent(1200, 90)


def test_tag_and_eval_ask_those_that_are_named(
    earmark: Earmark, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "calls.jsonl"
    labels = {"stated_channels": ["flyer"], "lead_quality": "hot", "outcome": "appointment_booked"}
    file.write_text(json.dumps(CALL | {"labels": labels}))
    with language_model(Answer(form=ANSWER)) as server:
        monkeypatch.setenv("EARMARK_LLM_URL", server.url)
        monkeypatch.setenv("EARMARK_LLM_MODEL", MODEL)
        tagged = json.loads(earmark("tag", str(file), "--classifiers", "mentions, llm").out)
        assert tagged["stated_channels"] == ["flyer"]
        assert earmark("eval", str(file), "--classifiers", "llm").status == 0
    assert len(server.asked) == 2
    wrong = earmark("tag", str(file), "--classifiers", "learned,moods")
    assert (wrong.status, "EARMARK_CLASSIFIERS is 'moods'" in wrong.err) == (2, True)


def test_alone_it_has_the_learned_one_behind_it(data_dir: Path) -> None:
    given = {"classifiers": ("llm",), "llm_url": "http://127.0.0.1:1", "llm_model": MODEL}
    tags = tag_conversation(read_conversation(CALL), Context(), make_classifiers(read_settings(**given)))
    assert {(tag.kind, tag.source) for tag in tags} >= {(TagKind.OUTCOME, Source.MODEL)}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "EARMARK_LLM_URL is not set"),
        ({"llm_url": "http://models"}, "EARMARK_LLM_MODEL is not set"),
        ({"llm_url": "models", "llm_model": MODEL}, "EARMARK_LLM_URL is 'models'"),
        ({"llm_url": f"http://x:{KEY}@models", "llm_model": MODEL}, "EARMARK_LLM_URL has a login"),
        ({"llm_url": "http://models", "llm_model": MODEL, "llm_key": f"{KEY} "}, "EARMARK_LLM_KEY"),
    ],
)
def test_half_a_configuration_is_told_before_any_call(data_dir: Path, given: dict[str, str], says: str) -> None:
    settings = read_settings(classifiers=("learned", "llm"), **given)
    with pytest.raises(SettingsError, match=says):
        check_names(settings)
    finding = _found(classifiers=("learned", "llm"), **given)["classifiers"]
    assert (finding.level, says in finding.says, KEY in repr(finding)) == (Level.BROKEN, True, False)


@pytest.mark.parametrize(
    ("models", "key", "level", "says"),
    [
        ((MODEL, "other"), KEY, Level.GOOD, f"has {MODEL}; the words of every call go there"),
        ((f"{MODEL}:latest",), KEY, Level.GOOD, f"has {MODEL}"),
        (("llama3", "phi4"), KEY, Level.BROKEN, f"no model '{MODEL}'; it has: llama3, phi4"),
        (None, KEY, Level.WEAK, "lists no models"),
        ((MODEL,), "sk-another", Level.BROKEN, "status 401 (invalid_api_key); check EARMARK_LLM_KEY"),
    ],
)
def test_doctor_asks_whether_the_endpoint_has_the_model(
    data_dir: Path, models: tuple[str, ...] | None, key: str, level: Level, says: str
) -> None:
    with language_model(key=KEY, models=models) as server:
        given = {"classifiers": ("llm",), "llm_url": server.url, "llm_model": MODEL, "llm_key": key}
        finding = _found(**given)["language model"]
    assert finding.level is level
    assert says in finding.says
    assert finding.mend or level is Level.GOOD
    assert key not in repr(finding)
    assert server.asked == []


def test_doctor_says_that_nobody_answers(data_dir: Path) -> None:
    finding = _found(classifiers=("llm",), llm_url="http://127.0.0.1:1/v1", llm_model=MODEL)["language model"]
    assert (finding.level, "127.0.0.1:1" in finding.says) == (Level.BROKEN, True)
    assert "EARMARK_LLM_URL" in finding.mend


@pytest.mark.parametrize(
    ("spent", "given", "level", "says"),
    [
        (0, {}, Level.GOOD, "today 0 tokens of 2,000,000, this month 0 tokens"),
        (100_000, {"llm_price_read": 2.5}, Level.GOOD, "0.25 this month at your prices"),
        (100_000, {"llm_tokens_per_day": 100_500}, Level.WEAK, "today 100,000 tokens of 100,500"),
        (100_000, {"llm_tokens_per_month": 100_500}, Level.WEAK, "this month 100,000 tokens of 100,500"),
    ],
)
def test_doctor_tells_what_was_spent(
    data_dir: Path, spent: int, given: dict[str, object], level: Level, says: str
) -> None:
    settings = read_settings(classifiers=("llm",), llm_url="http://127.0.0.1:1", llm_model=MODEL, **given)
    llm_ledger(settings.model_copy(update={"llm_tokens_per_day": 0, "llm_tokens_per_month": 0})).book(Spent(spent, 0))
    finding = next(one for one in examine(settings) if one.name == "model tokens")
    assert finding.level is level
    assert says in finding.says


def test_a_threshold_that_is_set_withholds_what_was_given(
    earmark: Earmark, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wire(read_settings(), send=lambda _: None).thresholds == Thresholds()
    monkeypatch.setenv("EARMARK_THRESHOLDS", "en.outcome=1, stated_channel=0")
    limits = wire(read_settings(), send=lambda _: None).thresholds
    tags = tag_conversation(read_conversation(CALL), Context(), [learned.create()], thresholds=limits)
    status = {tag.kind: tag.status for tag in tags}
    assert (status[TagKind.OUTCOME], status[TagKind.STATED_CHANNEL]) == (TagStatus.WITHHELD, TagStatus.GIVEN)
