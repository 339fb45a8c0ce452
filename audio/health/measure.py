"""The health of a recording, in one pass over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from audio.health.dropouts import DropoutMeter
from audio.health.findings import (
    channel_findings,
    empty_channel,
    leak_findings,
    nothing_heard,
    one_sound,
    side_findings,
)
from audio.health.frames import BLOCK, HOP, Framer, Frames
from audio.health.music import MusicMeter
from audio.health.tones import ToneMeter
from audio.health.voice import VoiceMeter
from audio.leaks import LeakMeter
from models.health import ChannelHealth, EventKind, Finding, FindingKind, Health, SoundEvent

if TYPE_CHECKING:
    from audio.sound import Sound

_BLOCKS = 15
"""Of frames, half a minute at 16 kHz, in a pass's window: its spectra take 8 MB for each channel."""
_EDGE = 2.0
"""Seconds by which a start or an end of music may be told too late or too early."""
_CADENCED = (EventKind.RINGING, EventKind.BUSY, EventKind.FAX)
_CHANCE, _LEAST = 0.35, 0.2
"""Chance and seconds from which on there is something that the engines get to hear."""


def measure_health(sound: Sound) -> Health:
    """Levels, events, leaks and what is wrong, from one pass over the clip.

    Keeps some numbers for each 32 ms, and no sound. About 0.1 s for a minute of a channel.
    """
    meters = {number: _Meters(number, Framer(sound.clip.rate, sound.chances[number])) for number in sound.channels}
    leaks = LeakMeter(sound.clip.rate, sound.channels if sound.sides > 1 else ())
    for window in sound.clip.windows(_BLOCKS * BLOCK * HOP / sound.clip.rate):
        leaks.take(window)
        for number, meter in meters.items():
            meter.take(meter.framer.take(window[number]))
    told = [meter.told(sound) for meter in meters.values()]
    events = sorted((event for _, found in told for event in found), key=lambda event: (event.start, event.channel))
    health = Health(
        channels=tuple(_all_channels(sound, [channel for channel, _ in told])),
        events=tuple(events),
        leaks=leaks.leaks(),
        one_sound=sound.levels.same,
    )
    return replace(health, findings=tuple(_findings(sound, health)))


@dataclass
class _Meters:
    """All that is measured of one channel."""

    number: int
    framer: Framer
    tones: ToneMeter = field(init=False)
    music: MusicMeter = field(init=False)
    dropouts: DropoutMeter = field(default_factory=DropoutMeter)
    voice: VoiceMeter = field(default_factory=VoiceMeter)

    def __post_init__(self) -> None:
        self.tones, self.music = ToneMeter(self.number), MusicMeter(self.number)

    def take(self, frames: Frames | None) -> None:
        if frames is None:
            return
        tonal = self.tones.take(frames)
        self.voice.take(frames, tonal)
        self.music.take(frames, tonal)
        self.dropouts.take(frames)

    def told(self, sound: Sound) -> tuple[ChannelHealth, list[SoundEvent]]:
        self.take(self.framer.rest())
        music = self.music.events()
        events = [*(event for event in self.tones.events() if not _is_note(event, music)), *music]
        told = self.voice.told(
            self.number, _frames_of(events, len(sound.chances[self.number]) + BLOCK, sound.clip.rate)
        )
        clipped = max(told.clipped, _clipped_in_file(sound, told))
        return replace(
            told,
            peak_db=_peak_db(sound.levels.peak[self.number]),
            clipped=round(clipped, 5),
            dropouts=self.dropouts.count,
            dropout_seconds=round(self.dropouts.seconds, 2),
            dropout_times=tuple(self.dropouts.times),
        ), events


def _is_note(event: SoundEvent, music: Iterable[SoundEvent]) -> bool:
    """A lone tone within music. What has a cadence is told all the same: the queue ends in ringing."""
    cadenced = event.kind in _CADENCED and event.count > 1
    return not cadenced and any(play.start - _EDGE < event.end and event.start < play.end + _EDGE for play in music)


def _frames_of(events: Iterable[SoundEvent], count: int, rate: int) -> NDArray[np.bool_]:
    marks = np.zeros(count, bool)
    for event in events:
        marks[round(event.start * rate / HOP) : round(event.end * rate / HOP)] = True
    return marks


def _clipped_in_file(sound: Sound, told: ChannelHealth) -> float:
    """What the decoder saw before it changed the rate, as a share of the speech; 0 where it did not look."""
    shares = getattr(getattr(sound.clip, "source", None), "clipped", None)
    if not isinstance(shares, tuple) or told.channel >= len(shares) or not told.speech:
        return 0.0
    return min(1.0, float(shares[told.channel]) * sound.clip.duration / told.speech)


def _all_channels(sound: Sound, heard: list[ChannelHealth]) -> Iterator[ChannelHealth]:
    """Also those that nobody needs to hear: dead ones, and doubles of the first."""
    known = {channel.channel: channel for channel in heard}
    for number, peak in enumerate(sound.levels.peak):
        if number in known:
            yield known[number]
        elif sound.levels.same and heard:
            yield replace(heard[0], channel=number)
        else:
            yield ChannelHealth(channel=number, peak_db=_peak_db(peak), silence=1.0)


def _peak_db(peak: float) -> float | None:
    return round(20 * float(np.log10(peak)), 1) if peak > 0 else None


def _findings(sound: Sound, health: Health) -> Iterator[Finding]:
    if not sound.channels:
        yield nothing_heard(FindingKind.NO_SOUND, 0.0, "there is no sound in this recording")
        return
    if not any(_speaks(chances, sound.clip.rate) for chances in sound.chances.values()):
        text = f"nobody speaks in these {sound.clip.duration:.0f} s"
        yield nothing_heard(FindingKind.NO_SPEECH, 0.0, text)
        return
    if sound.levels.same:
        yield one_sound()
    for channel in health.channels:
        if channel.channel in sound.channels:
            yield from channel_findings(channel)
        elif sound.sides == 1 and not sound.levels.same:
            yield empty_channel(channel.channel)
    if sound.sides > 1:
        yield from side_findings(health.channels, health.leaks)
    yield from leak_findings(health.leaks)


def _speaks(chances: NDArray[np.float32], rate: int) -> bool:
    return float((chances >= _CHANCE).sum()) * HOP / rate >= _LEAST
