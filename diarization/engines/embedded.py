"""The voices in a mixed recording, told apart without torch or any download.

Speech by Silero; for every quarter of a second the sums of `diarization/voices.py`; as many voices as the evidence
of `diarization/clusters.py` allows. What was learned (60 KB, in the package) was learned from recorded people.
"""

from dataclasses import fields, replace
from importlib.metadata import version as installed_version

import numpy as np
from numpy.typing import NDArray

from audio.quality import mono
from audio.sound import Sound
from audio.speech import Span, SpeechOptions
from diarization.clusters import Heard, Voices, alone, find_voices, follow, likelihoods, told_apart
from diarization.voices import (
    BLOCK,
    CELL,
    CELL_FRAMES,
    Cells,
    Frames,
    Normal,
    Numbers,
    VoiceModel,
    count_cells,
    hear_frames,
    speech_mask,
    voice_model,
    window_statistics,
)
from models.context import Context
from models.conversation import Diarization, SpeakerTurn
from models.errors import EngineFailed

SURE = SpeechOptions(threshold=0.5, release=0.35, min_silence=0.1, min_speech=0.1, pad=0.03, max_length=1e9)
"""What voices are learned from."""
_SPEECH = SpeechOptions(threshold=0.2, release=0.1, min_silence=0.1, min_speech=0.1, pad=0.03, max_length=1e9)
"""What gets a speaker: misses were the larger part of the error on service calls and meetings."""
_MOST_CELLS = 2400
"""Cells with speech (ten minutes) that voices are learned from; the rest is given to whom it sounds like."""
_LEAST_SPEECH = 6.0
"""Seconds, below which there is nothing to tell apart."""
_MOST_VOICES = 4
_SECOND_VOICE_FROM, _WINDOWS_SAY = 0.3, 0.5
"""Of what the cells (`told_apart`) and, for half as much, the windows say for each cell: of conversations of people
from whom nothing was learned, 11% with one voice have so much and 66% with two that are alike."""
_THIRD_VOICE_FROM = 0.7
"""Windows' evidence for each cell that a third or fourth needs: in 36 minutes of one or two it has 0.59 at most."""
_NEXT_VOICE_FROM = 0.4
"""The same when one voice comes after another one has gone, as in a transfer or after a greeting."""
_NEXT_VOICE_AFTER = 60.0
"""Seconds of speech; in less, two halves of one turn may look like one voice after another."""
_ONE_AFTER_THE_OTHER = 0.95
"""Of all pairs of moments of two voices, the share that is in the same order."""
_LEAST_SHARE = 0.05
"""Of the speech; a further voice with less is an accident."""
_JOIN = 0.5
"""Seconds of silence that stay inside a turn."""


class Embedded:
    def __init__(self) -> None:
        self.version = f"embedded 3 voices by sound (librosa {installed_version('librosa')})"

    def diarize(self, sound: Sound, context: Context) -> Diarization:  # noqa: ARG002 - the Protocol's
        if not sound.channels:
            return Diarization()
        first = sound.channels[0]
        spans = sound.speech(_SPEECH)[first]
        try:
            frames = hear_frames(mono(sound.clip, sound.channels[:1]), sound.speech(SURE)[first])
            speakers = _speakers(frames, spans, voice_model())
        except (RuntimeError, ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            raise EngineFailed(f"the embedded diarizer broke: {error}") from error
        return Diarization.without_overlap(_turns(spans, speakers))


def create() -> Embedded:
    return Embedded()


def _speakers(frames: Frames, spans: list[Span], model: VoiceModel) -> NDArray[np.int64]:
    """The speaker of each cell, the nearest one's where nobody speaks."""
    cells = -(-len(frames.speech) // CELL_FRAMES)
    if frames.speech.sum() / 100 < _LEAST_SPEECH:
        return np.zeros(cells, dtype=np.int64)
    normal = Normal.of(frames)
    voices = _voices(_heard(frames, normal, model))
    if voices is None:
        return np.zeros(cells, dtype=np.int64)
    everything = replace(frames, speech=speech_mask(spans, 0.0, len(frames.speech)))
    return _everywhere(everything, normal, model, voices)


def _blocks(frames: Frames) -> list[Frames]:
    size = round(BLOCK * 100)
    pieces = [slice(at, at + size) for at in range(0, len(frames.speech), size)]
    return [Frames(frames.mfcc[piece], frames.pitch[piece], frames.speech[piece]) for piece in pieces]


def _heard(frames: Frames, normal: Normal, model: VoiceModel) -> Heard:
    """The cells with speech, of blocks spread over the recording when it has more than voices are learned from."""
    spoken = [(number, block) for number, block in enumerate(_blocks(frames)) if block.speech.any()]
    most = max(1, int(_MOST_CELLS * CELL / BLOCK))
    wanted = list(range(len(spoken)))
    if frames.speech.sum() / 100 > _MOST_CELLS * CELL:
        wanted = sorted({round(at) for at in np.linspace(0, len(spoken) - 1, 2 * most)})
    counted = [(spoken[at][0], count_cells(spoken[at][1], normal, model)) for at in wanted]
    cells = _joined([block for _, block in counted])
    points = window_statistics(cells.sums) @ model.projection
    places = np.concatenate([number * round(BLOCK / CELL) + np.arange(len(block.count)) for number, block in counted])
    spoke = np.flatnonzero(cells.count > 0)[:_MOST_CELLS]
    centre = np.average(points[spoke], axis=0, weights=cells.count[spoke])
    gaps = np.diff(places[spoke], prepend=places[spoke[0]])
    return Heard(points[spoke] - centre, centre, model.between, _chosen(cells, spoke), gaps)


def _joined(parts: list[Cells]) -> Cells:
    return Cells(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Cells)))


def _chosen(cells: Cells, which: NDArray[np.int64]) -> Cells:
    return Cells(*(getattr(cells, field.name)[which] for field in fields(Cells)))


def _voices(heard: Heard) -> Voices | None:
    """As many as there is evidence for; None: one."""
    found = None
    for count in range(2, _MOST_VOICES + 1):
        more = find_voices(heard, count)
        if not _heard_apart(heard, found, more) or float(more.shares.mean(axis=0).min()) < _LEAST_SHARE:
            break
        found = more
    return found


def _heard_apart(heard: Heard, fewer: Voices | None, more: Voices) -> bool:
    """There is evidence for one voice more than before."""
    if fewer is None:
        windows = (more.evidence - alone(heard)) / len(heard.points)
        return told_apart(heard.cells, more.shares) + _WINDOWS_SAY * windows >= _SECOND_VOICE_FROM
    seconds = float(heard.cells.count.sum() / 100)
    next_one = seconds >= _NEXT_VOICE_AFTER and one_after_the_other(more.shares)
    gain = (more.evidence - fewer.evidence) / len(heard.points)
    return gain >= (_NEXT_VOICE_FROM if next_one else _THIRD_VOICE_FROM)


def one_after_the_other(shares: Numbers) -> bool:
    """Some voice has gone before another one comes. Shares of shape (cells, voices)."""
    before = np.cumsum(shares, axis=0) - shares / 2
    earlier = before.T @ shares / np.outer(shares.sum(axis=0), shares.sum(axis=0))
    return float(earlier.max()) >= _ONE_AFTER_THE_OTHER


def _everywhere(frames: Frames, normal: Normal, model: VoiceModel, voices: Voices) -> NDArray[np.int64]:
    likely: list[Numbers] = []
    spoke: list[NDArray[np.bool_]] = []
    for block in _blocks(frames):
        cells = count_cells(block, normal, model)
        likely.append(likelihoods(cells, window_statistics(cells.sums) @ model.projection, voices))
        spoke.append(cells.count > 0)
    places = np.flatnonzero(np.concatenate(spoke))
    shares = follow(np.concatenate(likely)[places], np.diff(places, prepend=places[0]))
    return _filled(places, shares.argmax(axis=1), sum(map(len, spoke)))


def _filled(places: NDArray[np.int64], speakers: NDArray[np.int64], cells: int) -> NDArray[np.int64]:
    """For every cell the speaker of the nearest of `places`."""
    middles = (places[1:] + places[:-1]) / 2
    return np.asarray(speakers[np.searchsorted(middles, np.arange(cells))])


def _turns(spans: list[Span], speakers: NDArray[np.int64]) -> list[SpeakerTurn]:
    """Spans cut where the speaker changes, numbered by who speaks first."""
    turns: list[SpeakerTurn] = []
    numbers: dict[int, int] = {}
    for span in spans:
        at = span.start
        while at < span.end - 1e-6:
            cell = min(int(at / CELL + 1e-6), len(speakers) - 1)
            end = min(span.end, (cell + 1) * CELL) if cell < len(speakers) - 1 else span.end
            speaker = numbers.setdefault(int(speakers[cell]), len(numbers))
            if turns and turns[-1].speaker == speaker and at - turns[-1].end < _JOIN:
                turns[-1] = SpeakerTurn(turns[-1].start, end, speaker)
            else:
                turns.append(SpeakerTurn(at, end, speaker))
            at = end
    return turns
