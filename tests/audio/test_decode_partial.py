"""A recording that broke off is told from one that ended, in every kind of file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sounds import babble, encode

from audio.pcm import PcmClip
from audio.recording import decoded
from models.errors import BadRecording

SECONDS = 4.0

KINDS = [
    ("a.wav", "pcm_s16le", 8000, {}, "header promises 64,078 bytes, and"),
    ("mu.wav", "pcm_mulaw", 8000, {}, "header promises"),
    ("ima.wav", "adpcm_ima_wav", 8000, {}, "header promises"),
    ("a.aiff", "pcm_s16be", 8000, {}, "header promises 4.0 seconds"),
    ("a.au", "pcm_mulaw", 8000, {}, "header promises 4.0 seconds"),
    ("a.flac", "flac", 8000, {}, "header promises 4.0 seconds"),
    ("a.mp3", "libmp3lame", 16000, {}, "header promises"),
    ("bare.mp3", "libmp3lame", 16000, {"options": {"write_xing": "0"}}, "last MP3 frame"),
    ("a.ogg", "libopus", 48000, {}, "last Ogg page"),
    ("a.amr", "libopencore_amrnb", 8000, {}, "last AMR frame"),
    ("fast.m4a", "aac", 16000, {"options": {"movflags": "faststart"}}, "header promises"),
    ("parts.mp4", "aac", 16000, {"options": {"movflags": "frag_keyframe+empty_moov"}}, "header promises"),
    ("a.webm", "libopus", 48000, {}, "header promises"),
    ("a.aac", "aac", 16000, {}, "end could not be decoded"),
    ("a.sln", "pcm_s16le", 8000, {"container": "s16le"}, "inside its last frame"),
]
HALF = 1
"""Bytes over the half, so that what is left is odd."""


def opened(path: Path, **how: Any) -> PcmClip:
    with decoded(path, folder=path.parent, max_seconds=600, **how) as clip:
        assert sum(window.shape[1] for window in clip.windows(1)) == round(clip.duration * 16000)
        return clip


@pytest.mark.parametrize("kind", KINDS, ids=[str(kind[0]) for kind in KINDS])
def test_half_a_file_gives_half_the_sound_and_a_reason(
    tmp_path: Path, kind: tuple[str, str, int, dict[str, Any], str]
) -> None:
    name, codec, rate, how, says = kind
    path = encode(tmp_path / name, codec, babble(SECONDS, rate), rate, **how)
    whole = opened(path)
    assert (whole.partial, whole.why_partial) == (False, None)
    assert whole.duration == pytest.approx(SECONDS, abs=0.15)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 4 * 2 + HALF])
    half = opened(path)
    assert half.partial
    assert says in str(half.why_partial)
    assert SECONDS * 0.2 < half.duration < SECONDS * 0.6  # A page of Ogg may hold a second.


def test_an_mp4_without_its_index_is_refused_for_that(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.m4a", "aac", babble(SECONDS, 16000), 16000)
    path.write_bytes(path.read_bytes()[:8000])
    with pytest.raises(BadRecording, match=r"index \(moov\) is missing"):
        opened(path)


def pages(content: bytes) -> list[bytes]:
    return [b"OggS" + page for page in content.split(b"OggS")[1:]]


def without_end(content: bytes) -> bytes:
    return b"".join(pages(content)[:-1])


def with_garbage(content: bytes) -> bytes:
    return content + bytes(400)


def with_tag(content: bytes) -> bytes:
    return content + b"TAG" + bytes(125)


def with_odd_size(content: bytes) -> bytes:
    return content[:4] + (len(content) + 4088).to_bytes(4, "little") + content[8:]


def with_no_size(content: bytes) -> bytes:
    """A recorder that streams does not know it yet."""
    return content[:4] + b"\xff" * 4 + content[8:].replace(content[content.index(b"data") :][:8], b"data" + b"\xff" * 4)


def cut_frames(content: bytes) -> bytes:
    return content[: len(content) // 33 * 33 - 5]


@pytest.mark.parametrize(
    ("name", "codec", "change", "says"),
    [
        ("a.opus", "libopus", without_end, "no end-of-stream page"),
        ("a.opus", "libopus", with_garbage, None),
        ("a.mp3", "libmp3lame", with_tag, None),
        ("a.mp3", "libmp3lame", with_garbage, None),
        ("a.wav", "pcm_s16le", with_odd_size, None),
        ("a.wav", "pcm_s16le", with_no_size, None),
        ("a.gsm", "gsm", bytes, None),
        ("a.gsm", "gsm", cut_frames, "inside its last frame: 3,295 bytes in frames of 33"),
    ],
)
def test_what_only_looks_broken_is_whole(
    tmp_path: Path, name: str, codec: str, change: Callable[[bytes], bytes], says: str | None
) -> None:
    path = tmp_path / name
    if codec == "gsm":
        path.write_bytes((b"\xd2" + bytes(32)) * 100)
    else:
        encode(path, codec, babble(SECONDS, 48000), 48000)
    path.write_bytes(change(path.read_bytes()))
    told = opened(path).why_partial
    assert told is None if says is None else says in str(told)


def test_damage_in_the_middle_is_told(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.flac", "flac", babble(SECONDS, 8000), 8000)
    content = np.frombuffer(path.read_bytes(), np.uint8).copy()
    content[len(content) // 3 : len(content) // 2] = 0x55
    path.write_bytes(content.tobytes())
    clip = opened(path)
    assert clip.partial
    assert clip.duration < SECONDS
