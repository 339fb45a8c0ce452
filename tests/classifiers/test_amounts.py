"""What amounts and their opinions look like, whatever the language."""

import random
import time
from decimal import Decimal

import pytest
from conversations import talk
from tests_of_amounts import amounts

from classifiers.kinds.amounts import create
from classifiers.labelled import read_conversation, results
from classifiers.money.words import figure
from classifiers.tagging import tag_conversation
from models.context import Context
from models.conversation import Conversation
from models.tag import Opinion, TagKind, quote_of

_LANGUAGES = ("en", "ru", "fa")


def opinions_of(conversation: Conversation) -> list[Opinion]:
    return create().classify(conversation, Context())


FIGURES = [
    ("40", "40"),
    ("1,200.50", "1200.50"),
    ("1.200,50", "1200.50"),
    ("1,200", "1200"),
    ("1٬200", "1200"),
    ("1٫5", "1.5"),
    ("200,50", "200.50"),
    ("12.50", "12.50"),
    ("1,200,000", "1200000"),
    ("0.99", "0.99"),
    ("0912", None),
    ("12.05.2024", None),
    ("1,2,3", None),
    ("12345678901", None),
]


@pytest.mark.parametrize(("text", "value"), FIGURES)
def test_figures_are_read_as_people_write_them(text: str, value: str | None) -> None:
    assert figure(text) == (None if value is None else Decimal(value))


ALTERNATIVES = [
    ("fa", ["2000000", "2000000000", "2000"], ("a: دویست تومن",)),
    ("fa", ["18000000", "18000"], ("c: چنده", "a: یک و هشتصد")),
    ("fa", ["15000000"], ("a: یک میلیون و نیم تومن",)),
    ("fa", ["20000000", "20000"], ("a: دو تومن میشه",)),
    ("en", ["12.50", "1250"], ("c: how much is it", "a: twelve fifty")),
    ("en", ["1250", "12.50"], ("a: it's twelve fifty dollars",)),
    ("en", ["118"], ("c: how much is it", "a: a hundred and eighteen")),
    ("ru", ["15000", "15"], ("c: сколько стоит", "a: пятнадцать")),
    ("ru", ["1200000", "1000200"], ("a: миллион двести рублей",)),
]


@pytest.mark.parametrize(("language", "values", "lines"), ALTERNATIVES)
def test_what_else_may_be_meant_is_kept(language: str, values: list[str], lines: tuple[str, ...]) -> None:
    (amount,) = amounts(*lines, language=language)
    assert [amount.text_of(value) for value in (amount.value, *amount.alternatives)] == values


def test_doubt_lowers_the_confidence() -> None:
    clear, doubtful = (
        amounts("c: how much is it", f"a: {said}", language="en")[0] for said in ("a hundred", "twelve fifty")
    )
    assert clear.confidence > doubtful.confidence


def test_a_currency_is_surer_than_a_number_that_answers() -> None:
    said, answered = (
        amounts("c: how much is it", f"a: {said}", language="en")[0] for said in ("sixty dollars", "sixty")
    )
    assert said.confidence > answered.confidence


def test_who_speaks_is_doubt_where_nobody_knows() -> None:
    known, unknown = (amounts(f"{who}: it's sixty dollars", language="en")[0] for who in "au")
    assert known.confidence > unknown.confidence


def test_toman_are_ten_rials_and_remembered() -> None:
    (opinion,) = opinions_of(talk("a: دویست هزار تومن", language="fa"))
    assert (opinion.value, opinion.detail["currency"], opinion.detail["unit_said"]) == ("2000000", "IRR", "toman")


def test_rials_are_what_they_are() -> None:
    (opinion,) = opinions_of(talk("a: دویست هزار ریال", language="fa"))
    assert (opinion.value, opinion.detail["currency"], "unit_said" in opinion.detail) == ("200000", "IRR", False)


def test_a_range_has_both_ends() -> None:
    (opinion,) = opinions_of(talk("a: forty to sixty dollars an hour"))
    assert opinion.value == "40"
    assert dict(opinion.detail) == {
        "stage": "quoted",
        "currency": "USD",
        "per": "hour",
        "low": "40",
        "high": "60",
        "as_said": "forty to sixty dollars an hour",
    }


def test_what_is_said_again_is_one_amount_with_each_place() -> None:
    conversation = talk("a: it's sixty dollars", "c: sorry", "a: $60. And the small one is forty dollars.")
    found = opinions_of(conversation)
    assert [(one.item, one.value) for one in found] == [("0", "60"), ("1", "40")]
    assert [quote_of(conversation, place).text for place in found[0].evidence] == ["sixty dollars", "$60."]
    assert [place.turn for place in found[0].evidence] == [0, 2]


QUOTES = [
    ("en", "two and a half thousand dollars", "a: that would be two and a half thousand dollars all in"),
    ("en", "$40/hr", "a: we charge $40/hr plus parts"),
    ("ru", "сто рублей метр", "a: кабель сто рублей метр"),
    ("fa", "متری دویست تومن", "a: این پارچه متری دویست تومن میشه"),
]


@pytest.mark.parametrize(("language", "quote", "line"), QUOTES)
def test_evidence_points_to_the_words_as_written(language: str, quote: str, line: str) -> None:
    conversation = talk("c: ok", line, language=language)
    (opinion,) = opinions_of(conversation)
    assert quote_of(conversation, opinion.evidence[0]).text == quote == opinion.detail["as_said"]


def test_values_are_settled_and_printed_beside_the_other_tags() -> None:
    record = {
        "id": "1",
        "turns": [
            {"speaker": "caller", "text": "how much is it"},
            {"speaker": "agent", "text": "It's $40 an hour.", "start": 1.0, "end": 3.0},
        ],
    }
    tags = tag_conversation(read_conversation(record), Context(), [create()])
    assert [(tag.kind, tag.value) for tag in tags] == [(TagKind.VALUE, "40")]
    (shown,) = results(record, tags)["values"]
    assert (shown["value"], shown["currency"], shown["per"], shown["quote"]) == ("40", "USD", "hour", "$40 an hour.")
    assert (shown["turn"], shown["unit"], shown["status"]) == (1, "seconds", "given")


def test_a_language_without_a_lexicon_has_no_amounts() -> None:
    assert opinions_of(talk("a: das kostet 40 Euro", language="de")) == []


WORDS = {
    "en": "a an hundred and one two twelve fifty thousand million half point oh dollars $40 12k 1,200.50 to between "
    "from an hour each tenner pounds pound cents buck card how much is it that's yes no 0912 10:30 - % canadian k , .",
    "ru": "сто двести полтора полторы тысяч тысяча миллион с половиной две пять рублей руб. р т т.р. 15т 12к копеек от "
    "до между и сколько стоит в час метр ₽ 1 200 200,50 да нет беру запишите т, половиной ноль целых",
    "fa": "یک و هشتصد نیم میلیون هزار تومن ریال دویست صدوپنجاه هفتصده تا بین از هر متر متری چنده ساعت ﷼ ۲۰۰هزار ۱۲۰۰ "
    "ممیز صفر بله نه و‌ ‌ شنبه درصد یه دو تومنه وو و",
}


@pytest.mark.parametrize("language", [*_LANGUAGES, "all"])
def test_whatever_words_come_it_never_raises(language: str) -> None:
    chosen = random.Random(f"amounts {language}")  # the same words in every run
    words = " ".join(WORDS.values()) if language == "all" else WORDS[language]
    for _ in range(400):
        lines = [
            f"{who}: {' '.join(chosen.choices(words.split(), k=chosen.randrange(12)))}"
            for who in chosen.choices("acmuv", k=chosen.randrange(1, 5))
        ]
        for opinion in opinions_of(talk(*lines, language=None)):
            assert opinion.value is not None
            assert Decimal(opinion.value) >= 0
            assert 0 < opinion.confidence <= 1


@pytest.mark.parametrize(
    "lines", [[], ["c:"], ["a: ..."], ["a: 😀 ∑ 中文 ½ ² ①"], ["a: " + "9" * 5000], ["a: $ £ - /"]]
)
@pytest.mark.parametrize("language", [None, "en", "fa", "", "xx-YY"])
def test_odd_text_never_raises(lines: list[str], language: str | None) -> None:
    assert all(opinion.value for opinion in opinions_of(talk(*lines, language=language)))


def test_a_day_of_numbers_in_one_turn_takes_seconds() -> None:
    dense = "two hundred dollars twelve fifty to ninety an hour and a half million " * 1_500
    opinions_of(talk("a: it's two dollars warm up"))
    start = time.perf_counter()
    opinions_of(talk(f"a: {dense}"))
    assert time.perf_counter() - start < 10  # it takes a second; a quadratic step would show
