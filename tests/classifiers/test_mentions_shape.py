"""What the opinions of the mention rules look like, whatever the language."""

import json
import os
import time
from importlib import import_module
from pathlib import Path

import pytest
from conversations import talk
from tests_of_mentions import channels

from classifiers.kinds.mentions import create
from classifiers.labelled import read_conversation
from models.channel import GROUP_OF
from models.context import Context
from models.conversation import Conversation
from models.errors import SettingsError
from models.tag import CHANNEL_KINDS, Evidence, Opinion, TagKind

_LANGUAGES = ("en", "ru", "fa")
_EXAMPLES = os.environ.get("EARMARK_TEST_DATA")


def opinions_of(conversation: Conversation) -> list[Opinion]:
    return create().classify(conversation, Context())


def words(conversation: Conversation, evidence: Evidence) -> str:
    turn = conversation.turns[evidence.turn]
    inside = zip(turn.numbers, turn.words, strict=True)
    return " ".join(word.text for number, word in inside if evidence.first <= number <= evidence.last)


def stated(conversation: Conversation) -> Opinion:
    return next(opinion for opinion in opinions_of(conversation) if opinion.kind is TagKind.STATED_CHANNEL)


QUOTES = [
    ("en", "saw your ad on Facebook,", "a: Hello.", "c: Hi, I saw your ad on Facebook, are you open?"),
    ("en", "insta gram", "a: how did you hear about us", "c: uh insta gram"),
    ("ru", "нашла вас в дубль-гисе.", "c: Здравствуйте, нашла вас в дубль-гисе."),
    ("fa", "آگهی‌تون رو توی دیوار دیدم.", "c: سلام، آگهی‌تون رو توی دیوار دیدم."),
]


@pytest.mark.parametrize(("language", "quote", "lines"), [(case[0], case[1], case[2:]) for case in QUOTES])
def test_evidence_points_to_the_words_as_written(language: str, quote: str, lines: tuple[str, ...]) -> None:
    conversation = talk(*lines, language=language)
    evidence = stated(conversation).evidence
    assert [words(conversation, piece) for piece in evidence] == [quote]


def test_a_bare_yes_is_quoted_with_the_question_it_answers() -> None:
    conversation = talk("a: Was it Google?", "c: Yes, it was.")
    quotes = [words(conversation, piece) for piece in stated(conversation).evidence]
    assert quotes == ["Google?", "Yes,"]


def test_evidence_counts_words_of_the_transcript_and_not_of_the_turn() -> None:
    conversation = talk("a: how did you hear about us", "c: facebook")
    assert stated(conversation).evidence == (Evidence(first=6, last=6, turn=1),)


def test_mentions_are_counted_and_say_role_stance_and_speaker() -> None:
    found = opinions_of(talk("a: did you see us on facebook", "c: no i found you on yelp can you text me"))
    mentions = [opinion for opinion in found if opinion.kind is TagKind.MENTION]
    assert [opinion.item for opinion in mentions] == ["0", "1", "2"]
    assert [(opinion.value, *opinion.detail.values()) for opinion in mentions] == [
        ("facebook", "discovery", "denied", "agent"),
        ("yelp", "discovery", "affirmed", "caller"),
        ("sms", "incidental", "affirmed", "caller"),
    ]


def test_no_channel_is_one_opinion_without_a_value() -> None:
    (opinion,) = opinions_of(talk("a: hello", "c: what are your opening hours"))
    assert (opinion.kind, opinion.item, opinion.value) == (TagKind.STATED_CHANNEL, "", None)
    assert opinion.confidence > 0.8


def test_an_answer_that_was_not_understood_leaves_doubt_about_no_channel() -> None:
    asked = stated(talk("a: how did you hear about us", "c: the thing with the blue monkey", "a: ok"))
    assert asked.value is None
    assert asked.confidence < 0.6


def test_a_channel_that_is_stated_is_in_no_other_set() -> None:
    sets = channels("c: found you on instagram", "a: our instagram has photos", language="en")
    assert list(sets.values()) == [["instagram"], [], [], []]


def test_channels_keep_the_order_in_which_the_caller_names_them() -> None:
    sets = channels("c: saw your van", "a: great", "c: and then i googled you", language="en")
    assert sets["stated_channel"] == ["vehicle", "google_search"]


def test_an_answer_is_surer_than_a_place_found_without_an_object() -> None:
    answer = stated(talk("a: how did you hear about us", "c: instagram"))
    inferred = stated(talk("c: hello it's the house on avito"))
    assert answer.confidence > inferred.confidence


def test_rough_words_lower_every_confidence() -> None:
    lines = ("a: how did you hear about us", "c: facebook")
    assert stated(talk(*lines, rough=True)).confidence < stated(talk(*lines)).confidence


UNKNOWN_SPEAKERS = [
    ("facebook", "u: how did you hear about us", "v: uh facebook"),
    ("facebook", "u: so how did you hear about us oh i saw your ad on facebook okay great"),
    ("yelp", "v: roofing can i help you", "u: hi i found you on yelp"),
    ("instagram", "u: did you find us on instagram", "v: yes"),
]


@pytest.mark.parametrize(("channel", "lines"), [(case[0], case[1:]) for case in UNKNOWN_SPEAKERS])
def test_unknown_speakers_are_told_by_what_they_say(channel: str, lines: tuple[str, ...]) -> None:
    assert channels(*lines, language="en")["stated_channel"] == [channel]


def test_an_unknown_speaker_stays_unknown_on_the_mention() -> None:
    found = opinions_of(talk("u: how did you hear about us", "v: uh facebook"))
    assert [o.detail["speaker"] for o in found if o.kind is TagKind.MENTION] == ["unknown"]


LANGUAGES_GIVEN = [
    (None, "avito", "c: увидел ваше объявление на авито"),
    ("en", "avito", "c: увидел ваше объявление на авито"),
    ("ru-RU", "instagram", "c: нашла вас в Instagram"),
    ("fa", "instagram", "c: تو Instagram دیدم پیجتونو"),
    (None, "divar", "c: آگهیتونو تو دیوار دیدم"),
    ("EN_us", "yelp", "c: found you on yelp"),
    ("ru", "facebook", "a: Здравствуйте", "c: hi i saw your ad on facebook"),
]


@pytest.mark.parametrize(("language", "channel", "lines"), [(case[0], case[1], case[2:]) for case in LANGUAGES_GIVEN])
def test_script_decides_where_the_language_is_missing_wrong_or_mixed(
    language: str | None, channel: str, lines: tuple[str, ...]
) -> None:
    assert channels(*lines, language=language)["stated_channel"] == [channel]


@pytest.mark.parametrize("language", ["de", "uk", "zh", "ar"])
def test_a_language_without_a_lexicon_says_nothing_with_no_confidence(language: str) -> None:
    text = {"de": "Ich habe Sie bei Google gefunden", "uk": "знайшов вас в Google", "ar": "وجدتكم في جوجل"}
    (opinion,) = opinions_of(talk(f"c: {text.get(language, '我在谷歌找到你')}", language=language))
    assert (opinion.value, opinion.confidence) == (None, 0.0)


@pytest.mark.parametrize("lines", [[], ["c:"], ["c: ..."], ["c: 😀 ∑ 中文"], ["a: ", "c: yes"], ["c: ؟؟ !!"]])
@pytest.mark.parametrize("language", [None, "en", "fa", "", "xx-YY"])
def test_odd_text_never_raises(lines: list[str], language: str | None) -> None:
    found = opinions_of(talk(*lines, language=language))
    assert [opinion.value for opinion in found] == [None]


def test_the_three_lexicons_have_the_same_names_of_the_same_types() -> None:
    lexicons = [vars(import_module(f"classifiers.lexicons.{language}")) for language in _LANGUAGES]
    english, *others = ({name for name in lexicon if name.isupper()} for lexicon in lexicons)
    assert all(other == english for other in others)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_lexicons_know_the_channels_of_the_product_only(language: str) -> None:
    lexicon = import_module(f"classifiers.lexicons.{language}")
    named = {*lexicon.BRANDS, *lexicon.PLACES, *lexicon.TELLING}
    assert named <= set(GROUP_OF)


def test_options_are_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="treshold"):
        create(treshold=1)


def test_a_day_of_speech_in_one_turn_takes_seconds() -> None:
    dense = "facebook my sister found you maybe no wait google ad " * 1_000
    opinions_of(talk("c: warm up"))
    start = time.perf_counter()
    opinions_of(talk(f"c: {dense}"))
    assert time.perf_counter() - start < 10  # it takes half a second; a quadratic step would show


@pytest.mark.skipif(_EXAMPLES is None, reason="EARMARK_TEST_DATA is not set: it names the folder with examples/*.jsonl")
@pytest.mark.parametrize("language", _LANGUAGES)
def test_labelled_calls_are_read_as_people_read_them(language: str) -> None:
    right = wrong = missed = 0
    for line in (Path(str(_EXAMPLES)) / "examples" / f"{language}.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        found = opinions_of(read_conversation(record))
        for kind in CHANNEL_KINDS:
            got = {opinion.value for opinion in found if opinion.kind is kind and opinion.value}
            want = set(record["labels"][f"{kind}s"])
            right, wrong, missed = right + len(got & want), wrong + len(got - want), missed + len(want - got)
    assert 2 * right / (2 * right + wrong + missed) >= 0.9
