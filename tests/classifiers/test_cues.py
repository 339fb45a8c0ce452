import pytest
from conversations import talk

from classifiers.cues import Side, hear


@pytest.mark.parametrize(
    ("language", "line", "cue", "words"),
    [
        ("en", "c: Well, um, how, uh, how much is it?", "asks_price", "how, uh, how much"),
        ("en", "a: That's $1,250.", "price", "$1,250."),
        ("en", "c: we\u2019re looking around", "thinks", "looking around"),
        ("ru", "c: Сколько это стоит?", "asks_price", "Сколько это стоит?"),
        ("ru", "c: ещё подумаю", "thinks", "подумаю"),
        ("fa", "c: وقت می‌خواستم", "asks_visit", "وقت می‌خواستم"),
        ("fa", "c: وقت می خواستم", "asks_visit", "وقت می خواستم"),
        ("fa", "c: وقت ميخواستم", "asks_visit", "وقت ميخواستم"),
    ],
)
def test_a_cue_is_found_however_it_is_written_and_points_to_its_words(
    language: str, line: str, cue: str, words: str
) -> None:
    heard = hear(talk(line, language=language), language)
    turn = heard.conversation.turns[0]
    found = [" ".join(word.text for word in turn.words[one.first : one.last + 1]) for one in heard.of(cue)]
    assert words in found


def test_nothing_reaches_over_the_end_of_a_sentence() -> None:
    apart = hear(talk("c: We did that once. Fixed price?"), "en")
    assert not apart.has("resolved")
    assert hear(talk("c: yes that fixed it"), "en").has("resolved")


@pytest.mark.parametrize(
    ("lines", "sides"),
    [
        (["a: hi", "c: hello"], [Side.BUSINESS, Side.CALLER]),
        (["u: hi", "v: hello", "u: yes"], [Side.BUSINESS, Side.CALLER, Side.BUSINESS]),
        (["a: hi", "u: hello"], [Side.BUSINESS, Side.CALLER]),
        (["u: hi", "c: hello"], [Side.BUSINESS, Side.CALLER]),
        (["m: press one", "u: hello"], [Side.BUSINESS, Side.EITHER]),
        (["u: hello there"], [Side.EITHER]),
    ],
)
def test_sides_are_known_or_told_from_who_answered(lines: list[str], sides: list[Side]) -> None:
    assert list(hear(talk(*lines), "en").sides) == sides


def test_a_side_that_nobody_can_tell_counts_for_both() -> None:
    heard = hear(talk("u: how much is a window"), "en")
    assert heard.has("asks_price", Side.CALLER)
    assert heard.has("asks_price", Side.BUSINESS)


def test_an_unknown_language_has_no_cues() -> None:
    assert hear(talk("c: how much"), "xx").cues == {}


def test_the_three_lexicons_have_the_same_cues() -> None:
    from classifiers.lexicons import en, fa, ru

    assert set(en.CUES) == set(ru.CUES) == set(fa.CUES)
