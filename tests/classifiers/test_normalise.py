"""Letters, stems and half-spaces, and the way back to the words."""

import pytest

from classifiers.normalise import Forms, known_language, letters, script_language, stop_after, tokens_of
from classifiers.phrases import PhraseBook, expand, phrases_of

PLAIN = Forms(frozenset(), (), frozenset())
PERSIAN = Forms(
    endings=frozenset({"م", "ها"}),
    clitics=("تون", "تونو"),
    prefixes=frozenset({"می", "نمی"}),
    stems={"اینستاگرام": "اینستاگرام"},
    known=frozenset({"تبلیغ", "اگهی", "تون"}),
)

LETTERS = [
    ("Ёлка", "елка"),
    ("СЪЁМ", "съем"),
    ("Чай", "чай"),
    ("يك", "یک"),
    ("آگهی", "اگهی"),
    ("مسئول", "مسیول"),
    ("بَرنامه", "برنامه"),
    ("۱۱۸", "118"),
    ("٢", "2"),
    ("Café", "cafe"),
    ("ＡＢ", "ab"),
]


@pytest.mark.parametrize(("written", "read"), LETTERS)
def test_letters_have_one_spelling(written: str, read: str) -> None:
    assert letters(written) == read


ENGLISH = [
    ("Facebook's", ["facebook"]),
    ("don’t", ["dont"]),
    ("what's app", ["what", "app"]),
    ("walk-ins", ["walk", "ins"]),
    ("...", []),
]


@pytest.mark.parametrize(("text", "forms"), ENGLISH)
def test_english_words_lose_their_apostrophes(text: str, forms: list[str]) -> None:
    assert [token.text for token in tokens_of(text.split(), PLAIN)] == forms


HALF_SPACES = [
    ("می‌بینم", ["میبینم"]),
    ("می بینم", ["میبینم"]),
    ("آگهی‌تون", ["اگهی", "تون"]),
    ("تبلیغتونو", ["تبلیغ", "تون"]),
    ("گوگل‌مپ", ["گوگل", "مپ"]),
    ("اینستاگرامم", ["اینستاگرام*"]),
    ("همایون", ["همایون"]),
]


@pytest.mark.parametrize(("text", "forms"), HALF_SPACES)
def test_persian_half_spaces_and_endings_are_opened(text: str, forms: list[str]) -> None:
    assert [token.text for token in tokens_of(text.split(), PERSIAN)] == forms


def test_tokens_know_their_words() -> None:
    tokens = tokens_of(["تبلیغتونو", "می", "بینم", "،", "walk-in"], PERSIAN)
    assert [(token.text, token.first, token.last) for token in tokens] == [
        ("تبلیغ", 0, 0),
        ("تون", 0, 0),
        ("میبینم", 1, 2),
        ("walk", 4, 4),
        ("in", 4, 4),
    ]


@pytest.mark.parametrize(
    ("word", "stop"),
    [("hi", ""), ("hi,", ","), ("hi.", "."), ("hi?!", "?"), ("سلام؟", "?"), ('so?"', "?")],
)
def test_stops_have_three_weights(word: str, stop: str) -> None:
    assert stop_after(word) == stop


SCRIPTS = [
    ("привет", None, "ru"),
    ("سلام", None, "fa"),
    ("hello", None, "en"),
    ("привет google", "en", "ru"),
    ("hello", "de", None),
    ("привет", "uk", None),
    ("привет", "de", "ru"),
    ("123", "ru", "ru"),
    ("", None, None),
]


@pytest.mark.parametrize(("text", "hint", "language"), SCRIPTS)
def test_script_tells_the_lexicon(text: str, hint: str | None, language: str | None) -> None:
    assert script_language(text, hint) == language


@pytest.mark.parametrize(("code", "language"), [("en-US", "en"), ("RU_ru", "ru"), ("", None), (None, None)])
def test_regions_are_cut_from_codes(code: str | None, language: str | None) -> None:
    assert known_language(code) == language


def test_groups_of_a_pattern_are_multiplied() -> None:
    assert expand("(saw|seen) your (|new )ad") == ["saw your ad", "saw your new ad", "seen your ad", "seen your new ad"]


def test_blocks_are_parted_by_commas_and_line_ends() -> None:
    assert phrases_of("a b, c\n d") == ["a b", "c", "d"]


def test_a_stem_takes_endings_and_a_word_does_not() -> None:
    forms = {"endings": ["s", "ing"], "clitics": [], "prefixes": []}
    book = PhraseBook("en", {"STEM": "my build*", "WORD": "my builder"}, forms)
    found = {text: set(book.marks(book.tokens(text.split())).spans) for text in ("my builds", "my builder", "my built")}
    assert found == {"my builds": {"STEM"}, "my builder": {"WORD"}, "my built": set()}
