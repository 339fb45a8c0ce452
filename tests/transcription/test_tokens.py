import math

import pytest

from audio.speech import Span
from transcription.tokens import LAST_SOUND, Token, words_of

SPAN = Span(10.0, 20.0)


def tokens(*texts: str, step: float = 0.1, logprob: float | None = None) -> list[Token]:
    return [Token(text, number * step, logprob) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("▁до", "брый", "▁день", "."), ["добрый", "день."]),
        (("д", "а", " ", "н", "е", "т"), ["да", "нет"]),
        ((" ", "д", "а", " ", " ", "н", "у", " "), ["да", "ну"]),
        (("▁кто", "-", "то"), ["кто-то"]),
        (("▁да", "▁,", "▁нет", " —"), ["да,", "нет—"]),
        (("▁ска", "зал", "▁«", "да", "»"), ["сказал", "«да»"]),
        (("▁он", " и", "▁", "я"), ["он", "и", "я"]),
        (("▁да нет", "▁нет"), ["да", "нет", "нет"]),
        (("<unk>", "▁да", "<unk>", "<blk>"), ["да"]),
        (("▁<", "▁2", "0", ">"), ["20>"]),
        (("▁—", "▁да"), ["да"]),
        (("▁,", " ."), []),
        ((), []),
    ],
)
def test_tokens_become_words(given: tuple[str, ...], words: list[str]) -> None:
    assert [word.text for word in words_of(tokens(*given), SPAN, 1)] == words


def test_a_word_lasts_to_the_next_or_a_little_longer_than_its_own_tokens() -> None:
    given = [Token("▁a", 1.0), Token("b", 1.2), Token("▁c", 1.3), Token("▁d", 5.0), Token("▁e", 9.9)]
    words = words_of(given, SPAN, 0)
    assert [word.start for word in words] == [11.0, 11.3, 15.0, 19.9]
    assert [word.end for word in words] == pytest.approx([11.3, 11.3 + LAST_SOUND, 15.0 + LAST_SOUND, 20.0])


def test_times_behind_the_piece_are_drawn_into_it() -> None:
    (word,) = words_of([Token("▁a", 10.4)], SPAN, 0)
    assert (word.start, word.end) == (20.0, 20.0)


@pytest.mark.parametrize(
    ("logprobs", "confidence"),
    [
        ((None, None), None),
        ((math.log(0.9), math.log(0.4)), 0.6),
        ((math.log(0.5), None), 0.5),
        ((0.0001, 0.0), 1.0),  # rounding of a model may go above certainty
    ],
)
def test_a_word_is_as_sure_as_its_tokens(logprobs: tuple[float | None, ...], confidence: float | None) -> None:
    given = [Token(text, 0.1, logprob) for text, logprob in zip(("▁when", "ever"), logprobs, strict=True)]
    assert words_of(given, SPAN, 0)[0].confidence == confidence
