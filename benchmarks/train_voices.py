"""Learns `diarization/voices.json` from recorded people: `python -m benchmarks.train_voices FOLDER`.

FOLDER has the sound of the packages that `benchmarks/people.py` names. Takes some ten minutes. People are put on one
line with somebody whose voice is as high, or with nobody, as in a call: turns, each with an effort and level of its
own, played faster or slower, a line with its tilt, noise and mu-law. What differs within a voice over such a
conversation is the spread to be divided out, what differs between the two is what to look for.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np

from audio.sound import listen
from benchmarks.people import RATE, Person, Sound, people
from diarization.engines.embedded import SURE
from diarization.voices import (
    CELL,
    COEFFICIENTS,
    Frames,
    Normal,
    Numbers,
    VoiceModel,
    count_cells,
    hear_frames,
    sum_around,
    window_statistics,
)

CONVERSATIONS = 700
SOUNDS = 32
DIMENSIONS = 60
_TWO = 0.55
"""Of the conversations, the share with two voices."""
_AS_HIGH = 0.35
"""Octaves between the two at most: such are hard to tell apart."""
_SPEEDS = (1, 1, 0.9, 1.1)
_SECONDS = (20, 30, 30, 45)
_SHRINK = 0.05
"""Of the spread within a voice, towards the same in each direction. 0.02 to 0.05 did best on people held out."""
_CLEAR = 0.08
"""Seconds of the other voice in a window that is one voice's at most."""
_LEAST_FRAMES = 80
"""Of speech, in a window of 175."""
_LEAST_WINDOWS = 8
_BANDS = np.array([100, 250, 400, 600, 900, 1300, 1800, 2400, 3000, 3700, 4500, 8000])
"""Hz, between which a person's recording is compared with everybody's."""


@dataclass(frozen=True, slots=True)
class Conversation:
    frames: Frames
    said: Numbers
    """Shape (cells, 2): seconds of each."""


@dataclass(frozen=True, slots=True)
class _Speaker:
    person: Person
    pitch: float
    """Median, octaves."""
    filter: Numbers
    """Makes the recording sound as everybody's, so that not rooms and microphones are learned."""


@dataclass
class _Held:
    """Sound in memory as a Clip."""

    sound: Sound
    rate: int = RATE
    channels: int = 1
    partial: bool = False

    @property
    def duration(self) -> float:
        return len(self.sound) / self.rate

    def windows(self, seconds: float) -> Iterator[Sound]:
        size = round(seconds * self.rate)
        for first in range(0, len(self.sound), size):
            yield self.sound[None, first : first + size]


def _speakers(everybody: list[Person]) -> list[_Speaker]:
    from scipy.signal import firwin2

    levels = np.array([_levels(person) for person in everybody])
    gains = np.clip(levels.mean(axis=0) - levels, -18, 18)
    edges = np.concatenate([[0], (_BANDS[:-1] + _BANDS[1:]) / 2, [8000]]) / 8000
    filters = [firwin2(129, edges, 10 ** (np.pad(gain, 1, mode="edge") / 20)) for gain in gains]
    return [_Speaker(one, _height(one), shape) for one, shape in zip(everybody, filters, strict=True)]


def _levels(person: Person) -> Numbers:
    """dB in each band, of the louder frames."""
    sound = np.concatenate(person.said)[: RATE * 60]
    frames = sound[: len(sound) // 1024 * 1024].reshape(-1, 1024) * np.hanning(1024)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    mean = power[power.sum(axis=1) > np.percentile(power.sum(axis=1), 40)].mean(axis=0)
    where = np.digitize(np.fft.rfftfreq(1024, 1 / RATE), _BANDS)
    levels = np.array([10 * np.log10(mean[where == band].mean() + 1e-12) for band in range(1, len(_BANDS))])
    return np.asarray(levels - levels[:9].mean())


def _height(person: Person) -> float:
    pitch = hear_frames(_Held(np.concatenate(person.said)[: RATE * 25]), []).pitch
    return float(np.nanmedian(pitch.astype(float)))


def _often(speaker: _Speaker) -> float:
    """Actors in games have many moods; roles of one game were spoken by few; word games are single words."""
    person = speaker.person
    if person.moody:
        return 2.0
    return {"queen": 0.2, "ktuberling": 0.6, "klettres": 0.3}.get(person.name.split()[0], 1.0)


def _chosen(speakers: list[_Speaker], random: np.random.Generator) -> _Speaker:
    often = np.array([_often(speaker) for speaker in speakers])
    return speakers[int(random.choice(len(speakers), p=often / often.sum()))]


def _cast(speakers: list[_Speaker], random: np.random.Generator) -> list[_Speaker]:
    """One who is surely one person, or two of unlike kin and like pitch."""
    if random.random() >= _TWO:
        return [_chosen([speaker for speaker in speakers if speaker.person.alone], random)]
    while True:
        one = _chosen(speakers, random)
        unlike = [other for other in speakers if other.person.kin != one.person.kin]
        others = [other for other in unlike if abs(other.pitch - one.pitch) < _AS_HIGH]
        if others:
            return [one, _chosen(others, random)]


def _lines(speaker: _Speaker, speed: float, flat: bool, random: np.random.Generator) -> Iterator[Sound]:
    """What somebody said, in any order, without end."""
    import soxr
    from scipy.signal import oaconvolve

    while True:
        for at in random.permutation(len(speaker.person.said)):
            line = soxr.resample(speaker.person.said[at], RATE * speed, RATE)
            yield oaconvolve(line, speaker.filter, "same") if flat else line


def _turn(lines: Iterator[Sound], seconds: float, level: float, random: np.random.Generator) -> Sound:
    """Of about so many seconds, in an effort and at a level of its own."""
    from scipy.signal import lfilter

    parts: list[Sound] = []
    while sum(map(len, parts)) < seconds * RATE * 0.8:
        parts += [next(lines)[: round(seconds * RATE)], _pause(0.03, 0.2, random)]
    gain = 10 ** ((level + random.normal(0, 2.5)) / 20)
    return np.asarray(lfilter([1, -random.normal(0, 0.1)], [1], np.concatenate(parts)) * gain, np.float32)


def _pause(least: float, most: float, random: np.random.Generator) -> Sound:
    return np.asarray(random.normal(0, 1e-5, int(RATE * random.uniform(least, most))), np.float32)


def _conversation(cast: list[_Speaker], random: np.random.Generator) -> Conversation:
    flat, longest, size = random.random() < 0.6, random.choice([3, 4, 6]), random.choice(_SECONDS) * RATE
    lines = [_lines(speaker, random.choice(_SPEEDS), flat, random) for speaker in cast]
    levels, shares = random.normal(0, 2, len(cast)), random.uniform(0.6, 1.4, len(cast))
    parts, said, at = [_pause(0.1, 0.5, random)], np.zeros((int(size / RATE / CELL) + 60, 2)), 0.0
    while sum(map(len, parts)) < size:
        who = len(parts) // 2 % len(cast)
        seconds = random.uniform(0.7, longest) * shares[who]
        turn, at = _turn(lines[who], seconds, levels[who], random), sum(map(len, parts)) / RATE
        _count(said[:, who], at, at + len(turn) / RATE)
        parts += [turn, _pause(0.05, 0.6, random)]
    return _heard(_on_a_line(np.concatenate(parts), random), said)


def _count(said: Numbers, start: float, end: float) -> None:
    edges = np.arange(len(said)) * CELL
    said += np.clip(np.minimum(edges + CELL, end) - np.maximum(edges, start), 0, None)


def _heard(sound: Sound, said: Numbers) -> Conversation:
    frames = hear_frames(_Held(sound), listen(_Held(sound), named=False).speech(SURE)[0])
    return Conversation(frames, said[: -(-len(frames.speech) // round(CELL * 100))])


def _on_a_line(sound: Sound, random: np.random.Generator) -> Sound:
    """A tilt of its own, noise, the telephone's band and mu-law."""
    from scipy.signal import butter, firwin2, lfilter, sosfilt

    gains = 10 ** (np.cumsum(random.normal(0, 1.5, 8)) / 20)
    edges = np.array([0, 200, 600, 1200, 2000, 3000, 3800, 8000]) / 8000
    heard = lfilter(firwin2(129, edges, gains / gains.mean()), 1, sound)
    heard = heard / np.sqrt(np.mean(heard**2)) * 0.05
    noise = lfilter([1], [1, -random.uniform(0, 0.9)], random.standard_normal(len(heard)))
    heard = heard + noise / noise.std() * 0.05 * 10 ** (-random.uniform(18, 38) / 20)
    heard = sosfilt(butter(4, [300, 3400], "band", fs=RATE, output="sos"), heard)
    top = np.abs(heard).max() * 1.25
    law = np.round(np.sign(heard) * np.log1p(255 * np.abs(heard) / top) / np.log(256) * 127) / 127
    return np.asarray(np.sign(law) * np.expm1(np.abs(law) * np.log(256)) / 255 * top, np.float32)


def _sounds(heard: list[Conversation]) -> VoiceModel:
    """The mixture, from frames of every conversation."""
    from sklearn.mixture import GaussianMixture

    random, frames = np.random.default_rng(1), []
    for one in heard:
        normal, speech = Normal.of(one.frames), np.flatnonzero(one.frames.speech)
        some = one.frames.mfcc[random.choice(speech, 50)].astype(float)
        frames.append((some - normal.centre) / normal.scale)
    mixture = GaussianMixture(SOUNDS, covariance_type="diag", random_state=0, reg_covar=1e-2, max_iter=40)
    mixture.fit(np.concatenate(frames))
    nothing = np.zeros((0, 0))
    return VoiceModel(mixture.weights_, mixture.means_, np.sqrt(mixture.covariances_), nothing, nothing)


def _sides(one: Conversation, sounds: VoiceModel) -> list[Numbers]:
    """The windows of each voice, those left out in which both speak or hardly anybody."""
    cells = count_cells(one.frames, Normal.of(one.frames), sounds)
    points, said = window_statistics(cells.sums), sum_around(one.said[: len(cells.count)])
    spoke = sum_around(cells.count[:, None])[:, 0] >= _LEAST_FRAMES
    sides = [points[spoke & (said[:, 1 - who] < _CLEAR) & (said[:, who] > 0)] for who in (0, 1)]
    return [side for side in sides if len(side) >= _LEAST_WINDOWS]


def _learned(heard: list[Conversation], sounds: VoiceModel) -> VoiceModel:
    from scipy.linalg import eigh

    sides = [_sides(one, sounds) for one in heard]
    scale = np.concatenate([side for both in sides for side in both]).std(axis=0) + 1e-3
    within = np.concatenate([(side - side.mean(axis=0)) / scale for both in sides for side in both])
    pairs = [(both[0].mean(axis=0) - both[1].mean(axis=0)) / scale for both in sides if len(both) == 2]
    spread = np.cov(within.T, bias=True)
    spread = (1 - _SHRINK) * spread + _SHRINK * np.trace(spread) / len(spread) * np.eye(len(spread))
    apart = np.stack(pairs).T @ np.stack(pairs) / len(pairs) / 4
    values, axes = eigh(apart, spread, subset_by_index=(len(spread) - DIMENSIONS, len(spread) - 1))
    return replace(sounds, projection=axes[:, ::-1] / scale[:, None], between=values[::-1])


def main(arguments: list[str]) -> int:
    """Writes the file anew."""
    assert COEFFICIENTS * SOUNDS == 640
    av.logging.set_level(None)
    speakers, random = _speakers(people(Path(arguments[0]))), np.random.default_rng(0)
    heard = [_conversation(_cast(speakers, random), random) for _ in range(CONVERSATIONS)]
    heard = [one for one in heard if one.frames.speech.sum() >= 600]
    model = _learned(heard, _sounds(heard))
    numbers = {name: np.round(getattr(model, name), 5).tolist() for name in VoiceModel.__slots__}
    target = Path(__file__).parent.parent / "diarization" / "voices.json"
    target.write_text(json.dumps(numbers, separators=(",", ":")) + "\n")
    print(f"{len(speakers)} voices, {len(heard)} conversations, {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
