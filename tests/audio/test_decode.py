"""Recordings of every usual kind, whole and broken, made on the spot and decoded here or in a process apart."""

import resource
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from sounds import alike, babble, encode, tone

from audio.clip import Samples
from audio.decoding.decode import MAX_CHANNELS, open_clip
from audio.decoding.pour import pour
from audio.decoding.reader import Block, Reader
from audio.recording import decoded
from models.errors import BadRecording, StoreFailed

SECONDS = 2.0


def write_wav(path: Path, sound: Samples, rate: int = 8000) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((sound.T * 32767).astype("<i2").tobytes())
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
    with decoded(path, folder=tmp_path, max_seconds=7200) as poured:
        assert sum(window.shape[1] for window in poured.windows(30)) == 1200 * 16000
        assert poured.peak_memory < 100_000_000  # The decoder itself has 40 MB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000  # KiB; the sound is 150 MB.


@pytest.mark.parametrize(
    ("name", "codec", "rate"),
    [("a.flac", "flac", 8000), ("a.opus", "libopus", 48000), ("a.m4a", "aac", 16000), ("a.wav", "pcm_mulaw", 8000)],
)
def test_eight_channels_are_kept_apart_in_every_coding(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    pitches = [300.0 + 100 * number for number in range(8)]
    path = encode(tmp_path / name, codec, tone(1.0, *pitches, rate=rate), rate)
    with decoded(path, folder=tmp_path, max_seconds=60) as clip:
        sound = next(iter(clip.windows(0.9)))
    heard = [pitch_of(side[2000:]) for side in sound]
    if codec == "aac":  # The fourth of 7.1 is for the bass, and coded without anything else.
        heard[3] = pitches[3]
    assert sorted(heard) == [pytest.approx(pitch, abs=6) for pitch in pitches]


def test_sound_at_our_rate_stays_as_it_was_bit_for_bit(tmp_path: Path) -> None:
    sound = np.random.default_rng(0).integers(-32768, 32768, (2, 20000)).astype("<i2")
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, 2, 16000, 0, "NONE", ""))
        file.writeframes(sound.T.tobytes())
    with decoded(tmp_path / "a.wav", folder=tmp_path, max_seconds=60) as clip:
        heard = np.concatenate(list(clip.windows(0.3)), axis=1)
    assert np.array_equal(heard * 32768, sound)


def test_a_clip_can_be_read_by_several_at_once(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", tone(3.0, 440, 880), 8000)
    with decoded(path, folder=tmp_path, max_seconds=60) as clip:
        pairs = list(zip(clip.windows(1), clip.windows(1), strict=True))
    assert len(pairs) == 3
    assert all(np.array_equal(one, other) for one, other in pairs)


@pytest.mark.parametrize("rate", [6000, 8000, 11025, 22050, 44100, 48000])
@pytest.mark.parametrize("samples", [8, 1001, 70000])
def test_resampling_keeps_the_length_to_a_sample(tmp_path: Path, rate: int, samples: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1.0, 440, rate=samples), rate)
    read = sum(window.shape[1] for window in open_clip(path, max_seconds=60).windows(1))
    assert abs(read - samples * 16000 / rate) <= 1


def test_resampling_adds_nothing_above_the_source(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", tone(2.0, 1000, 3000), 8000)
    with decoded(path, folder=tmp_path, max_seconds=60) as clip:
        sound = np.concatenate(list(clip.windows(1)), axis=1)[:, 1000:-1000]
    level = np.abs(np.fft.rfft(sound * np.hanning(sound.shape[1])))
    above = level[:, round(level.shape[1] * 4200 / 8000) :]
    assert np.all(above.max(axis=1) < level.max(axis=1) * 1e-4)  # -80 dB: the images of 8 kHz


def test_a_stream_that_changes_its_rate_goes_on(tmp_path: Path) -> None:
    """Two MP3 streams, one after the other, as recorders make that are switched over."""
    one = encode(tmp_path / "one.mp3", "libmp3lame", tone(2.0, 440, rate=16000), 16000, options={"write_xing": "0"})
    two = encode(tmp_path / "two.mp3", "libmp3lame", tone(2.0, 880, 880, rate=8000), 8000, options={"write_xing": "0"})
    path = tmp_path / "both.mp3"
    path.write_bytes(one.read_bytes() + two.read_bytes())
    with decoded(path, folder=tmp_path, max_seconds=60) as clip:
        sound = np.concatenate(list(clip.windows(1)), axis=1)
        assert (clip.channels, clip.source.rate) == (1, 16000)
    assert sound.shape[1] == pytest.approx(4.2 * 16000, abs=4000)
    assert pitch_of(sound[0, 8000:24000]) == pytest.approx(440, abs=3)
    assert pitch_of(sound[0, 44000:60000]) == pytest.approx(880, abs=3)


@pytest.mark.parametrize(
    ("name", "codec", "rate", "like"),
    [
        ("ima.wav", "adpcm_ima_wav", 8000, 0.95),
        ("ms.wav", "adpcm_ms", 8000, 0.95),
        ("a.amr", "libopencore_amrnb", 8000, 0.4),
    ],
)
def test_telephone_codings_keep_the_words(tmp_path: Path, name: str, codec: str, rate: int, like: float) -> None:
    voice = babble(3.0, rate)
    sounds = []
    for path in (encode(tmp_path / name, codec, voice, rate), encode(tmp_path / "plain.wav", "pcm_s16le", voice, rate)):
        with decoded(path, folder=tmp_path, max_seconds=60) as clip:
            sounds.append(np.concatenate(list(clip.windows(1)), axis=1))
    assert alike(sounds[0], sounds[1]) > like  # AMR keeps of noise the shape alone; a wrong reading has 0.02.


def test_too_long_is_refused_before_the_rest_is_decoded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def endless(reader: Reader) -> Iterator[Block]:
        reader.channels = 2
        while True:
            yield Block(8000, np.zeros((2, 65536), np.float32))

    monkeypatch.setattr(Reader, "blocks", endless)
    path = write_wav(tmp_path / "a.wav", tone(1.0, 440))
    with pytest.raises(BadRecording, match="longer than 1 hours"):
        open_clip(path, max_seconds=3600)
    request = {"path": str(path), "name": "call.wav", "max_seconds": 60, "raw": None}
    with (tmp_path / "sound").open("wb") as output:
        told = pour(request, output.fileno(), lambda _: None)
        assert output.tell() <= 70 * 16000 * 2 * 2
    assert told["bad"].startswith("call.wav lasts longer than 60 seconds")
