"""English recordings with their words: the samples, other synthetic calls, and a little real speech."""

import json
import shutil
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from audio.clip import Samples
from audio.decoding.decode import open_clip
from benchmarks.dialogues import dialogues
from benchmarks.telephone import RATE, over_telephone

_SAMPLES = Path(__file__).parents[1] / "samples"
_SPOKEN_RATE = 16_000
_PAUSE = 0.6
_NOISE = 1e-4
"""Of full scale, -80 dB, so that silence is not made of zeros."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A recording and what is said in it."""

    path: Path
    texts: dict[int, str]
    """By channel; a mixed recording has channel 0."""


def spoken_sets(folder: Path, data: Path | None) -> dict[str, list[Spoken]]:
    """Sets by name, clean and over the telephone; files that have to be made go to `folder`.

    Without flite the other calls are left out, and without `data`, the folder of real recordings, the real speech.
    """
    sets: dict[str, list[Spoken]] = {}
    for name, found in (("samples", _samples()), ("other calls", _others(folder)), ("real speech", _real(data))):
        clean = list(found)
        if clean:
            sets[name] = clean
            sets[f"{name}, telephone"] = [_over_telephone(one, folder) for one in clean]
    return sets


def _samples() -> Iterator[Spoken]:
    for story in _module("stories").SPOKEN:
        texts: dict[int, str] = {}
        for line in story.lines:
            channel = 0 if story.sound.mono or line.role == "agent" else 1
            texts[channel] = f"{texts.get(channel, '')} {line.text}"
        yield Spoken(_SAMPLES / "calls" / f"{story.name}{story.sound.suffix}", texts)


def _others(folder: Path) -> Iterator[Spoken]:
    if shutil.which("flite") is None:
        return
    speak, line = _module("speak").speak, _module("stories").Line
    for name, rows in dialogues().items():
        voices = list(dict.fromkeys(voice for voice, _ in rows))
        path = folder / f"other-{name.replace(' ', '-')}.wav"
        if not path.exists():
            _write(path, _laid_out([(voices.index(voice), speak(line("agent", text), voice)) for voice, text in rows]))
        yield Spoken(
            path,
            {
                number: " ".join(text for speaker, text in rows if speaker == voice)
                for number, voice in enumerate(voices)
            },
        )


def _real(data: Path | None) -> Iterator[Spoken]:
    real = data / "audio" / "real" if data else None
    if real is None or not real.is_dir():
        return
    for name, text in json.loads((real / "lhotse_texts.json").read_text()).items():
        yield Spoken(real / f"{name}.wav", {0: text})
    yield Spoken(real / "jfk.flac", {0: (real / "jfk.txt").read_text()})
    sides = json.loads((real / "stereo_diarization.json").read_text())
    yield Spoken(real / "stereo_diarization.wav", {0: sides["left"], 1: sides["right"]})


def _laid_out(spoken: list[tuple[int, Samples]]) -> Samples:
    """Line after line, each on its speaker's channel."""
    pause = round(_PAUSE * _SPOKEN_RATE)
    whole = np.zeros((2, pause + sum(len(sound) + pause for _, sound in spoken)), np.float32)
    at = pause
    for channel, sound in spoken:
        whole[channel, at : at + len(sound)] = sound
        at += len(sound) + pause
    return whole + np.random.default_rng(0).standard_normal(whole.shape, dtype=np.float32) * np.float32(_NOISE)


def _over_telephone(one: Spoken, folder: Path) -> Spoken:
    path = folder / f"{one.path.stem}-telephone.wav"
    if not path.exists():
        clip = open_clip(one.path, max_seconds=600)
        sound = np.concatenate(list(clip.windows(60.0)), axis=1)
        _write(path, over_telephone(sound, clip.rate), rate=RATE)
    return Spoken(path, one.texts)


def _write(path: Path, sound: Samples, *, rate: int = _SPOKEN_RATE) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(sound))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").T.tobytes())


def _module(name: str) -> Any:
    """Of the samples, whose scripts know each other by their bare names."""
    from importlib import import_module

    if str(_SAMPLES) not in sys.path:
        sys.path.insert(0, str(_SAMPLES))
    return import_module(name)
