"""Real files of telephone systems, each read at its rate and length, and the same words found in every coding."""

import csv
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sounds import alike

from audio.decoding.raw import raw_format
from audio.recording import decoded
from models.errors import BadRecording

DATA = os.environ.get("EARMARK_TEST_DATA")
pytestmark = pytest.mark.skipif(not DATA, reason="EARMARK_TEST_DATA names no folder with real recordings")
FOLDER = Path(DATA or "/nowhere") / "audio" / "codecs"

SETTING = {"g711_speech.raw": "s16le/8000/1", "test-audio.raw": "s16le/8000/1"}
"""Raw files whose names tell nothing."""

SHIFT = 2000
"""Samples: an MP3 without a LAME header keeps the 1,105 of its encoder and decoder at 16 kHz."""


@cache
def expected() -> dict[str, tuple[float, int | None, int | None]]:
    """Of each file: seconds, rate and channels as the manifest has them; raw ones by their own table."""
    found: dict[str, tuple[float, int | None, int | None]] = {}
    with (FOLDER.parent / "MANIFEST.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["folder"] == "codecs" and row["decoded_s"]:
                _, rate, channels, *_ = row["ffprobe"].split("/")[0].split("|") + [""] * 3
                seconds = float(row["decoded_s"].split()[1].removesuffix("s"))
                found[row["file"]] = (seconds, int(rate) if rate.strip() else None, int(channels or 0) or None)
    with (FOLDER / "headerless.tsv").open() as file:
        for name, options, length in list(csv.reader(file, delimiter="\t"))[1:]:
            told = options.split()
            rate = 16000 if "g722" in told else int(told[told.index("-ar") + 1])
            found[name] = (float(length), rate, 1)
    return found


def heard(name: str, folder: Path) -> NDArray[np.float32]:
    raw = raw_format(SETTING[name]) if name in SETTING else None
    with decoded(FOLDER / name, folder=folder, max_seconds=600, raw=raw) as clip:
        return np.concatenate(list(clip.windows(10)), axis=1)


def test_every_file_is_read_at_its_rate_and_length_and_is_whole(tmp_path: Path) -> None:
    wrong = {}
    for name, (seconds, rate, channels) in expected().items():
        raw = raw_format(SETTING[name]) if name in SETTING else None
        with decoded(FOLDER / name, folder=tmp_path, max_seconds=600, raw=raw) as clip:
            source = clip.source
            fits = (
                abs(clip.duration - seconds) <= 0.1
                and rate in {None, source.rate}
                and channels in {None, source.channels}
                and clip.channels == source.channels
                and clip.why_partial is None
            )
            if not fits:
                wrong[name] = (clip.duration, seconds, source, clip.why_partial)
    assert not wrong
    assert len(expected()) >= 65


def pairs() -> Iterator[tuple[str, str, float]]:
    """A plain file, another coding of the same words, and how alike they must be at least."""
    for words in ("uk_activated", "uk_agent-alreadyon", "uk_auth-thankyou"):
        for ending, like in ((".alaw", 0.99), (".ulaw", 0.99), (".g722", 0.97), (".gsm", 0.9), (".sln16", 0.98)):
            yield f"{words}.wav", words + ending, like
    yield "g711_speech.raw", "g711_speech.alaw", 0.99
    yield "g711_speech.raw", "g711_speech.ulaw", 0.99
    yield "16-bit-8kHz-noBext-mono.wav", "8bit-alaw-8kHz-noBext-mono-encoded.wav", 0.99
    yield "16-bit-8kHz-noBext-mono.wav", "8bit-mulaw-8kHz-noBext-mono-encoded.wav", 0.99
    yield "whatstheweatherlike.wav", "whatstheweatherlike-mulaw.wav", 0.99
    yield "whatstheweatherlike.wav", "whatstheweatherlike.mp3", 0.95
    yield "ru_tinkoff_sample_3.mp3", "ru_tinkoff_sample_3.al", 0.9


@pytest.mark.parametrize(
    ("plain", "other", "like"), list(pairs()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_same_words_are_heard_in_every_coding(tmp_path: Path, plain: str, other: str, like: float) -> None:
    assert alike(heard(plain, tmp_path), heard(other, tmp_path), most=SHIFT) > like


@pytest.mark.parametrize("name", ["headerless.tsv", "uk_prompts.tsv"])
def test_tables_beside_them_are_texts(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadRecording, match="a text"):
        heard(name, tmp_path)


def test_whole_recordings_of_every_kind_are_not_called_partial(tmp_path: Path) -> None:
    sound = {".wav", ".flac", ".mp3", ".opus", ".ogg"}
    told = {}
    paths = [path for path in (FOLDER.parent / "real").iterdir() if path.suffix in sound]
    for path in paths:
        with decoded(path, folder=tmp_path, max_seconds=600) as clip:
            if clip.partial:
                told[path.name] = clip.why_partial
    assert not told
    assert len(paths) > 30
