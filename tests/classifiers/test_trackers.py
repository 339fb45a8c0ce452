"""Which trackers are said in a call, by whom and when; and what campaign words say of the channel."""

from dataclasses import replace

import pytest
from conversations import talk

from classifiers.campaigns import tracked, with_campaigns
from classifiers.kinds import learned
from classifiers.settle import settle
from classifiers.tagging import tag_conversation
from classifiers.trackers import MOST_EVIDENCE, find_trackers, version_of
from models.context import Context
from models.conversation import Conversation
from models.tag import CHANNEL_KINDS, Opinion, Source, TagKind, quote_of
from models.tracker import Phrase, SaidBy, Tracker
from models.transcript import Word


def tracker(*phrases: str, **given: object) -> Tracker:
    lists = {name: tuple(Phrase(text) for text in given.pop(name, ())) for name in ("all_of", "none_of")}  # type: ignore[attr-defined]
    return Tracker(name="offer", phrases=tuple(map(Phrase, phrases)), **lists, **given)  # type: ignore[arg-type]


def said(conversation: Conversation, wanted: Tracker) -> list[str]:
    """The quotes of its opinion."""
    found = tracked(conversation, Context(language=conversation.language, trackers=(wanted,)))
    return [
        quote_of(conversation, evidence).text
        for opinion in found
        if opinion.kind is TagKind.TRACKER
        for evidence in opinion.evidence
    ]


CALL = talk(
    "m: Welcome, ask for our spring offer!",
    "a: Hello, how can I help?",
    "c: About the spring offer, is it still on today?",
    "a: The spring offers end today, the discount is gone.",
)
IN_THREE = talk("c: Hello, весеннее предложение и پیشنهاد بهاره؟", language=None)


@pytest.mark.parametrize(
    ("wanted", "quotes"),
    [
        (tracker("spring offer"), ["spring offer!", "spring offer,", "spring offers"]),
        (tracker("spring offer", said_by=SaidBy.CALLER), ["spring offer,"]),
        (tracker("spring offer", said_by=SaidBy.AGENT), ["spring offers"]),
        (tracker("spring", "spring offer", said_by=SaidBy.CALLER), ["spring offer,"]),
        (tracker("spring offer", all_of=["discount"]), ["spring offer!", "spring offer,", "spring offers"]),
        (tracker("spring offer", all_of=["discount", "today"], near=5), ["spring offers"]),
        (tracker("spring offer", all_of=["refund"]), []),
        (tracker("spring offer", none_of=["discount"]), []),
        (tracker("spring offer", none_of=["discount"], near=4), ["spring offer!", "spring offer,"]),
        (tracker(all_of=["today", "discount"]), ["today?", "today,"]),
        (tracker("spring offer", said_by=SaidBy.CALLER, all_of=["discount"]), []),
        (tracker("winter offer"), []),
    ],
)
def test_a_tracker_is_found_as_its_rule_says(wanted: Tracker, quotes: list[str]) -> None:
    assert said(CALL, wanted) == quotes


@pytest.mark.parametrize(
    ("language", "also", "quotes"),
    [("en", "hello", ["spring offer"]), ("ru", "hello", []), ("", "hello", ["spring offer"])],
)
def test_conditions_of_a_language_are_asked_of_its_own_phrases(language: str, also: str, quotes: list[str]) -> None:
    wanted = Tracker(
        name="offer",
        phrases=(Phrase("spring offer", "en"),),
        all_of=(Phrase("today", language), Phrase("nowhere", "ru")),
    )
    hits = find_trackers(talk("c: the spring offer today"), [wanted])
    assert len(hits) == 1
    assert find_trackers(talk("c: the spring offer"), [wanted]) == ([] if language != "ru" else hits)


def test_a_phrase_is_found_whatever_the_language_of_the_call() -> None:
    assert said(IN_THREE, tracker("весенние предложения", "پیشنهاد بهار")) == ["весеннее предложение", "پیشنهاد بهاره؟"]


def timed(*starts: float) -> Conversation:
    """A call whose turns say `the offer` at these seconds."""
    conversation = talk(*["c: the offer" for _ in starts])
    turns = [
        replace(turn, words=tuple(Word(word.text, start, start + 0.5) for word in turn.words))
        for turn, start in zip(conversation.turns, starts, strict=True)
    ]
    return replace(conversation, turns=tuple(turns))


@pytest.mark.parametrize(
    ("when", "starts"),
    [
        ({"first_seconds": 20.0}, [5.0]),
        ({"last_seconds": 20.0}, [90.0, 99.5]),
        ({"first_seconds": 5.0, "last_seconds": 5.0}, [5.0, 99.5]),
        ({}, [5.0, 50.0, 90.0, 99.5]),
    ],
)
def test_a_time_counts_from_the_beginning_or_to_the_last_word(when: dict[str, float], starts: list[float]) -> None:
    conversation = timed(5.0, 50.0, 90.0, 99.5)
    hits = find_trackers(conversation, [tracker("offer", **when)])
    assert [conversation.turns[place.turn].words[0].start for place in hits[0].places] == starts


def test_words_without_times_are_at_no_time() -> None:
    assert find_trackers(CALL, [tracker("spring offer", first_seconds=1000.0)]) == []


def test_who_says_it_is_no_surer_than_who_is_who() -> None:
    doubtful = replace(CALL, role_confidence=0.6)
    wanted = (tracker("spring offer", said_by=SaidBy.CALLER), Tracker(name="any", phrases=(Phrase("spring offer"),)))
    found = tracked(doubtful, Context(language="en", trackers=wanted))
    assert [opinion.confidence for opinion in found] == [0.6, 0.95]


def test_many_places_are_counted_and_some_are_kept() -> None:
    (found,) = tracked(talk(*["c: offer"] * 30), Context(trackers=(tracker("offer"),)))
    assert (found.detail["hits"], len(found.evidence)) == ("30", MOST_EVIDENCE)


def test_the_version_changes_with_what_is_looked_for() -> None:
    assert version_of(tracker("offer")) != version_of(tracker("offers"))
    assert version_of(tracker("offer")) == version_of(tracker("offer"))


TWENTY = Tracker(
    name="twenty", phrases=(Phrase("twenty percent flyer"),), channel="flyer", campaign="Twenty percent, autumn"
)
METRO = Tracker(
    name="metro", phrases=(Phrase("реклама в метро на Таганской"),), channel="billboard", campaign="Таганская"
)
SPRING = Tracker(name="spring", phrases=(Phrase("کد بهار"),), channel="sms", campaign="بهار")

CAMPAIGNS = [
    # lines, language, and what is said of which channel with which campaign
    (["a: How did you hear about us?", "c: I got your 20% flyer."], "en", "stated flyer Twenty percent, autumn"),
    (["a: Hello?", "c: I am calling about the twenty percent flyer."], "en", "stated flyer Twenty percent, autumn"),
    (["a: Did you get our twenty percent flyer?", "c: Yes I did."], "en", "stated flyer Twenty percent, autumn"),
    (["a: Did you get our twenty percent flyer?", "c: No, my sister sent me."], "en", "denied flyer"),
    (["a: How did you find us?", "c: Not from the twenty percent flyer, on Google."], "en", "denied flyer"),
    (["a: How did you find us?", "c: Maybe the twenty percent flyer, not sure."], "en", "possible flyer"),
    (["a: How did you find us?", "c: On Google.", "a: We have a twenty percent flyer too."], "en", ""),
    (["a: Hello?", "c: Could you send me the twenty percent flyer?"], "en", "incidental flyer"),
    (
        ["a: Откуда вы о нас узнали?", "c: Увидел рекламу в метро на Таганской."],
        "ru",
        "stated billboard Таганская",
    ),
    (["a: Откуда вы о нас узнали?", "c: Нет, не из рекламы в метро на Таганской."], "ru", "denied billboard"),
    (["a: Слушаю вас.", "c: Я по рекламе в метро на Таганской звоню."], "ru", "stated billboard Таганская"),
    (["a: چطور با ما آشنا شدید؟", "c: با كد بهارتون"], "fa", "stated sms بهار"),
    (["a: بفرمایید", "c: سلام می‌خواستم با کد بهار خرید کنم"], "fa", "stated sms بهار"),
    (["a: بفرمایید", "c: سلام قیمت می‌خواستم", "a: کد بهار هم داریم"], "fa", "incidental sms"),
]


@pytest.mark.parametrize("classifiers", [[], [learned.create()]], ids=["alone", "learned"])
@pytest.mark.parametrize(("lines", "language", "wanted"), CAMPAIGNS)
def test_campaign_words_state_a_channel_where_they_brought_the_caller(
    lines: list[str], language: str, wanted: str, classifiers: list[learned.LearnedTags]
) -> None:
    context = Context(language=language, trackers=(TWENTY, METRO, SPRING))
    tags = tag_conversation(talk(*lines, language=language), context, classifiers)
    found = [
        f"{tag.kind.value.removesuffix('_channel')} {tag.item} {tag.detail['campaign']}"
        for tag in tags
        if tag.kind in CHANNEL_KINDS and "campaign" in tag.detail
    ]
    assert [one for one in found if one.startswith(wanted)] == found if wanted else found == []
    assert len(found) == bool(wanted)
    channels = [tag.item for tag in tags if tag.kind in CHANNEL_KINDS and tag.item]
    assert len(channels) == len(set(channels)), "a channel stands under one kind"
    if wanted.startswith("stated"):
        assert not any(tag.kind is TagKind.STATED_CHANNEL and not tag.item for tag in tags)


def test_what_the_words_seem_to_say_gives_way_to_what_the_campaign_is() -> None:
    conversation = talk("a: Откуда узнали?", "c: Увидел рекламу в метро на Таганской.", language="ru")
    tags = tag_conversation(conversation, Context(language="ru", trackers=(METRO,)), [learned.create()])
    assert [tag.item for tag in tags if tag.kind is TagKind.STATED_CHANNEL] == ["billboard"]


def opinion(kind: TagKind, item: str, confidence: float, **detail: str) -> Opinion:
    return Opinion(kind=kind, item=item, value=item or None, confidence=confidence, detail=detail, version=str(detail))


@pytest.mark.parametrize(
    ("opinions", "left"),
    [
        ([opinion(TagKind.STATED_CHANNEL, "", 0.9)], ["stated_channel "]),
        (
            [opinion(TagKind.STATED_CHANNEL, "", 0.9), opinion(TagKind.STATED_CHANNEL, "sms", 0.6, campaign="a")],
            ["stated_channel sms"],
        ),
        (
            [
                opinion(TagKind.INCIDENTAL_CHANNEL, "sms", 0.9),
                opinion(TagKind.STATED_CHANNEL, "sms", 0.6, campaign="a"),
            ],
            ["stated_channel sms"],
        ),
        (
            [opinion(TagKind.STATED_CHANNEL, "sms", 0.9), opinion(TagKind.DENIED_CHANNEL, "sms", 0.8, campaign="a")],
            ["denied_channel sms"],
        ),
        (
            [
                opinion(TagKind.STATED_CHANNEL, "sms", 0.9),
                opinion(TagKind.INCIDENTAL_CHANNEL, "sms", 0.8, campaign="a"),
            ],
            ["stated_channel sms"],
        ),
        (
            [
                opinion(TagKind.STATED_CHANNEL, "transit", 0.9),
                opinion(TagKind.STATED_CHANNEL, "billboard", 0.6, campaign="a", instead_of="transit"),
            ],
            ["stated_channel billboard"],
        ),
    ],
)
def test_who_knows_the_campaign_counts_before_who_does_not(opinions: list[Opinion], left: list[str]) -> None:
    assert [f"{one.kind.value} {one.item}" for one in with_campaigns(opinions)] == left


def test_a_surer_opinion_of_the_channel_keeps_the_campaign() -> None:
    opinions = [
        Opinion(kind=TagKind.STATED_CHANNEL, item="sms", value="sms", confidence=0.99, source=Source.MODEL),
        opinion(TagKind.STATED_CHANNEL, "sms", 0.6, campaign="a"),
    ]
    tag = next(tag for tag in settle(opinions, []) if tag.kind is TagKind.STATED_CHANNEL)
    assert (tag.confidence, tag.source, tag.detail) == (0.99, Source.MODEL, {"campaign": "a"})
