"""Where somebody speaks. Real speech comes from EARMARK_TEST_DATA; all else is checked without it."""

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from sounds import Held

from audio.clip import Samples
from audio.decoding.decode import open_clip
from audio.quality import live_channels, measure_levels, mono
from audio.speech import Span, SpeechOptions, cut_speech, frame_seconds, joined_spans, spans_of, speech_chances

OPTIONS = SpeechOptions(threshold=0.5, release=0.3, min_silence=0.3, min_speech=0.1, pad=0.1, max_length=4.0)
STEP = 0.1


def noise(*gains: float, seconds: float = 3.0) -> Samples:
    rows = np.random.default_rng(3).standard_normal((len(gains), round(seconds * 16000)))
    return np.asarray(rows * np.array(gains)[:, None] * 0.1, dtype=np.float32)


@pytest.mark.parametrize(
    ("chances", "expected"),
    [
        ("0 0 9 9 9 0 0 0 0 0", [(0.1, 0.6)]),
        ("9 9 0 9 9 0 0 0 0 0", [(0.0, 0.6)]),  # A gap shorter than a silence.
        ("9 9 0 0 0 0 9 9 9 9", [(0.0, 0.3), (0.5, 1.0)]),
        ("0 6 4 4 4 2 0 0 0 0", [(0.0, 0.6)]),  # Once begun, it goes on until the release.
        ("0 4 4 4 4 4 0 0 0 0", []),
        ("", []),
    ],
)
def test_chances_become_spans(chances: str, expected: list[tuple[float, float]]) -> None:
    found = spans_of(np.array([int(digit) / 10 for digit in chances.split()], np.float32), STEP, 1.0, OPTIONS)
    assert [(round(span.start, 3), round(span.end, 3)) for span in found] == expected


def test_a_long_span_is_cut_where_speech_is_least_likely_and_loses_nothing() -> None:
    chances = np.full(100, 0.9, np.float32)
    chances[[30, 62]] = 0.6
    found = spans_of(chances, STEP, 10.0, OPTIONS)
    assert max(span.end - span.start for span in found) <= OPTIONS.max_length
    assert (found[0].start, found[-1].end) == (0.0, 10.0)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert found[0].end == pytest.approx(3.1)


def test_pieces_hold_the_very_samples_of_their_spans_across_windows() -> None:
    ramp = np.arange(300 * 160, dtype=np.float32).reshape(1, -1).repeat(2, axis=0)
    ramp[1] *= -1
    clip = Held(ramp, rate=160)
    spans = {0: [Span(1.0, 2.5), Span(119.0, 130.0), Span(239.5, 240.5)], 1: [Span(10.0, 12.0), Span(290.0, 300.0)]}
    pieces = list(cut_speech(clip, spans))
    assert sorted((piece.channel, piece.span.start) for piece in pieces) == [
        (number, span.start) for number, found in spans.items() for span in found
    ]
    for piece in pieces:
        first, last = round(piece.span.start * 160), round(piece.span.end * 160)
        assert np.array_equal(piece.sound, ramp[piece.channel, first:last])


def test_neighbours_are_joined_up_to_a_length() -> None:
    spans = [Span(0, 4), Span(4.2, 8), Span(8.3, 12), Span(20, 21)]
    assert joined_spans(spans, gap=0.5, longest=10) == [Span(0, 8), Span(8.3, 12), Span(20, 21)]


def test_the_same_sound_on_two_channels_is_one_voice() -> None:
    one = noise(1.0)
    assert live_channels(measure_levels(Held(np.concatenate([one, one * -0.5])))) == (0,)
    assert live_channels(measure_levels(Held(noise(1.0, 1.0)))) == (0, 1)


def test_a_dead_channel_is_not_heard_and_silence_has_no_channel() -> None:
    assert live_channels(measure_levels(Held(noise(0.0, 1.0)))) == (1,)
    assert live_channels(measure_levels(Held(noise(0.0, 0.0)))) == ()
    assert mono(Held(noise(0.0, 0.0)), ()).mixed == (0,)


def speech_of(clip: Held) -> list[Span]:
    """Of the first channel."""
    chances = speech_chances(clip, measure_levels(clip), (0,))[0]
    return spans_of(chances, frame_seconds(clip.rate), clip.duration, SpeechOptions())


@pytest.mark.parametrize("gain", [0.0, 0.001, 1.0])
def test_there_is_no_speech_in_silence_and_noise(gain: float) -> None:
    clip = Held(noise(gain, seconds=5.0))
    assert speech_of(clip) == []


@pytest.fixture
def jfk() -> Path:
    folder = os.environ.get("EARMARK_TEST_DATA")
    if not folder:
        pytest.skip("EARMARK_TEST_DATA names no folder with real speech")
    return Path(folder) / "audio" / "real" / "jfk.flac"


def test_speech_is_found_where_it_is_also_when_it_is_quiet_and_late(jfk: Path) -> None:
    voice = np.concatenate(list(open_clip(jfk, max_seconds=60).windows(60)), axis=1)[:1]
    late = np.concatenate([np.zeros((1, 125 * 16000), np.float32), voice * 0.02], axis=1)
    clip = Held(late)
    found = speech_of(clip)
    assert found[0].start == pytest.approx(125.3, abs=0.4)
    assert 7 < sum(span.end - span.start for span in found) < 11
