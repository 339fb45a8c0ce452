"""Which of a recording's speech is worth decoding: not the other side heard through, not music, not ringing."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from audio.bleed import without_bleed
from audio.sound import Sound
from audio.speech import Span, SpeechOptions, frame_seconds
from models.health import EventKind, SoundEvent
from models.transcript import Dropped

BLEED = "the other side, heard through on this channel"
REASONS: Mapping[EventKind, str] = {
    EventKind.MUSIC: "hold music",
    EventKind.RINGING: "ringing",
    EventKind.BUSY: "busy tone",
    EventKind.BEEP: "a beep",
    EventKind.TONE: "a tone",
    EventKind.DIGITS: "keys of the telephone",
    EventKind.FAX: "fax",
}
_EDGE = 0.35
"""Seconds by which a span may reach over an event: spans are widened by .2, and events are told to a tenth or so."""
_SPEAKS = 0.7
"""Mean chance of speech above which somebody talks over the music. Over speech Silero stays near 1; music without a
voice raises it here and there."""
_VOICE, _VOICED = 0.8, 4
"""Chance, and frames (0.13 s) above it, by which there is a voice among tones: an event holds the pauses between its
rings or keys too, where people speak. Of 160 tones of all kinds in noise, mu-law, none reached .76."""


def speech_worth_hearing(
    sound: Sound, options: SpeechOptions | None = None
) -> tuple[dict[int, list[Span]], list[Dropped]]:
    """Spans of speech, channel by channel, and what was left out of them, ordered by start."""
    kept, bleeds = without_bleed(sound, sound.speech(options))
    dropped = [Dropped(start=b.start, end=b.end, channel=b.channel, reason=BLEED) for b in bleeds]
    for number, spans in kept.items():
        events = [event for event in (sound.health.events if sound.health else ()) if event.channel == number]
        if events:
            kept = {**kept, number: []}
            for span in spans:
                event = _event_of(span, events, sound.chances[number], frame_seconds(sound.clip.rate))
                if event is None:
                    kept[number].append(span)
                else:
                    reason = REASONS[event.kind]
                    dropped.append(Dropped(start=span.start, end=span.end, channel=number, reason=reason))
    return kept, sorted(dropped, key=lambda piece: (piece.start, piece.channel))


def _event_of(span: Span, events: Sequence[SoundEvent], chances: NDArray[np.float32], step: float) -> SoundEvent | None:
    """The event that the whole span lies in, unless somebody speaks over it or in its pauses."""
    around = (event for event in events if event.start - _EDGE <= span.start and span.end <= event.end + _EDGE)
    event = next(around, None)
    if event is None:
        return None
    inside = chances[round(span.start / step) : max(round(span.start / step) + 1, round(span.end / step))]
    if event.kind is not EventKind.MUSIC:
        return None if int((inside > _VOICE).sum()) >= _VOICED else event
    return None if len(inside) and float(np.mean(inside)) >= _SPEAKS else event
