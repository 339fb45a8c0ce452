import random
from pathlib import Path

import pytest
from conversations import talk

from classifiers.kinds import outcome, quality
from classifiers.settle import settle
from classifiers.tagging import tag_conversation
from models.context import Context
from models.conversation import Conversation, Role, Turn
from models.lead import SCORE_RANGES, LeadQuality
from models.tag import Opinion, TagKind, TagStatus, WithheldReason
from models.transcript import Word


def written(language: str, block: str) -> object:
    """A call of `calls_<language>.txt`: a line `name | quality | reason | outcome`, then its turns."""
    head, *lines = block.split("\n")
    name, *expected = (part.strip() for part in head.split("|"))
    return pytest.param(language, expected, lines, id=f"{language} {name}")


CALLS = [
    written(language, block)
    for language in ("en", "ru", "fa")
    for block in (Path(__file__).parent / f"calls_{language}.txt").read_text(encoding="utf-8").strip().split("\n\n")
]


def opinions(conversation: Conversation, context: Context | None = None) -> list[Opinion]:
    context = context or Context()
    both = (quality.create(), outcome.create())
    return [opinion for classifier in both for opinion in classifier.classify(conversation, context)]


def answers(conversation: Conversation) -> list[str]:
    found = {opinion.kind: opinion.value for opinion in opinions(conversation)}
    kinds = (TagKind.LEAD_QUALITY, TagKind.NOT_A_LEAD_REASON, TagKind.OUTCOME)
    return [found.get(kind) or "-" for kind in kinds]


@pytest.mark.parametrize(("language", "expected", "lines"), CALLS)
def test_a_call_is_read_for_quality_reason_and_outcome(language: str, expected: list[str], lines: list[str]) -> None:
    assert answers(talk(*lines, language=language)) == expected


@pytest.mark.parametrize(("language", "expected", "lines"), CALLS[::4])
def test_the_language_may_be_unknown(language: str, expected: list[str], lines: list[str]) -> None:
    assert answers(talk(*lines, language=None)) == expected


@pytest.mark.parametrize(("language", "expected", "lines"), CALLS)
def test_scores_lie_in_their_ranges_and_evidence_in_its_turn(
    language: str, expected: list[str], lines: list[str]
) -> None:
    conversation = talk(*lines, language=language)
    for opinion in opinions(conversation):
        assert 0.0 <= opinion.confidence <= 1.0
        if opinion.kind is TagKind.LEAD_QUALITY:
            low, high = SCORE_RANGES[LeadQuality(str(opinion.value))]
            assert opinion.score is not None
            assert low <= opinion.score <= high
        for evidence in opinion.evidence:
            numbers = conversation.turns[evidence.turn].numbers
            assert evidence.first <= evidence.last
            assert {evidence.first, evidence.last} <= set(numbers)


@pytest.mark.parametrize(("language", "expected", "lines"), [*CALLS[:6], *CALLS[48:52], *CALLS[86:90]])
def test_two_speakers_without_roles_are_told_apart_by_who_answered(
    language: str, expected: list[str], lines: list[str]
) -> None:
    nameless = [line.replace("a:", "u:", 1).replace("c:", "v:", 1) for line in lines]
    assert answers(talk(*nameless, language=language)) == expected


def test_fillers_and_stammering_change_nothing() -> None:
    plain = talk("a: northside glass", "c: how much is a new windscreen", "a: two hundred dollars", "c: let me think")
    rough = talk(
        "a: northside glass",
        "c: um how how much uh is a a new windscreen",
        "a: er two hundred dollars",
        "c: uh let me think",
    )
    assert answers(plain) == answers(rough) == ["warm", "-", "quote_given"]


@pytest.mark.parametrize(
    "conversation",
    [
        talk(),
        talk("a: "),
        talk("c: hello"),
        talk("u: yes"),
        talk("a: 🙂 … ?!", "c: 42 -- $ ،؛"),
        talk("u: \u200c می \u200c", language="fa"),
        talk("a: hello", "c: bonjour je voudrais un rendez-vous", language="fr"),
        talk("a: 你好", "c: 你好吗", language="zh"),
        talk("m: press one", "m: press two"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru", "fa", "de", "", None])
def test_odd_calls_raise_nothing(conversation: Conversation, language: str | None) -> None:
    again = Conversation(turns=conversation.turns, language=language)
    for opinion in [*opinions(conversation), *opinions(again, Context(language=language))]:
        assert 0.0 <= opinion.confidence <= 1.0


def test_a_call_of_fifty_thousand_words_is_read() -> None:
    draw = random.Random(3)
    said = ["yes", "how", "much", "tomorrow", "booked", "the", "is", "it", "order", "you", "price", "seven", "never"]
    turns = []
    for number in range(1000):
        words = tuple(Word(draw.choice(said)) for _ in range(50))
        role = Role.AGENT if number % 2 else Role.CALLER
        turns.append(Turn(number % 2, role, words, tuple(range(number * 50, number * 50 + 50))))
    found = opinions(Conversation(turns=tuple(turns), language="en"))
    assert {opinion.kind for opinion in found} >= {TagKind.LEAD_QUALITY, TagKind.OUTCOME}


def test_no_words_are_no_conversation() -> None:
    assert answers(talk()) == ["not_a_lead", "no_conversation", "no_conversation"]


def test_a_language_without_a_lexicon_is_withheld_as_such() -> None:
    conversation = talk("a: Guten Tag", "c: Was kostet das?", language="de")
    tags = tag_conversation(conversation, Context(), (quality.create(), outcome.create()))
    assert {tag.kind for tag in tags} == {TagKind.STATED_CHANNEL, TagKind.LEAD_QUALITY, TagKind.OUTCOME}
    assert all(tag.reason is WithheldReason.LANGUAGE for tag in tags)


def test_what_hardly_anything_speaks_for_is_withheld() -> None:
    tags = settle(opinions(talk("a: hello", "c: the weather is quite something this year in the mountains")), [])
    assert {tag.status for tag in tags} == {TagStatus.WITHHELD}


def test_a_sale_scores_above_a_visit_above_interest_above_a_refusal() -> None:
    calls = [
        talk(
            "a: Luigi's", "c: can i order two pizzas for delivery", "a: okay your order is placed, 30 minutes", "c: ok"
        ),
        talk(
            "a: Bright Dental", "c: can i book a cleaning", "a: tuesday at ten", "c: tuesday works", "a: you're booked"
        ),
        talk("a: Bright Dental", "c: how much is a cleaning", "a: eighty dollars", "c: okay thanks"),
        talk("a: Bright Dental", "c: how much is a cleaning", "a: eighty dollars", "c: no thanks that's too expensive"),
        talk("a: Bright Dental", "c: is this the bakery", "a: no you have the wrong number", "c: sorry"),
    ]
    scores = [next(o.score for o in opinions(call) if o.kind is TagKind.LEAD_QUALITY) or 0 for call in calls]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
