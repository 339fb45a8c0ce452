"""Files that were made to break a decoder, and good ones that were broken: each ends in sound or in a reason."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sounds import babble, encode

from audio.decoding.apart import APART
from audio.decoding.raw import RawFormat
from audio.recording import Bounds, decoded
from models.errors import BadRecording

DATA = os.environ.get("EARMARK_TEST_DATA")
BOUNDS = Bounds()
SLOWEST = 30.0
"""Seconds for one file, on a machine that does other things too; ordinary ones take 0.05."""
WIDEST = 200 << 20
"""Bytes of one child, of which the decoder itself is 40 MB."""

GOOD = [
    ("a.wav", "pcm_s16le", 8000, 2), ("mu.wav", "pcm_mulaw", 8000, 2), ("ima.wav", "adpcm_ima_wav", 8000, 1),
    ("a.mp3", "libmp3lame", 16000, 2), ("a.ogg", "libopus", 48000, 1), ("a.flac", "flac", 8000, 2),
    ("a.m4a", "aac", 16000, 2), ("a.webm", "libopus", 48000, 2), ("a.amr", "libopencore_amrnb", 8000, 1),
    ("a.aiff", "pcm_s16be", 8000, 1),
    ("a.au", "pcm_alaw", 8000, 1), ("a.aac", "aac", 16000, 1), ("eight.flac", "flac", 8000, 8),
    ("a.caf", "pcm_s16le", 8000, 1),
]  # fmt: skip


def truncated(content: bytearray, chance: random.Random, _other: bytes) -> bytearray:
    return content[: chance.randrange(len(content))]


def flipped(content: bytearray, chance: random.Random, _other: bytes) -> bytearray:
    for _ in range(chance.choice((1, 8, 64, 512))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return content


def header_overwritten(content: bytearray, chance: random.Random, _other: bytes) -> bytearray:
    """Sizes, counts and rates are two, four or eight bytes; extremes hurt most."""
    for _ in range(chance.randint(1, 4)):
        at, size = chance.randrange(min(200, len(content))), chance.choice((1, 2, 4, 8))
        extremes = (bytes(size), b"\xff" * size, b"\x7f" + b"\xff" * (size - 1), b"\x80" + bytes(size - 1))
        content[at : at + size] = chance.choice((*extremes, chance.randbytes(size)))
    return content


def spliced(content: bytearray, chance: random.Random, other: bytes) -> bytearray:
    """The beginning of one file and the end of another, of any kind."""
    return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]


def doubled(content: bytearray, chance: random.Random, _other: bytes) -> bytearray:
    at = chance.randrange(len(content))
    piece = content[at : at + chance.choice((16, 256, 4096))]
    return content[:at] + piece * chance.randint(2, 40) + content[at:]


def blanked(content: bytearray, chance: random.Random, _other: bytes) -> bytearray:
    at, size = chance.randrange(len(content)), chance.choice((4, 64, 2048))
    content[at : at + size] = bytes([chance.choice((0, 255))]) * min(size, len(content) - at)
    return content


WAYS = (truncated, flipped, header_overwritten, spliced, doubled, blanked)


def mutations(sources: list[Path], count: int, folder: Path) -> Iterator[Path]:
    """The same for every run: each from a good file, changed in one or two ways."""
    contents = [path.read_bytes() for path in sources]
    for seed in range(count):
        chance = random.Random(seed)
        source = seed % len(sources)
        content = bytearray(contents[source])
        for way in chance.sample(WAYS, chance.choice((1, 1, 2))):
            content = way(content, chance, chance.choice(contents)) or bytearray(b"\0")
        path = folder / f"{seed}-{sources[source].name}"
        path.write_bytes(content)
        yield path


def ends(paths: Iterator[Path], folder: Path, raw: RawFormat | None = None) -> Counter[str]:
    """How each file ends; what is neither sound nor a reason fails here."""
    found: Counter[str] = Counter()
    for path in paths:
        began = time.monotonic()
        try:
            with decoded(path, folder=folder, max_seconds=600, bounds=BOUNDS, raw=raw) as clip:
                assert sum(window.shape[1] for window in clip.windows(5)) == round(clip.duration * clip.rate)
                assert all(np.isfinite(window).all() for window in clip.windows(60))
                assert clip.peak_memory < WIDEST
                found["partial" if clip.partial else "whole"] += 1
        except BadRecording as error:
            assert path.name in str(error)  # noqa: PT017 - either end is right
            found["crashed" if "crashed" in str(error) else "refused"] += 1
        assert time.monotonic() - began < SLOWEST, path.name
    return found


def good(folder: Path) -> list[Path]:
    folder.mkdir()
    made = []
    for name, codec, rate, channels in GOOD:
        sound = np.concatenate([babble(0.6, rate, seed=number) for number in range(channels)])
        made.append(encode(folder / name, codec, sound, rate))
    return made


def test_a_hundred_broken_files_end_in_sound_or_a_reason(tmp_path: Path) -> None:
    found = ends(mutations(good(tmp_path / "good"), 100, tmp_path), tmp_path, RawFormat("mulaw"))
    assert found.total() == 100
    assert found["whole"] + found["partial"] > 40
    assert found["refused"] > 5


@pytest.mark.slow
def test_a_thousand_broken_files_end_in_sound_or_a_reason(tmp_path: Path) -> None:
    sources = good(tmp_path / "good")
    if DATA:
        sources += sorted(path for path in (Path(DATA) / "audio" / "codecs").iterdir() if path.suffix != ".tsv")
    found = ends(mutations(sources, 1000, tmp_path), tmp_path)
    assert found.total() == 1000
    assert found["whole"] + found["partial"] > 400
    assert found["crashed"] < 10
    APART.close()


@pytest.mark.skipif(not DATA, reason="EARMARK_TEST_DATA names no folder with hostile files")
def test_hostile_files_end_in_sound_or_a_reason(tmp_path: Path) -> None:
    paths = sorted((Path(DATA or "/nowhere") / "audio" / "malformed").iterdir())
    found = ends(iter(paths), tmp_path)
    assert found.total() == len(paths) > 200
    assert found["whole"] + found["partial"] > 90
    assert not found["crashed"]
