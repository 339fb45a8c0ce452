"""The classifier `learned`: what it answers, shows and survives."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifiers.kinds.learned import LearnedTags, create
from classifiers.labelled import read_conversation, results
from classifiers.learned.call_model import read_call_models, written_call_models
from classifiers.learned.examples import read_example
from classifiers.learned.trained import FILES, read_trained, shipped, written_trained
from classifiers.learned.training import learn
from classifiers.learned.turn_model import read_turn_model, written_turn_model
from classifiers.learned.turns import blocks_of
from classifiers.learned.understood import find
from classifiers.tagging import tag_conversation
from models.act import Act
from models.context import Context
from models.errors import BadInput, SettingsError
from models.lead import SCORE_RANGES, Handling, LeadQuality
from models.tag import Opinion, Source, TagKind

HELD = Path(__file__).parents[2] / "evaluation" / "labelled"


@pytest.fixture(scope="module")
def learned() -> LearnedTags:
    return create()


def call(*turns: str, language: str = "en") -> dict[str, object]:
    """`a: …` and `c: …`."""
    sides = {"a": "agent", "c": "caller", "m": "machine", "u": "unknown"}
    parts = [turn.split(": ", 1) for turn in turns]
    return {"id": "1", "language": language, "turns": [{"speaker": sides[who], "text": text} for who, text in parts]}


def opinions(learned: LearnedTags, record: dict[str, object]) -> list[Opinion]:
    conversation = read_conversation(record)
    return learned.classify(conversation, Context(language=conversation.language))


def answer(found: list[Opinion], kind: TagKind) -> str | None:
    return next((opinion.value for opinion in found if opinion.kind is kind), None)


BOOKED = (
    "a: Harbour Dental, Maya speaking.",
    "c: Hi, I saw your ad on Instagram. How much is a cleaning?",
    "a: Ninety dollars. Would Thursday at ten suit you?",
    "c: Thursday at ten is perfect.",
    "a: You're booked for Thursday at ten. See you then.",
)
CASES = [
    ("en", BOOKED, ["instagram"]),
    (
        "ru",
        (
            "a: Стоматология «Улыбка», здравствуйте.",
            "c: Добрый день, мне вас соседка посоветовала. Сколько стоит чистка?",
            "a: Четыре тысячи. Записать вас на завтра на три?",
            "c: Да, давайте, завтра в три подойдёт.",
            "a: Записала вас на завтра на три часа.",
        ),
        ["referral"],
    ),
    (
        "fa",
        (
            "a: کلینیک لبخند، بفرمایید.",
            "c: سلام، تبلیغتون رو تو اینستاگرام دیدم. جرمگیری چنده؟",
            "a: یک و نیم. فردا ساعت ده وقت داریم، بنویسم؟",
            "c: آره، فردا ده خوبه.",
            "a: ثبت شد، فردا ساعت ده منتظرتونیم.",
        ),
        ["instagram"],
    ),
]


@pytest.mark.parametrize(("language", "turns", "stated"), CASES)
def test_a_plain_call_is_understood_in_each_language(
    learned: LearnedTags, language: str, turns: tuple[str, ...], stated: list[str]
) -> None:
    found = opinions(learned, call(*turns, language=language))
    assert answer(found, TagKind.LEAD_QUALITY) == "hot"
    assert answer(found, TagKind.OUTCOME) == "appointment_booked"
    assert [one.item for one in found if one.kind is TagKind.STATED_CHANNEL and one.item] == stated


def test_every_tag_of_a_model_says_so_and_quotes_the_call(learned: LearnedTags) -> None:
    record = call(*BOOKED)
    found = opinions(learned, record)
    assert {opinion.source for opinion in found} == {Source.MODEL}
    shown = results(record, tag_conversation(read_conversation(record), Context(language="en"), [learned]))
    for name in ("lead_quality", "outcome"):
        evidence = shown["tags"][name]["evidence"]
        assert evidence
        texts = [turn["text"] for turn in record["turns"]]  # type: ignore[attr-defined]
        assert all(quote["quote"] in texts[quote["turn"]] for quote in evidence)
    quality = next(opinion for opinion in found if opinion.kind is TagKind.LEAD_QUALITY)
    low, high = SCORE_RANGES[LeadQuality(quality.value or "")]
    assert quality.score is not None
    assert low <= quality.score <= high


def test_a_line_of_results_has_what_was_objected_and_done(learned: LearnedTags) -> None:
    record = call(
        "a: Summit Roofing, Paul speaking.",
        "c: How much is a new roof?",
        "a: Around nine thousand.",
        "c: Nine thousand? That's way too expensive, I can't pay that.",
        "a: We can spread it over twelve months with no interest.",
        "c: No thanks, I'll leave it then.",
    )
    shown = results(record, tag_conversation(read_conversation(record), Context(language="en"), [learned]))
    assert shown["outcome"] == "lost"
    assert shown["lost_reason"] == "price"
    objection = shown["objections"][0]
    assert (objection["value"], objection["answered"], objection["turn"]) == ("price", "yes", 3)
    assert shown["handling"]["price"] == "yes"
    assert 0 <= shown["handling"]["score"] <= 100
    assert {"value": "ask_price", "turn": 1}.items() <= shown["acts"][1].items()


def test_a_quote_from_a_long_turn_holds_the_channel(learned: LearnedTags) -> None:
    record = call(
        "a: good afternoon this is a painting company what can i do for you",
        "c: hi there i saw your truck on my street this morning and i wrote down the number for my fence",
    )
    stated = [one for one in opinions(learned, record) if one.kind is TagKind.STATED_CHANNEL]
    assert [one.item for one in stated] == ["vehicle"]
    shown = results(record, tag_conversation(read_conversation(record), Context(language="en"), [learned]))
    quote = shown["tags"]["stated_channels"][0]["evidence"][0]["quote"]
    assert "truck" in quote
    assert len(quote.split()) <= 12


def test_handling_answers_its_seven_questions_and_scores_them(learned: LearnedTags) -> None:
    found = [opinion for opinion in opinions(learned, call(*BOOKED)) if opinion.kind is TagKind.HANDLING]
    answers = {opinion.item: opinion.value for opinion in found}
    assert set(answers) == {*Handling, ""}
    assert answers[Handling.GREETED] == "yes"
    assert answers[Handling.AGREED] == "yes"
    assert next(opinion.score for opinion in found if not opinion.item) in range(101)


def test_acts_stand_beside_their_turns(learned: LearnedTags) -> None:
    found = opinions(learned, call(*BOOKED))
    acts = {(opinion.evidence[0].turn, opinion.value) for opinion in found if opinion.kind is TagKind.ACT}
    assert {(0, "greet"), (1, "ask_price"), (2, "offer_time"), (3, "accept"), (4, "confirm")} <= acts


@pytest.mark.parametrize(
    "turns",
    [
        (),
        ("c: ",),
        ("c: Hello?",),
        ("u: ...",),
        ("c: привет hello سلام",),
        ("a: " + "we do roofs and gutters " * 5000, "c: " + "how much is it " * 5000),
        tuple(f"{'ac'[number % 2]}: word {number}" for number in range(3000)),
    ],
)
def test_odd_calls_are_no_error(learned: LearnedTags, turns: tuple[str, ...]) -> None:
    found = opinions(learned, call(*turns))
    assert all(0 <= opinion.confidence <= 1 for opinion in found)
    assert answer(found, TagKind.OUTCOME) is not None


def test_a_language_without_a_lexicon_has_no_opinion_but_that_nothing_is_known(learned: LearnedTags) -> None:
    found = opinions(learned, call("a: Guten Tag", "c: Ich brauche einen Klempner", language="de"))
    assert [(opinion.kind, opinion.confidence) for opinion in found] == [(TagKind.STATED_CHANNEL, 0.0)]


def test_it_takes_no_option_but_its_weights() -> None:
    with pytest.raises(SettingsError, match="takes no option but `trained`; got: model"):
        create(model="x")


def test_models_are_the_same_after_writing_and_reading() -> None:
    model = shipped().turns
    again = read_turn_model(written_turn_model(model))
    found = find(read_conversation(call(*BOOKED)), Context(language="en"))
    assert found is not None
    turns = [blocks_of(turn) for turn in found.turns]
    assert np.allclose(model.chances(turns), again.chances(turns), atol=0.01)
    calls = read_call_models(written_call_models(shipped().calls))
    assert calls.keys() == shipped().calls.keys()
    features = dict.fromkeys(list(calls["outcome"].features)[:40], 1.0)
    assert calls["outcome"].chances(features) == pytest.approx(shipped().calls["outcome"].chances(features), abs=0.01)


def test_it_answers_by_the_weights_that_it_is_given() -> None:
    """Here those that are shipped, but sure of another outcome."""
    outcome = shipped().calls["outcome"]
    lost = replace(outcome, bias=np.where(np.array(outcome.answers) == "lost", 99.0, outcome.bias))
    trained = read_trained(written_trained(shipped().turns, {**shipped().calls, "outcome": lost}))
    found = opinions(create(trained=trained), call(*BOOKED))
    assert answer(found, TagKind.OUTCOME) == "lost"
    assert {opinion.version for opinion in found} == {trained.version}
    assert trained.version != shipped().version


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"no weights"])
def test_a_file_without_weights_is_named(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"turns\.npz and calls\.npz hold no weights"):
        read_trained(dict.fromkeys(FILES, content))


def test_it_learns_from_labelled_calls() -> None:
    lines = (HELD / "held-en.jsonl").read_text(encoding="utf-8").splitlines()
    examples = [read_example(json.loads(line)) for line in lines[:60]]
    heard: list[str] = []
    found = learn(examples, heard.append)
    assert heard[0] == "reading 60 examples"
    assert set(found.calls["lead_quality"].answers) == set(LeadQuality)
    asks = found.turns.targets.index("ask_source")
    turns = find(read_conversation(call("a: How did you hear about us?", "c: Two plumbers")), Context(language="en"))
    assert turns is not None
    chances = found.turns.chances([blocks_of(turn) for turn in turns.turns])[:, asks]
    assert chances[0] > chances[1]


@pytest.mark.parametrize(
    ("change", "known"),
    [
        ({}, set(Act)),
        ({"piece": "acts"}, set(Act)),
        ({"piece": "channels"}, set()),
        ({"labelled_acts": ["name_source"]}, {"name_source"}),
    ],
)
def test_an_example_tells_which_acts_were_looked_for(change: dict[str, object], known: set[str]) -> None:
    assert read_example({**call(*BOOKED), **change}).known_acts == known


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["hot"]}, "`labels` must be an object"),
        ({"piece": "words"}, "`piece` must be one of acts, channels, not 'words'"),
        ({"labelled_acts": ["greet", "sing"]}, "`labelled_acts` has sing, which is no act"),
    ],
)
def test_a_label_that_is_none_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_example({**call(*BOOKED), **change})
