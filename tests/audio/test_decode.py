"""Recordings of every usual kind, whole and broken, made on the spot."""

import os
import resource
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream

from audio.clip import Samples
from audio.decode import MAX_CHANNELS, open_clip
from models.errors import BadRecording, StoreFailed

SECONDS = 2.0


def tone(seconds: float, *pitches: float, rate: int = 8000) -> Samples:
    """One sine on each channel."""
    at = np.arange(round(seconds * rate)) / rate
    return np.stack([0.5 * np.sin(2 * np.pi * pitch * at) for pitch in pitches]).astype(np.float32)


def write_wav(path: Path, sound: Samples, rate: int = 8000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound.T * 32767).astype("<i2").tobytes())
    return path


def encode(path: Path, codec: str, sound: Samples, rate: int) -> Path:
    """Through PyAV, in frames of 20 ms."""
    with av.open(str(path), "w") as container:
        layout = "stereo" if len(sound) == 2 else "mono"
        stream = cast(AudioStream, container.add_stream(codec, rate=rate, layout=layout))
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate)
        for first in range(0, sound.shape[1], rate // 50):
            piece = np.ascontiguousarray((sound[:, first : first + rate // 50] * 32767).astype(np.int16))
            frame = av.AudioFrame.from_ndarray(piece, format="s16p", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
            for ready in resampler.resample(frame):
                container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path


def whole(path: Path, seconds: float = 0.7) -> Samples:
    return np.concatenate(list(open_clip(path, max_seconds=60).windows(seconds)), axis=1)


def pitch_of(sound: np.ndarray[Any, Any]) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(sound))) * 16000 / len(sound))


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [
        ("mu-law.wav", "pcm_mulaw", 8000),
        ("a-law.wav", "pcm_alaw", 8000),
        ("pcm.wav", "pcm_s16le", 44100),
        ("call.mp3", "libmp3lame", 16000),
        ("call.opus", "libopus", 48000),
        ("call.ogg", "libopus", 16000),
        ("call.flac", "flac", 8000),
        ("call.m4a", "aac", 16000),
    ],
)
def test_each_side_of_a_call_is_read_from_every_usual_format(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    path = encode(tmp_path / name, codec, tone(SECONDS, 440, 1000, rate=rate), rate)
    clip = open_clip(path, max_seconds=60)
    assert (clip.rate, clip.channels, clip.partial) == (16000, 2, False)
    assert clip.duration == pytest.approx(SECONDS, abs=0.12)
    sound = whole(path)
    assert [pitch_of(side[4000:-4000]) for side in sound] == [pytest.approx(440, abs=3), pytest.approx(1000, abs=3)]


def test_windows_are_exact_and_can_be_read_again(tmp_path: Path) -> None:
    clip = open_clip(write_wav(tmp_path / "a.wav", tone(SECONDS, 440)), max_seconds=60)
    lengths = [window.shape for window in clip.windows(0.75)]
    assert lengths[:2] == [(1, 12000), (1, 12000)]
    assert sum(length for _, length in lengths) == round(clip.duration * 16000)
    assert [window.shape for window in clip.windows(0.75)] == lengths


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.wav", b"", "is empty"),
        ("letter.mp3", b"Dear customer, thank you for your call. " * 20, "a text"),
        ("photo.wav", b"\x89PNG\r\n\x1a\n" + bytes(500), "a PNG image"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(500), "a JPEG image"),
        ("noise.bin", bytes(range(256)) * 4, "bytes of an unknown kind"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "a text"),
        ("header.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", "a RIFF file"),
    ],
)
def test_what_is_no_recording_is_named_for_what_it_is(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadRecording, match=says) as caught:
        open_clip(path, max_seconds=60)
    assert name in str(caught.value)


def test_a_header_without_sound_is_no_recording(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "silent.wav", np.zeros((1, 0), np.float32))
    with pytest.raises(BadRecording, match="not one sample"):
        open_clip(path, max_seconds=60)


def test_a_file_that_is_gone_is_worth_a_retry(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match=r"gone\.wav"):
        open_clip(tmp_path / "gone.wav", max_seconds=60)


def test_a_recording_over_the_limit_is_refused_with_the_limit(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "long.wav", tone(SECONDS, 440))
    with pytest.raises(BadRecording, match="longer than 1 seconds"):
        open_clip(path, max_seconds=1)


@pytest.mark.parametrize(("name", "codec"), [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "libmp3lame")])
def test_a_broken_off_recording_gives_what_is_there(tmp_path: Path, name: str, codec: str) -> None:
    path = encode(tmp_path / name, codec, tone(4.0, 440, rate=16000), 16000)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    clip = open_clip(path, max_seconds=60)
    assert 1.0 < clip.duration < 2.3
    if codec != "libmp3lame":  # An MP3 has no length of its own: cut between two frames it is simply shorter.
        assert clip.partial


def test_a_placeholder_for_the_length_is_no_broken_promise(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "streamed.wav", tone(SECONDS, 440))
    content = bytearray(path.read_bytes())
    content[40:44] = (0x7FFFFFFF).to_bytes(4, "little")
    path.write_bytes(content)
    clip = open_clip(path, max_seconds=60)
    assert clip.duration == pytest.approx(SECONDS)
    assert not clip.partial


def test_parties_on_channels_of_their_own_are_kept(tmp_path: Path) -> None:
    clip = open_clip(write_wav(tmp_path / "three.wav", tone(1.0, 300, 600, 900)), max_seconds=60)
    assert clip.channels == 3
    with pytest.raises(BadRecording, match=f"at most {MAX_CHANNELS}"):
        open_clip(write_wav(tmp_path / "many.wav", tone(0.1, *range(100, 1300, 100))), max_seconds=60)


def test_eight_channels_do_not_end_the_process(tmp_path: Path) -> None:
    pitches = [300.0 * number for number in range(1, 9)]
    path = write_wav(tmp_path / "eight.wav", tone(1.0, *pitches))
    assert [pitch_of(side) for side in whole(path)] == [pytest.approx(pitch, abs=3) for pitch in pitches]


def test_numbers_that_are_no_sound_are_silenced(tmp_path: Path) -> None:
    sound = tone(1.0, 440, rate=16000)
    sound[0, 100:200], sound[0, 300] = np.nan, np.inf
    path = tmp_path / "float.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_f32le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound, format="flt", layout="mono")
        frame.sample_rate = 16000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert np.all(np.abs(whole(path)) <= 1)


def test_twenty_minutes_need_no_more_memory_than_one(tmp_path: Path) -> None:
    minute = (tone(60.0, 440, 880) * 32767).astype("<i2").T.tobytes()
    path = tmp_path / "twenty.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        for _ in range(20):
            file.writeframes(minute)
    list(open_clip(write_wav(tmp_path / "a.wav", tone(60.0, 440, 880)), max_seconds=60).windows(30))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clip = open_clip(path, max_seconds=7200)
    assert sum(window.shape[1] for window in clip.windows(30)) == 1200 * 16000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KiB; the sound is 150 MB.


def test_hostile_files_are_read_or_refused(recordings: Callable[[str], Path]) -> None:
    files = sorted(recordings("malformed").iterdir())
    read = []
    for path in files:
        try:
            clip = open_clip(path, max_seconds=600)
        except BadRecording as error:
            assert path.name in str(error)  # noqa: PT017 - either end is right
        else:
            read.append(sum(window.shape[1] for window in clip.windows(5)) == round(clip.duration * clip.rate))
    assert len(files) > 200
    assert len(read) > 90
    assert all(read)


@pytest.fixture
def recordings() -> Callable[[str], Path]:
    folder = os.environ.get("EARMARK_TEST_DATA")
    if not folder:
        pytest.skip("EARMARK_TEST_DATA names no folder with real recordings")
    return lambda name: Path(folder) / "audio" / name
