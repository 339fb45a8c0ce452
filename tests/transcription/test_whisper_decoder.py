"""The parts of faster-whisper's model, on weights that mean nothing."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from audio.speech import Span
from transcription.packing import plan_packs
from transcription.segments import Heard, Segment, is_leaked, written
from transcription.whisper_decoder import MOST_HOTWORD_TOKENS, WhisperDecoder, timed_pieces

TOKENS = SimpleNamespace(timestamp_begin=1000)


@pytest.fixture(scope="module")
def decoder(tiny_whisper: Path) -> WhisperDecoder:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(tiny_whisper), device="cpu", compute_type="float32", cpu_threads=1)
    return WhisperDecoder(model, beam_size=1)


@pytest.fixture(scope="module")
def sounds() -> list[np.ndarray]:
    noise = np.random.default_rng(0)
    return [noise.standard_normal(round(seconds * 16000)).astype(np.float32) * 0.1 for seconds in (2.0, 29.0, 0.4)]


def test_one_encoding_serves_language_and_text(decoder: WhisperDecoder, sounds: list[Any]) -> None:
    encoded = decoder.encode(sounds)
    chances = decoder.chances(encoded)
    assert [sum(found.values()) for found in chances] == pytest.approx([1.0] * 3, abs=0.01)
    assert {"en", "ru", "fa"} <= chances[0].keys()
    found = decoder.write(encoded, sounds, "fa", None)
    assert len(found) == 3
    for segments, sound in zip(found, sounds, strict=True):
        times = [time for segment in segments for word in segment.words for time in (word.start, word.end)]
        assert all(-0.1 <= time <= np.ceil(len(sound) / 16000) + 0.1 for time in times)
        assert all(segment.avg_logprob < 0 and 0 <= segment.no_speech <= 1 for segment in segments)


@pytest.mark.parametrize(("language", "most"), [("en", 224), ("fa", 400)])
def test_languages_of_many_tokens_have_room_for_half_a_minute(
    decoder: WhisperDecoder, sounds: list[Any], language: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder, "_suppressed", lambda tokenizer: list(range(50256, 51866)))  # Only words.
    names = ", ".join(decoder.hotwords([f"Name{number}" for number in range(200)]))
    for told, room in ((None, most), (names, 224)):
        found = decoder.write(decoder.encode(sounds[:1]), sounds[:1], language, told)
        tokens = sum(len(segment.text.split()) for segment in found[0])  # Each is a word here.
        assert 0.9 * room < tokens <= room


def test_what_is_decoded_together_does_not_change_the_text(decoder: WhisperDecoder, sounds: list[Any]) -> None:
    together = decoder.write(decoder.encode(sounds), sounds, "en", "Aster Dental")
    alone = [decoder.write(decoder.encode([sound]), [sound], "en", "Aster Dental")[0] for sound in sounds]
    assert [[one.text for one in found] for found in together] == [[one.text for one in found] for found in alone]


def test_names_fill_no_more_than_half_of_the_text_and_stay_whole(decoder: WhisperDecoder) -> None:
    names = [f"Name{number}" for number in range(200)]
    told = decoder.hotwords([*names[:3], " ", names[0], *names[3:]])
    assert list(told) == names[: len(told)]
    assert 10 < len(told) < 200
    encode = decoder._model.hf_tokenizer.encode
    assert len(encode(" " + ", ".join(told), add_special_tokens=False).ids) <= MOST_HOTWORD_TOKENS
    assert decoder.hotwords([]) == ()


@pytest.mark.parametrize(
    ("tokens", "pieces"),
    [
        ([1000, 1, 2, 1050, 1050, 3, 1100], [([1, 2], 0, 1), ([3], 1, 2)]),
        ([1000, 1, 2, 1050, 1050, 3, 4], [([1, 2], 0, 1), ([3, 4], 1, 30)]),  # Unfinished, and kept.
        ([1, 2, 3], [([1, 2, 3], 0, 30)]),
        ([1000, 1050], [([], 1, 30)]),
        ([], [([], 0, 30)]),
    ],
)
def test_text_is_parted_at_its_times_and_none_is_lost(tokens: list[int], pieces: list[Any]) -> None:
    found = timed_pieces(tokens, TOKENS, 60.0)
    assert [(piece["tokens"], piece["start"] - 60, piece["end"] - 60) for piece in found] == pieces
    assert {piece["seek"] for piece in found} == {6000}


NAMES = ("Aster Dental", "Dr Kim", "Oak Street", "Lee")


@pytest.mark.parametrize(
    ("text", "leaked"),
    [
        ("Aster Dental, Dr Kim, Oak Street, Lee", True),
        ("Aster Dental, Dr. Kim, Oak Street.", True),
        ("Dr Kim, Oak Street, Lee", True),
        ("Aster Dental, Dr Kim, Oak", True),  # Broken off.
        ("Aster Dental", False),
        ("Aster Dental, Dr Kim", False),
        ("Aster Dental on Oak Street", False),
        ("Lee, Oak Street, Dr Kim", False),
        ("Aster Dental, Dr Kim speaking, Oak Street", False),
        ("", False),
    ],
)
def test_only_the_list_itself_is_a_leak(text: str, leaked: bool) -> None:
    assert is_leaked(text, NAMES) == leaked


def test_a_greeting_is_no_leak_however_short_the_list() -> None:
    assert not is_leaked("Aster Dental, Kim.", ("Aster Dental", "Kim"))


def test_a_part_without_a_space_belongs_to_the_word_before() -> None:
    heard = (Heard(" three", 0.1, 0.4, 0.9), Heard("-bed", 0.4, 0.7, 0.2), Heard(" house", 0.8, 1.2, 1.4))
    (plan,) = plan_packs({1: [Span(10, 12)]}, longest=29)
    words = written([Segment(" three-bed house", heard, -0.2, 0.0)], plan).words
    assert [(word.text, word.start, word.end, word.confidence, word.channel) for word in words] == [
        ("three-bed", 10.1, 10.7, 0.9, 1),
        ("house", 10.8, 11.2, 1.0, 1),
    ]
