"""Recorded people in Debian packages, from whom `benchmarks.train_voices` learns: prompts, word games, spoken games.

    mkdir people && cd people
    apt-get download asterisk-core-sounds-{en,es,fr,it,ru}-wav asterisk-prompt-{es-co,fr-armelle,it-menardi-wav} \
        klettres-data ktuberling-data tuxpaint-stamps-default fillets-ng-data-{cs,nl} flight-of-the-amazon-queen
    for package in *.deb; do dpkg -x $package .; done

Nothing of the sound is kept; what is learned are sums over all of them.
"""

import io
import re
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
Source = Path | bytes

RATE = 16000
MOST_SECONDS = 400.0
LEAST_SECONDS = 30.0
_SOUNDS = {".wav", ".ogg", ".gsm", ".g722"}
_NO_SPEECH = re.compile(r"/silence/|music|beep|tone")
_LANGUAGE = re.compile(r"[a-z]{2}(_|$)")
_SAME_PERSON = {"en_US_f_Allison": "Allison", "es_MX_f_Allison": "Allison"}
_FISH = {"m": "small", "v": "big"}
"""Fish Fillets: whose line it is stands second in the name of a file. What other letters mean changes by level."""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    kin: str
    """Two of one kin may be the same person: same language of word games, roles of one game."""
    moody: bool
    """An actor in a game, all of whose lines are surely his: many moods."""
    alone: bool
    """Surely one person. The stamps of a language may have been spoken by several."""
    said: list[Sound]


def people(folder: Path) -> list[Person]:
    """All with enough speech, in the order of their names."""
    share = folder / "usr" / "share"
    found = [*_prompts(share / "asterisk" / "sounds"), *_word_games(share), *_stamps(share), *_fish(share)]
    found += _adventure(share / "scummvm" / "flight-of-the-amazon-queen" / "queen.1c")
    return sorted((person for person in found if _seconds(person.said) >= LEAST_SECONDS), key=lambda one: one.name)


def _seconds(said: list[Sound]) -> float:
    return sum(map(len, said)) / RATE


def _files(folder: Path) -> list[Path]:
    every = sorted(path for path in folder.rglob("*") if path.suffix in _SOUNDS)
    return [path for path in every if not _NO_SPEECH.search(str(path))]


def _prompts(folder: Path) -> Iterator[Person]:
    for voice in sorted(path for path in folder.glob("*") if _LANGUAGE.match(path.name)):
        kin = _SAME_PERSON.get(voice.name, f"prompts {voice.name}")
        yield Person(f"prompts {voice.name}", kin, moody=False, alone=True, said=_said(_files(voice)))


def _word_games(share: Path) -> Iterator[Person]:
    for folder in sorted([*share.glob("klettres/*/*"), *share.glob("ktuberling/sounds/*")]):
        if folder.is_dir():
            language = folder.name if folder.parent.name == "sounds" else folder.parent.name
            name = " ".join(folder.relative_to(share).parts)
            yield Person(name, f"language {language[:2]}", moody=False, alone=True, said=_said(_files(folder)))


def _stamps(share: Path) -> Iterator[Person]:
    languages = defaultdict(list)
    for path in sorted((share / "tuxpaint" / "stamps").rglob("*_desc_*.ogg")):
        languages[path.stem.rpartition("_")[2]].append(path)
    for language, paths in languages.items():
        yield Person(f"stamps {language}", f"language {language[:2]}", moody=False, alone=False, said=_said(paths))


def _fish(share: Path) -> Iterator[Person]:
    for language in ("cs", "nl"):
        every = sorted((share / "games" / "fillets-ng" / "sound").rglob(f"{language}/*-*-*.ogg"))
        for letter, size in _FISH.items():
            lines = [path for path in every if path.stem.split("-")[1] == letter]
            name = f"{size} fish {language}"
            yield Person(name, name, moody=True, alone=True, said=_said(lines))


def _adventure(path: Path) -> Iterator[Person]:
    """Flight of the Amazon Queen: MP3 named by conversation, J for the hero and P for whom he talks to."""
    lines: dict[str, list[Source]] = defaultdict(list)
    data = path.read_bytes() if path.exists() else b""
    for name, place, size in _table(data):
        spoken = re.fullmatch(r"(\d\d)[0-9A-F]{4}([JP])\w\.SB", name)
        if spoken:
            lines["hero" if spoken[2] == "J" else f"talk {spoken[1]}"].append(data[place : place + size])
    for role, said in lines.items():
        hero = role == "hero"
        yield Person(f"queen {role}", "queen hero" if hero else "queen", moody=hero, alone=True, said=_said(said))


def _table(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Of ScummVM's QTBL: 12 bytes of name, one of bundle, place and size."""
    at, entry = 15, struct.Struct(">12sBII")
    for _ in range(struct.unpack_from(">H", data, 13)[0] if data else 0):
        name, _, place, size = entry.unpack_from(data, at)
        yield name.rstrip(b"\0").decode("ascii", "replace"), place, size
        at += entry.size


def _said(sources: Iterable[Source]) -> list[Sound]:
    """In an order that is the same every time, up to `MOST_SECONDS`."""
    every, kept = list(sources), []
    for at in np.random.default_rng(0).permutation(len(every)):
        sound = _trimmed(_decoded(every[at]))
        if len(sound):
            kept.append(sound)
        if _seconds(kept) > MOST_SECONDS:
            break
    return kept


def _decoded(source: Source) -> Sound:
    file = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    try:
        with av.open(file, mode="r", metadata_errors="ignore") as opened:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            frames = [part for frame in opened.decode(audio=0) for part in resampler.resample(frame)]
            parts = [part.to_ndarray()[0] for part in (*frames, *resampler.resample(None))]
    except (av.FFmpegError, IndexError):
        return np.zeros(0, np.float32)
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros(0, np.float32)


def _trimmed(sound: Sound) -> Sound:
    """From its first loud hundredth to its last, made equally loud; nothing when it is short or quiet."""
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-10)
    if len(level) < 20 or np.percentile(level, 95) < -50:
        return np.zeros(0, np.float32)
    loud = np.flatnonzero(level > np.percentile(level, 95) - 32)
    kept = sound[max(0, loud[0] - 3) * 160 : (loud[-1] + 6) * 160]
    return np.asarray(kept / np.sqrt(np.mean(kept**2)) * 0.05, np.float32)
