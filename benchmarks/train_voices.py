"""Learns `diarization/voices.json` from synthetic voices: `python -m benchmarks.train_voices`.

Needs flite, espeak-ng, and festival with Debian's voices for it (see VOICES); takes some ten minutes. No recording of
a person is used. Each voice speaks made-up sentences, is made to several by playing it faster or slower, gets a
line of its own (tilt, noise, mu-law), and changes its effort and level every few seconds. Pairs of them are then
measured as a call is: what differs within a voice is the spread to be divided out, what differs between the two is
what to look for.
"""

import json
import random
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from audio.decoding.decode import open_clip
from diarization.voices import (
    CELL_FRAMES,
    COEFFICIENTS,
    Frames,
    Normal,
    Numbers,
    VoiceModel,
    count_cells,
    hear_frames,
    window_statistics,
)

Sound = NDArray[np.float32]

RATE = 16000
SECONDS = 32
SOUNDS = 32
DIMENSIONS = 60
_FESTIVAL = (
    "suo_fi_lj_diphone hy_fi_mv_diphone pc_diphone lp_diphone ked_diphone kal_diphone upc_ca_ona_hts "
    "msu_ru_nsh_clunits czech_dita czech_krb czech_machac czech_ph cmu_us_slt_arctic_hts"
)
_ESPEAK = (
    "f1 f2 f3 f4 f5 m1 m2 m3 m4 m5 m6 m7 m8 Alicia Andrea Annie anika belinda linda steph aunty grandma grandpa Alex "
    "Michael Denis Diogo Gene Hugo Lee Marco Mario david ed edward john max klatt2 klatt4 norbert pablo quincy rob"
)
_LANGUAGES = ("en-us", "ru", "fa", "de", "en-gb")
VOICES = [
    *(("flite", name) for name in ("kal16", "awb", "rms", "slt")),
    *(("festival", name) for name in _FESTIVAL.split()),
    *(("espeak", f"{_LANGUAGES[at % 5]}+{name}") for at, name in enumerate(_ESPEAK.split())),
]
_SPEEDS = {True: (1, 0.88, 0.94, 1.06, 1.12, 1.18, 0.83), False: (0.95, 1.08)}
"""Of voices made from a person's recordings, and of espeak's, which are all alike."""
_ONSETS = (*"pbtdkgmnlrszfvhj", "sh", "ch", "st", "pl", "tr", "kr")
_VOWELS = (*"aeiou", "ai", "ou")
_CODAS = ["", "", "", "n", "r", "s", "l", "m", "t", "k"]
_CYRILLIC = str.maketrans("abdefghijklmnoprstuvz", "абдефгхийклмнопрстувз")


@dataclass(frozen=True, slots=True)
class Pseudonym:
    frames: Frames
    pitch: float
    """Median, octaves."""
    person: bool
    """Made from recordings of a person."""


def _text(choice: random.Random, sentences: int) -> str:
    def word() -> str:
        syllables = choice.choice([1, 2, 2, 3])
        return "".join(
            choice.choice(_ONSETS) + choice.choice(_VOWELS) + choice.choice(_CODAS) for _ in range(syllables)
        )

    return " ".join(" ".join(word() for _ in range(choice.randint(5, 11))) + "." for _ in range(sentences))


def _spoken(engine: str, name: str, number: int, folder: Path) -> Path:
    choice = random.Random(number)
    text = _text(choice, 16 if engine == "espeak" else 26)
    words, sound = folder / "words.txt", folder / f"{number}.wav"
    words.write_text(text.translate(_CYRILLIC) if "_ru_" in name or name.startswith("ru") else text)
    pitch, speed = str(choice.randint(30, 70)), str(choice.randint(140, 190))
    commands = {
        "flite": ["flite", "-voice", name, "-f", str(words), "-o", str(sound)],
        "festival": ["text2wave", "-eval", f"(voice_{name})", str(words), "-o", str(sound)],
        "espeak": ["espeak-ng", "-v", name, "-p", pitch, "-s", speed, "-f", str(words), "-w", str(sound)],
    }
    subprocess.run(commands[engine], check=True, stderr=subprocess.DEVNULL)
    return sound


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


def _on_a_line(sound: Sound, random_: np.random.Generator) -> Sound:
    """Effort and level that change, a line with its own tilt, noise, and mostly mu-law."""
    from scipy.signal import butter, firwin2, lfilter, sosfilt

    parts, at = [], 0
    while at < len(sound):
        end = at + int(RATE * random_.uniform(1.5, 4))
        part = lfilter([1, -random_.normal(0, 0.12)], [1], sound[at:end])
        parts.append(part * 10 ** (random_.normal(0, 3) / 20))
        at = end
    gains = 10 ** (np.cumsum(random_.normal(0, 1.5, 8)) / 20)
    edges = np.array([0, 200, 600, 1200, 2000, 3000, 3800, 8000]) / 8000
    heard = lfilter(firwin2(129, edges, gains / gains.mean()), 1, np.concatenate(parts))
    heard = heard / np.sqrt(np.mean(heard**2)) * 0.05
    noise = lfilter([1], [1, -random_.uniform(0, 0.9)], random_.standard_normal(len(heard)))
    heard = heard + noise / noise.std() * 0.05 * 10 ** (-random_.uniform(15, 38) / 20)
    if random_.random() < 0.7:
        heard = sosfilt(butter(4, [300, 3400], "band", fs=RATE, output="sos"), heard)
        top = np.abs(heard).max() * 1.25
        law = np.round(np.sign(heard) * np.log1p(255 * np.abs(heard) / top) / np.log(256) * 127) / 127
        heard = np.sign(law) * np.expm1(np.abs(law) * np.log(256)) / 255 * top
    return np.asarray(heard, dtype=np.float32)


def _pseudonyms(folder: Path) -> list[Pseudonym]:
    import soxr

    random_, found = np.random.default_rng(0), []
    for number, (engine, name) in enumerate(VOICES):
        clip = open_clip(_spoken(engine, name, number, folder), max_seconds=600)
        spoken = np.concatenate([window[0] for window in clip.windows(60)])
        for speed in _SPEEDS[engine != "espeak"]:
            size = int(RATE * SECONDS * speed)
            first = int(random_.integers(max(1, len(spoken) - size)))
            other = soxr.resample(spoken[first : first + size], RATE * speed, RATE)
            found.append(_measured(_on_a_line(other, random_), person=engine != "espeak"))
    return found


def _measured(sound: Sound, *, person: bool) -> Pseudonym:
    heard = hear_frames(_Held(sound), [])
    power = np.convolve(sound**2, np.ones(400) / 400, "same")[:: RATE // 100][: len(heard.speech)]
    level = 10 * np.log10(np.pad(power, (0, len(heard.speech) - len(power))) + 1e-12)
    frames = replace(heard, speech=level > np.percentile(level, 95) - 30)
    return Pseudonym(frames, float(np.nanmedian(heard.pitch[frames.speech].astype(float))), person)


def _together(first: Frames, second: Frames) -> Frames:
    whole = [len(frames.speech) // CELL_FRAMES * CELL_FRAMES for frames in (first, second)]
    return Frames(
        *(
            np.concatenate([getattr(first, name)[: whole[0]], getattr(second, name)[: whole[1]]])
            for name in Frames.__slots__
        )
    )


def _sounds(voices: list[Pseudonym]) -> VoiceModel:
    """The mixture, from 200 frames of each of 150 pairs."""
    from sklearn.mixture import GaussianMixture

    random_, frames = np.random.default_rng(1), []
    for _ in range(150):
        one, two = random_.choice(len(voices), 2, replace=False)
        pair = _together(voices[one].frames, voices[two].frames)
        normal = Normal.of(pair)
        heard = (pair.mfcc[pair.speech].astype(float) - normal.centre) / normal.scale
        frames.append(heard[random_.choice(len(heard), 200)])
    mixture = GaussianMixture(SOUNDS, covariance_type="diag", random_state=0, reg_covar=1e-2, max_iter=40)
    mixture.fit(np.concatenate(frames))
    nothing = np.zeros((0, 0))
    return VoiceModel(mixture.weights_, mixture.means_, np.sqrt(mixture.covariances_), nothing, nothing)


def _wobbled(frames: Frames, random_: np.random.Generator) -> Frames:
    """People speak higher and lower from sentence to sentence; these voices do not."""
    steps = random_.normal(0, 0.2, len(frames.pitch) // 250 + 1)
    return replace(frames, pitch=(frames.pitch + np.repeat(steps, 250)[: len(frames.pitch)]).astype(np.float16))


def _learned(voices: list[Pseudonym], sounds: VoiceModel) -> VoiceModel:
    from scipy.linalg import eigh

    random_ = np.random.default_rng(2)
    within: list[Numbers] = []
    between: list[Numbers] = []
    for one, two in _pairs(voices, random_):
        frames = _together(_wobbled(voices[one].frames, random_), _wobbled(voices[two].frames, random_))
        cells = count_cells(frames, Normal.of(frames), sounds)
        points, half = window_statistics(cells.sums), len(voices[one].frames.speech) // CELL_FRAMES
        sides = [points[4 : half - 4 : 2], points[half + 4 : -4 : 2]]
        within += [side - side.mean(axis=0) for side in sides]
        between.append(sides[0].mean(axis=0) - sides[1].mean(axis=0))
    spread = np.cov(np.concatenate(within).T, bias=True)
    spread += 0.02 * np.trace(spread) / len(spread) * np.eye(len(spread))
    apart = np.stack(between).T @ np.stack(between) / len(between) / 4
    values, axes = eigh(apart, spread, subset_by_index=(len(spread) - DIMENSIONS, len(spread) - 1))
    return replace(sounds, projection=axes[:, ::-1], between=values[::-1])


def _pairs(voices: list[Pseudonym], random_: np.random.Generator, count: int = 400) -> list[tuple[int, int]]:
    """More often of similar pitch than not: these are hard to tell apart. espeak's voices come up less."""
    pitch = np.array([voice.pitch for voice in voices])
    often = np.where([voice.person for voice in voices], 1.0, 0.35)
    found = []
    for _ in range(count):
        one = int(random_.choice(len(voices), p=often / often.sum()))
        others = np.setdiff1d(np.arange(len(voices)), [one])
        near = others[np.abs(pitch[others] - pitch[one]) < 0.35]
        found.append((one, int(random_.choice(near if len(near) and random_.random() < 0.6 else others))))
    return found


def main() -> None:
    """Writes the file anew."""
    assert COEFFICIENTS * SOUNDS == 640
    av.logging.set_level(None)
    with tempfile.TemporaryDirectory() as folder:
        voices = _pseudonyms(Path(folder))
    model = _learned(voices, _sounds(voices))
    numbers = {name: np.round(getattr(model, name), 5).tolist() for name in VoiceModel.__slots__}
    target = Path(__file__).parent.parent / "diarization" / "voices.json"
    target.write_text(json.dumps(numbers, separators=(",", ":")) + "\n")
    print(f"{len(voices)} voices, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
