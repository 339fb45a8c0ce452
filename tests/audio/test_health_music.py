"""Music is told, and speech is never called music: text under music is suspected."""

import numpy as np
import pytest
from signals import TEST_DATA, Wave, heard, needs_test_data, noise, recording, sample_call, silence, song, tone

from models.health import EventKind, SoundEvent


def music_in(*channels: Wave) -> tuple[SoundEvent, ...]:
    sound = heard(*channels)
    assert sound.health is not None
    return tuple(event for event in sound.health.events if event.kind is EventKind.MUSIC)


@pytest.mark.parametrize("beat", [0.4, 0.8])
@pytest.mark.parametrize("drums", [False, True])
@pytest.mark.parametrize("level", [1.0, 0.1])
def test_music_is_told(beat: float, drums: bool, level: float) -> None:
    (played,) = music_in(song(20, beat=beat, drums=drums) * level)
    assert played.start <= 2.1
    assert played.end >= 16


def test_music_within_a_call_is_told_with_its_times() -> None:
    agent, caller = sample_call("02-neighbor").astype(np.float64)
    hold = song(20)
    sound = heard(
        np.concatenate([agent, hold, agent]), np.concatenate([caller, np.zeros_like(hold), caller]), named=True
    )
    assert sound.health is not None
    (played,) = sound.health.events
    begins = len(agent) / 16000
    assert (played.kind, played.channel) == (EventKind.MUSIC, 0)
    assert played.start == pytest.approx(begins, abs=2.5)
    assert played.end == pytest.approx(begins + 20, abs=2.5)


def test_notes_of_music_are_no_beeps() -> None:
    sound = heard(song(20, beat=0.8))
    assert sound.health is not None
    assert {event.kind for event in sound.health.events} == {EventKind.MUSIC}


@pytest.mark.parametrize(
    "sound",
    [
        noise(20, 0.05),
        noise(20, 0.0005),
        silence(20) + noise(20, 0.002) + 0.02 * sum(tone(20, 50.0 * part) / part for part in range(1, 20)),
        np.tile(np.concatenate([tone(2, 440, 480), silence(4)]), 4),
        np.tile(np.concatenate([tone(0.5, 425), silence(0.5)]), 20),
    ],
    ids=["noise", "a quiet line", "hum", "ringing", "busy"],
)
def test_what_is_steady_is_not_all_music(sound: Wave) -> None:
    assert music_in(sound) == ()


@pytest.mark.parametrize("name", ["01-google-ad", "02-neighbor", "03-truck", "04-complaint", "05-wrong-number"])
def test_speech_is_no_music(name: str) -> None:
    assert music_in(*sample_call(name).astype(np.float64)) == ()


@needs_test_data
def test_real_music_is_told() -> None:
    (played,) = music_in(*recording(TEST_DATA / "codecs" / "no-duration.webm").astype(np.float64))
    assert played.end - played.start > 20


@needs_test_data
def test_real_speech_is_no_music() -> None:
    wrong = {}
    for path in sorted((TEST_DATA / "real").glob("*")):
        if path.suffix in (".wav", ".flac", ".mp3", ".opus"):
            sound = heard(*recording(path))
            assert sound.health is not None
            wrong[path.name] = sound.health.events
    assert {name: events for name, events in wrong.items() if events} == {}
    assert len(wrong) > 40
