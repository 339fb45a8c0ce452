"""What of a real sound is decoded: the voices are those of a sample call, mixed as bad lines mix them."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from sounds import Held

from audio.clip import Clip, Samples
from audio.decoding.decode import open_clip
from audio.sound import Sound, listen
from audio.speech import Span
from models.context import Context
from models.health import EventKind, Health, SoundEvent
from transcription.coverage import uncovered
from transcription.engines import whisper
from transcription.worth import BLEED, REASONS, speech_worth_hearing

CALL = Path(__file__).parents[2] / "samples" / "calls" / "05-wrong-number.mp3"


@dataclass
class Leaking:
    """A call whose first side is heard on the other channel too, 20 ms later."""

    source: Clip
    gain: float
    partial: bool = False

    @property
    def rate(self) -> int:
        return self.source.rate

    @property
    def channels(self) -> int:
        return self.source.channels

    @property
    def duration(self) -> float:
        return self.source.duration

    def windows(self, seconds: float) -> Iterator[Samples]:
        late = round(0.02 * self.rate)
        before = np.zeros(late, np.float32)
        for window in self.source.windows(seconds):
            moved = np.concatenate([before, window[0]])
            before = moved[-late:]
            yield np.stack([window[0], window[1] + np.float32(self.gain) * moved[: window.shape[1]]])


def leaking(gain: float) -> Sound:
    return listen(Leaking(open_clip(CALL, max_seconds=600), gain), named=True)


def seconds(spans: dict[int, list[Span]], channel: int) -> float:
    return sum(span.end - span.start for span in spans[channel])


def test_the_other_side_heard_through_is_not_decoded_and_is_told() -> None:
    alone, _ = speech_worth_hearing(leaking(0.0))
    both = leaking(0.2)
    kept, dropped = speech_worth_hearing(both)
    assert {(piece.channel, piece.reason) for piece in dropped} == {(1, BLEED)}
    leaked = seconds(both.speech(), 1) - seconds(alone, 1)
    left = seconds(kept, 1) - seconds(alone, 1)
    assert leaked > 5
    assert left < 0.2 * leaked
    assert kept[0] == both.speech()[0]


def tone(seconds: float, pitch: float) -> Samples:
    at = np.arange(round(seconds * 16000)) / 16000
    return (0.2 * np.sin(2 * np.pi * pitch * at)).astype(np.float32)


@pytest.mark.parametrize("silent", [False, True])
def test_what_is_said_between_two_rings_is_decoded(silent: bool) -> None:
    talk = np.concatenate(list(open_clip(CALL, max_seconds=600).windows(60)), axis=1)[0, 44000:74000]
    said = np.pad(np.zeros_like(talk) if silent else talk, 17000)
    ring = np.concatenate([tone(1.0, 425.0), np.zeros(64000, np.float32)])
    sound = listen(Held(np.concatenate([ring, ring, tone(1.0, 425.0), said, ring, ring])[np.newaxis]), named=False)
    assert sound.health is not None
    assert [(event.kind, round(event.end)) for event in sound.health.events] == [(EventKind.RINGING, 21)]
    kept, dropped = speech_worth_hearing(sound)
    assert (kept, dropped) == (sound.speech(), [])
    assert bool(kept[0]) is not silent


@pytest.mark.parametrize(
    ("kind", "chance", "stays"), [("beep", 0.75, False), ("beep", 0.9, True), ("music", 0.6, False)]
)
def test_what_sounds_little_like_a_voice_within_an_event_goes(kind: str, chance: float, stays: bool) -> None:
    event = SoundEvent(kind=EventKind(kind), channel=0, start=1.0, end=3.0)
    chances = np.zeros(200, np.float32)
    chances[40:80] = chance
    quiet = listen(Held(np.zeros((1, 200 * 512), np.float32)), named=False)
    sound = replace(quiet, channels=(0,), chances={0: chances}, health=Health(events=(event,)))
    kept, dropped = speech_worth_hearing(sound)
    assert bool(kept[0]) is stays
    assert [piece.reason for piece in dropped] == ([] if stays else [REASONS[event.kind]])


def test_a_clean_call_is_decoded_whole() -> None:
    sound = leaking(0.0)
    assert speech_worth_hearing(sound) == (sound.speech(), [])


@pytest.mark.skipif("EARMARK_TEST_DATA" not in os.environ, reason="EARMARK_TEST_DATA names no folder")
@pytest.mark.parametrize(
    "name",
    ["stereo_diarization.wav", "falcon_3spk.wav", "jfk.flac", "multilingual.mp3", "ru_deepspeech.wav"],
)
def test_every_second_of_real_speech_ends_in_words_or_in_a_reason(name: str, tiny_whisper: Path) -> None:
    path = Path(os.environ["EARMARK_TEST_DATA"]) / "audio" / "real" / name
    sound = listen(open_clip(path, max_seconds=600), named=False)
    engine = whisper.create(model=tiny_whisper, device="cpu", beam_size=1, threads=1, second_try=False)
    transcript = engine.transcribe(sound, Context(language="en"), progress=lambda _: None)
    assert sum(len(spans) for spans in sound.speech().values()) > 0
    spans = sound.speech() if sound.sides > 1 else {0: next(iter(sound.speech().values()))}
    assert uncovered(spans, transcript.words, transcript.dropped) == []


def test_every_kind_of_event_has_its_words() -> None:
    assert set(REASONS) == set(EventKind)
