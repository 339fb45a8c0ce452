"""Tones of the network by their cadence, through what telephone lines do to them, and none in speech."""

import numpy as np
import pytest
from signals import RATE, TEST_DATA, Wave, cadence, heard, needs_test_data, noise, recording, sample_call, silence, tone

from audio.health.frames import Framer
from audio.health.tones import ToneMeter
from models.health import EventKind, SoundEvent

KEYS = ((697, 1209), (770, 1336), (852, 1477), (941, 1336), (697, 1477), (852, 1209))


def tones_in(sound: Wave, piece: float = 30.0) -> tuple[SoundEvent, ...]:
    framer, meter = Framer(RATE, np.zeros(len(sound) // 512 + 1, np.float32)), ToneMeter(0)
    size = round(piece * RATE)
    for first in range(0, len(sound), size):
        frames = framer.take(sound[first : first + size].astype(np.float32))
        if frames is not None:
            meter.take(frames)
    rest = framer.rest()
    if rest is not None:
        meter.take(rest)
    return meter.events()


def telephone(sound: Wave) -> Wave:
    """300 to 3400 Hz and the steps of mu-law."""
    spectrum = np.fft.rfft(sound)
    pitch = np.fft.rfftfreq(len(sound), 1 / RATE)
    narrow = np.fft.irfft(np.where((pitch > 300) & (pitch < 3400), spectrum, 0), len(sound))
    steps = np.round(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    return np.asarray(np.sign(steps) * (256 ** np.abs(steps) - 1) / 255)


NETWORK = [
    ("American ringing", cadence(3, tone(2, 440, 480), silence(4)), EventKind.RINGING, 3),
    ("European ringing", cadence(3, tone(1, 425), silence(4)), EventKind.RINGING, 3),
    ("Russian ringing", cadence(3, tone(0.8, 425), silence(3.2)), EventKind.RINGING, 3),
    (
        "British ringing",
        cadence(3, tone(0.4, 400, 450), silence(0.2), tone(0.4, 400, 450), silence(2)),
        EventKind.RINGING,
        3,
    ),
    ("a ring that was answered", cadence(1, tone(1.6, 440, 480)), EventKind.RINGING, 1),
    ("American busy", cadence(6, tone(0.5, 480, 620), silence(0.5)), EventKind.BUSY, 6),
    ("Russian busy", cadence(6, tone(0.35, 425), silence(0.35)), EventKind.BUSY, 6),
    ("British busy", cadence(6, tone(0.375, 400), silence(0.375)), EventKind.BUSY, 6),
    ("congestion", cadence(8, tone(0.25, 480, 620), silence(0.25)), EventKind.BUSY, 8),
    ("an answering machine", cadence(1, tone(0.4, 1000)), EventKind.BEEP, 1),
    ("fax calling", cadence(3, tone(0.5, 1100), silence(3)), EventKind.FAX, 3),
    ("fax answering", cadence(1, tone(3, 2100)), EventKind.FAX, 1),
    ("a dial tone", cadence(1, tone(5, 350, 440)), EventKind.TONE, 1),
    ("keys", cadence(1, *(part for key in KEYS for part in (tone(0.1, *key), silence(0.1)))), EventKind.DIGITS, 6),
    ("one key again and again", cadence(5, tone(0.1, 770, 1336), silence(0.1)), EventKind.DIGITS, 5),
]


@pytest.mark.parametrize(("sound", "kind", "count"), [case[1:] for case in NETWORK], ids=[case[0] for case in NETWORK])
@pytest.mark.parametrize("line", ["clean", "telephone", "quiet"])
def test_a_tone_is_told_by_its_cadence(sound: Wave, kind: EventKind, count: int, line: str) -> None:
    sound = {"clean": sound, "telephone": telephone(sound), "quiet": sound * 0.1}[line]
    (found,) = tones_in(sound)
    assert (found.kind, found.count) == (kind, count)
    assert found.start == pytest.approx(1.0, abs=0.1)


def test_a_recording_tone_is_told_each_time() -> None:
    sound = cadence(3, tone(0.5, 1400), silence(14.5))
    assert [(found.kind, round(found.start)) for found in tones_in(sound)] == [
        (EventKind.BEEP, 1),
        (EventKind.BEEP, 16),
        (EventKind.BEEP, 31),
    ]


def test_a_tone_across_two_pieces_is_one() -> None:
    sound = cadence(3, tone(2, 440, 480), silence(4))
    assert [found.count for found in tones_in(sound, piece=2.048)] == [3]


def test_which_keys_were_pressed_is_not_kept() -> None:
    one, other = (cadence(4, tone(0.1, *key), silence(0.1)) for key in KEYS[:2])
    assert tones_in(one) == tones_in(other)


@pytest.mark.parametrize(
    "sound",
    [noise(10, 0.05), silence(10), cadence(1, tone(2, 440, 480, level=0.002)), noise(10, 0.001) + tone(10, 50)],
    ids=["noise", "silence", "a tone that nobody hears", "hum"],
)
def test_nothing_is_told_where_there_is_no_tone(sound: Wave) -> None:
    assert tones_in(sound) == ()


@pytest.mark.parametrize("name", ["01-google-ad", "02-neighbor", "03-truck", "05-wrong-number", "06-out-of-area"])
def test_speech_holds_no_tone(name: str) -> None:
    for channel in sample_call(name):
        assert tones_in(channel.astype(np.float64)) == ()


def test_a_call_that_rings_first() -> None:
    ring = cadence(2, tone(2, 440, 480), silence(4))
    agent, caller = sample_call("05-wrong-number").astype(np.float64)
    sound = heard(np.concatenate([ring, agent]), np.concatenate([ring * 0, caller]), named=True)
    assert sound.health is not None
    assert [(event.kind, event.channel, event.count) for event in sound.health.events] == [(EventKind.RINGING, 0, 2)]


@needs_test_data
@pytest.mark.parametrize("name", ["call_auto_repairs_40", "call_auto_repairs_49", "Auto0_GUID", "falcon", "ami_tst00"])
def test_real_speech_holds_no_tone(name: str) -> None:
    path = next(path for path in (TEST_DATA / "real").glob(f"{name}*") if path.suffix in (".wav", ".flac"))
    for channel in recording(path):
        assert tones_in(channel.astype(np.float64)) == ()
