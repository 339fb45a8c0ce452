"""The classifier `learned`: what it answers, shows and survives."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from classifiers.kinds.learned import LearnedTags, create
from classifiers.labelled import read_conversation, results
from classifiers.learned.call_features import call_features
from classifiers.learned.call_model import CallModel, read_call_models, written_call_models
from classifiers.learned.corrected import corrected_record
from classifiers.learned.examples import read_example
from classifiers.learned.trained import FILES, read_trained, shipped, written_trained
from classifiers.learned.training import Pair, Read, find_all, learn_calls, learn_turns
from classifiers.learned.turn_model import read_turn_model, written_turn_model
from classifiers.learned.turns import blocks_of
from classifiers.learned.understood import find, understand
from classifiers.tagging import tag_conversation
from models.act import Act
from models.channel import GROUP_OF
from models.context import Context
from models.errors import BadInput, SettingsError
from models.lead import SCORE_RANGES, Handling, LeadQuality
from models.tag import Correction, Opinion, Source, Tag, TagKind, TagStatus

Taught = tuple[list[Pair], Read, Mapping[str, CallModel]]
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


PLAIN = [
    ("en", ("a: Hello, Miller Heating.", "c: A friend recommended you. How much for a boiler?"), ["referral"]),
    ("en", ("a: Bright Dental.", "c: Hi, I found you on Google. Are you taking new patients?"), ["google_search"]),
    ("en", ("a: Gym Box.", "c: I saw your ad on Facebook. What's a membership?", "a: Forty a month."), ["facebook"]),
    ("en", ("a: Gym Box.", "c: What's a membership? Send it on WhatsApp.", "a: Forty a month."), []),
    ("ru", ("a: Сервис, слушаю.", "c: Мне вас подруга посоветовала, сколько стоит чистка?"), ["referral"]),
    ("ru", ("a: Алло.", "c: Здравствуйте, я с Авито, диван ещё продаёте?", "a: Да, двенадцать тысяч."), ["avito"]),
    ("fa", ("a: بفرمایید.", "c: سلام، دوستم معرفی کرد. قیمت سرویس کولر چنده؟"), ["referral"]),
    ("fa", ("a: بفرمایید.", "c: سلام، آگهی‌تون رو تو دیوار دیدم، هنوز هست؟", "a: بله هست."), ["divar"]),
]


@pytest.mark.parametrize(("language", "turns", "stated"), PLAIN)
def test_a_plain_word_in_a_very_short_call_is_enough(
    learned: LearnedTags, language: str, turns: tuple[str, ...], stated: list[str]
) -> None:
    found = opinions(learned, call(*turns, language=language))
    assert [one.item for one in found if one.kind is TagKind.STATED_CHANNEL and one.item] == stated
    assert answer(found, TagKind.LEAD_QUALITY) in {"hot", "warm", "cold"}


@pytest.mark.parametrize(
    ("text", "classed"),
    [
        ("My sister found you on Face book", ("my", "@person", "found", "you", "on", "@brand")),
        ("Is the van yours?", ("is", "@thing", "yours")),
        ("Tuesday at ten", ()),
    ],
)
def test_names_people_and_things_are_one_sign_each(text: str, classed: tuple[str, ...]) -> None:
    heard = find(read_conversation(call(f"c: {text}")), Context(language="en"))
    assert heard is not None
    assert heard.turns[0].classed == classed


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


@pytest.fixture(scope="module")
def taught() -> Taught:
    """Learned from a few calls."""
    lines = (HELD / "held-en.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = find_all([read_example(json.loads(line)) for line in lines[:60]])
    read = learn_turns(pairs)
    return pairs, read, learn_calls(pairs, read)


def test_it_learns_from_labelled_calls(taught: Taught) -> None:
    _, read, calls = taught
    assert set(calls["lead_quality"].answers) == set(LeadQuality)
    asks = read.model.targets.index("ask_source")
    turns = find(read_conversation(call("a: How did you hear about us?", "c: Two plumbers")), Context(language="en"))
    assert turns is not None
    chances = read.model.chances([blocks_of(turn) for turn in turns.turns])[:, asks]
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
    ("change", "known"),
    [
        ({"labels": {"stated_channels": ["tv"]}}, {"tv"}),
        ({"labels": {"stated_channels": ["tv"], "possible_channels": None}}, {"tv"}),
        ({"labels": {"outcome": "lost"}}, set()),
        (
            {"labels": {f"{name}_channels": [] for name in ("stated", "possible", "denied", "incidental")}},
            set(GROUP_OF),
        ),
        ({"labels": {"stated_channels": ["tv"]}, "labelled_channels": ["tv", "vk"]}, {"tv", "vk"}),
    ],
)
def test_an_example_tells_of_which_channels_it_knows_the_list(change: dict[str, object], known: set[str]) -> None:
    example = read_example({**call(*BOOKED), **change})
    assert {channel for channel in GROUP_OF if example.tells_channel(channel)} == known


def test_calls_of_which_only_some_tags_are_known_are_learned_from_too(taught: Taught) -> None:
    """Forty times the same word from a person, on the outcome alone: such calls end so."""
    pairs, read, before = taught
    told = {**call(*BOOKED), "labels": {"outcome": "service_resolved"}, "labelled_acts": []}
    more = find_all([read_example({**told, "id": f"told {number}"}) for number in range(40)])
    after = learn_calls(pairs, read, more)
    features = call_features(understand(more[0][1], read.model))
    chances = [models["outcome"].chances(features).get("service_resolved", 0.0) for models in (before, after)]
    assert chances[0] < 0.3
    assert chances[1] > 0.6
    assert before["lead_quality"].answers == after["lead_quality"].answers


def correction(kind: TagKind, *values: str) -> Correction:
    return Correction(kind=kind, values=values, who="Olga", at=datetime(2026, 3, 2, tzinfo=UTC))


def tag(kind: TagKind, channel: str) -> Tag:
    given = {"confidence": 0.9, "status": TagStatus.GIVEN, "source": Source.MODEL, "version": "1"}
    return Tag(kind=kind, item=channel, value=channel, **given)  # type: ignore[arg-type]


STATED, DENIED = TagKind.STATED_CHANNEL, TagKind.DENIED_CHANNEL


@pytest.mark.parametrize(
    ("said", "machine", "labels", "known"),
    [
        ([correction(TagKind.OUTCOME, "lost")], [tag(STATED, "tv")], {"outcome": "lost"}, []),
        (
            [correction(TagKind.NOT_A_LEAD_REASON, "wrong_number")],
            [],
            {"not_a_lead_reason": "wrong_number", "lead_quality": "not_a_lead"},
            [],
        ),
        (
            [correction(STATED, "instagram")],
            [tag(STATED, "instagram")],
            {"stated_channels": ["instagram"]},
            ["instagram"],
        ),
        # Taken out by a person: spoken of, so incidental; not spoken of, so nowhere.
        (
            [correction(STATED, "tv")],
            [tag(STATED, "instagram"), tag(STATED, "radio")],
            {"stated_channels": ["tv"], "incidental_channels": ["instagram"]},
            ["instagram", "radio", "tv"],
        ),
        ([correction(STATED)], [tag(DENIED, "instagram")], {"stated_channels": []}, []),
    ],
)
def test_a_corrected_call_is_a_label_where_the_person_spoke(
    said: list[Correction], machine: list[Tag], labels: dict[str, object], known: list[str]
) -> None:
    conversation = read_conversation(call(*BOOKED))
    record = corrected_record(conversation, Context(language="en"), said, machine, name="01A")
    assert (record["labels"], record["labelled_channels"], record["labelled_acts"]) == (labels, known, [])
    example = read_example(record)
    assert [turn.text for turn in example.conversation.turns] == [turn.text for turn in conversation.turns]
    assert [turn.role for turn in example.conversation.turns] == [turn.role for turn in conversation.turns]
    assert (example.id, example.known_acts) == ("01A", frozenset())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": ["hot"]}, "`labels` must be an object"),
        ({"piece": "words"}, "`piece` must be one of acts, channels, not 'words'"),
        ({"labelled_acts": ["greet", "sing"]}, "`labelled_acts` has sing, which is no act"),
        ({"labelled_channels": ["tv", "teevee"]}, "`labelled_channels` has teevee, which is no channel"),
    ],
)
def test_a_label_that_is_none_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        read_example({**call(*BOOKED), **change})
