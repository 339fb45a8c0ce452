"""A recording as it was heard once: what every engine starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio.clip import Clip
from audio.health.measure import measure_health
from audio.quality import Levels, call_sides, measure_levels
from audio.speech import Span, SpeechOptions, frame_seconds, spans_of, speech_chances
from models.health import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """The clip, and what was measured of it in the passes that everybody needs."""

    clip: Clip
    levels: Levels
    channels: tuple[int, ...]
    """Worth hearing: of several with the same sound one, and none that is dead."""
    sides: int
    """How many sides of a call are on channels of their own; 1: mono, whatever the file says."""
    chances: Mapping[int, NDArray[np.float32]]
    """Of each of `channels`: Silero's chance of speech for every `frame_seconds(clip.rate)`."""
    health: Health | None = None
    """None: not measured."""

    def speech(self, options: SpeechOptions | None = None) -> dict[int, list[Span]]:
        """Where somebody speaks, channel by channel, in order of time."""
        step, chosen = frame_seconds(self.clip.rate), options or SpeechOptions()
        return {number: spans_of(found, step, self.clip.duration, chosen) for number, found in self.chances.items()}


def listen(clip: Clip, *, named: bool, with_health: bool = True) -> Sound:
    """Three passes over the clip: how loud it is, where there is speech, and what can be said of its health.

    `with_health`: without it the third is left out. `named`: the metadata says who is on which channel, so that one
    live channel beside a dead one is still one side of two. Raises EngineFailed when the speech detector breaks.
    """
    levels = measure_levels(clip)
    channels, sides = call_sides(levels, named=named)
    sound = Sound(
        clip=clip, levels=levels, channels=channels, sides=sides, chances=speech_chances(clip, levels, channels)
    )
    return replace(sound, health=measure_health(sound)) if with_health else sound
