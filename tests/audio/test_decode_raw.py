"""Sound without a header: by name, by setting, and never in place of a header."""

from pathlib import Path

import av
import numpy as np
import pytest
from sounds import alike, babble, encode

from audio.clip import Samples
from audio.decoding.raw import RawFormat, how_to_read, raw_by_name, raw_format
from audio.pcm import PcmClip
from audio.recording import decoded
from models.errors import BadRecording, SettingsError

RAW = RawFormat("mulaw")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("mulaw/8000/1", RawFormat("mulaw", 8000, 1)),
        ("s16le/16000", RawFormat("s16le", 16000, 1)),
        (" ALAW ", RawFormat("alaw", 8000, 1)),
        ("s16le/8000/2", RawFormat("s16le", 8000, 2)),
        ("sln/48000", RawFormat("s16le", 48000, 1)),
        ("ulaw", RawFormat("mulaw", 8000, 1)),
        ("g722", RawFormat("g722", 16000, 1)),
        ("g722/8000", RawFormat("g722", 16000, 1)),
        ("gsm/8000/1", RawFormat("gsm", 8000, 1)),
    ],
)
def test_a_setting_says_how_raw_sound_is_read(text: str, means: RawFormat) -> None:
    assert raw_format(text) == means
    assert raw_format(str(means)) == means


@pytest.mark.parametrize(
    "text",
    ["", "mp3", "mulaw/fast", "mulaw/8000/0", "mulaw/8000/9", "mulaw/1", "mulaw/8000/1/1", "gsm/8000/2", "g722/44100"],
)
def test_a_slip_in_the_setting_is_told_with_the_choices(text: str) -> None:
    with pytest.raises(SettingsError, match=r"mulaw/8000/1.*alaw.*gsm") as caught:
        raw_format(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("a.ulaw", "mulaw/8000/1"),
        ("A.UL", "mulaw/8000/1"),
        ("a.pcmu", "mulaw/8000/1"),
        ("a.alaw", "alaw/8000/1"),
        ("a.al", "alaw/8000/1"),
        ("a.pcma", "alaw/8000/1"),
        ("a.sln", "s16le/8000/1"),
        ("a.sln8", "s16le/8000/1"),
        ("a.sln12", "s16le/12000/1"),
        ("a.sln16", "s16le/16000/1"),
        ("a.sln24", "s16le/24000/1"),
        ("a.sln32", "s16le/32000/1"),
        ("a.sln44", "s16le/44100/1"),
        ("a.sln48", "s16le/48000/1"),
        ("a.sln96", "s16le/96000/1"),
        ("a.sln192", "s16le/192000/1"),
        ("a.gsm", "gsm/8000/1"),
        ("a.g722", "g722/16000/1"),
        ("https://pbx.example/calls/a.ulaw?token=1.2", "mulaw/8000/1"),
        ("https://pbx.example/calls?file=a.ulaw", "None"),
        ("a.raw", "None"),
        ("a.wav", "None"),
        ("ulaw", "None"),
    ],
)
def test_only_a_sure_name_tells(name: str, means: str) -> None:
    assert str(raw_by_name(name)) == means


NOISE = np.random.default_rng(3).integers(0, 255, 600, dtype=np.uint8).tobytes()
MP3 = (b"\xff\xfb\x90\x00" + bytes(413)) * 4
GSM = (b"\xd2" + bytes(32)) * 4


@pytest.mark.parametrize(
    ("head", "name", "told", "means"),
    [
        (NOISE, "a.ulaw", None, "mulaw/8000/1"),
        (NOISE, "a.alaw", RAW, "alaw/8000/1"),
        (NOISE, "object-17", RAW, "mulaw/8000/1"),
        (NOISE, "object-17", None, "None"),
        (NOISE, "a.mp3", RAW, "None"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a.ulaw", RAW, "None"),
        (b"OggS" + NOISE, "object-17", RAW, "None"),
        (MP3, "object-17", RAW, "None"),
        (MP3, "a.ulaw", None, "None"),
        (b"\xff" * 600, "a.ulaw", None, "mulaw/8000/1"),
        (bytes(600), "a.sln", None, "s16le/8000/1"),
        (b"<html><body>404 Not Found</body></html>", "a.ulaw", RAW, "None"),
        (b"%PDF-1.4" + NOISE, "a.ulaw", RAW, "None"),
        (GSM, "a.gsm", None, "gsm/8000/1"),
        (NOISE, "a.gsm", None, "None"),
    ],
)
def test_a_header_goes_before_a_name_and_a_name_before_the_setting(
    head: bytes, name: str, told: RawFormat | None, means: str
) -> None:
    assert str(how_to_read(head, name, told)) == means


def heard(clip: PcmClip) -> Samples:
    return np.concatenate(list(clip.windows(1)), axis=1)


@pytest.mark.parametrize(
    "coding",
    [
        ("a.ulaw", "pcm_mulaw", "mulaw", 8000, 0.99),
        ("a.al", "pcm_alaw", "alaw", 8000, 0.99),
        ("a.sln", "pcm_s16le", "s16le", 8000, 0.999),
        ("a.sln16", "pcm_s16le", "s16le", 16000, 0.999),
        ("a.sln44", "pcm_s16le", "s16le", 44100, 0.99),
        ("a.sln192", "pcm_s16le", "s16le", 192000, 0.99),
        ("a.g722", "g722", "g722", 16000, 0.95),
    ],
)
def test_raw_sound_is_heard_as_it_was(tmp_path: Path, coding: tuple[str, str, str, int, float]) -> None:
    name, codec, container, rate, like = coding
    voice = babble(2.0, rate)
    path = encode(tmp_path / name, codec, voice, rate, container=container)
    reference = encode(tmp_path / "reference.wav", "pcm_s16le", voice, rate)
    with (
        decoded(path, folder=tmp_path, max_seconds=60) as raw,
        decoded(reference, folder=tmp_path, max_seconds=60) as plain,
    ):
        assert raw.duration == pytest.approx(2.0, abs=0.01)
        assert (raw.source.codec.removeprefix("adpcm_"), raw.source.rate) == (codec, rate)
        assert alike(heard(plain), heard(raw)) > like


def test_the_setting_reads_what_has_no_telling_name(tmp_path: Path) -> None:
    path = encode(
        tmp_path / "object-17", "pcm_mulaw", np.concatenate([babble(1.0), babble(1.0, seed=7)]), 8000, container="mulaw"
    )
    with decoded(path, folder=tmp_path, max_seconds=60, raw=raw_format("mulaw/8000/2")) as clip:
        assert (clip.channels, clip.duration, clip.source.container) == (2, 1.0, "mulaw")
    with decoded(path, folder=tmp_path, max_seconds=60, name="call.ulaw") as clip:
        assert (clip.channels, clip.duration) == (1, 2.0)
    with decoded(path.rename(tmp_path / "k.ulaw"), folder=tmp_path, max_seconds=60, name="the recording") as clip:
        assert (clip.channels, clip.duration) == (1, 2.0)
    path = (tmp_path / "k.ulaw").rename(path)
    with pytest.raises(BadRecording, match="EARMARK_RAW_FORMAT"), decoded(path, folder=tmp_path, max_seconds=60):
        pass


def test_a_header_is_believed_before_the_name(tmp_path: Path) -> None:
    path = encode(tmp_path / "call.wav", "pcm_alaw", babble(1.0, 16000), 16000).rename(tmp_path / "call.ulaw")
    with decoded(path, folder=tmp_path, max_seconds=60, raw=RAW) as clip:
        assert (clip.source.container, clip.source.codec, clip.duration) == ("wav", "pcm_alaw", 1.0)


def test_gsm_frames_are_counted(tmp_path: Path) -> None:
    (tmp_path / "a.gsm").write_bytes(GSM * 25)
    with decoded(tmp_path / "a.gsm", folder=tmp_path, max_seconds=60) as clip:
        assert (clip.source.codec, clip.duration, clip.partial) == ("gsm", 2.0, False)


def test_every_raw_coding_of_the_setting_can_be_opened(tmp_path: Path) -> None:
    for coding in ("mulaw", "alaw", "u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be"):
        assert coding in av.formats_available
        (tmp_path / "object").write_bytes(NOISE * 16)
        with decoded(tmp_path / "object", folder=tmp_path, max_seconds=60, raw=RawFormat(coding, 8000, 3)) as clip:
            assert clip.channels == 3
            assert clip.duration == pytest.approx(9600 / RawFormat(coding, 8000, 3).block / 8000, abs=0.001)
