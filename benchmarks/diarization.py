"""Diarization error of `embedded`: `python -m benchmarks.diarization FOLDER [DATA]`.

DATA is the folder with real recordings (`audio/real` in it). FOLDER keeps pyannote.audio's wheel, of which only the
sample is taken; where it cannot be had, that row is left out. One setting for all files. Beside the engine: what
calling everybody one speaker makes of the same speech, and what would be left if each piece of that speech had the
right speaker (it still misses what two say at once).
"""

import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from audio.decoding.decode import open_clip
from audio.quality import mono
from audio.sound import Sound, listen
from audio.speech import Span
from benchmarks.der import Stretch, error_rate, read_rttm
from benchmarks.table import markdown
from diarization.engines.embedded import create
from models.context import Context

_WHEEL = "pyannote.audio==4.0.7"
_LONGEST = 3600.0
HEAD = ("recording", "speakers", "found", "one speaker", "embedded", "floor", "real-time factor", "chose the setting")


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    sound: Path
    reference: list[Stretch]
    chose: bool
    """It was among the recordings by which the engine's numbers were chosen."""


def table(folder: Path, data: Path | None) -> list[list[str]]:
    """Rows in the order of `HEAD`; errors in percent, collar 0 / 0.25."""
    create().diarize(_mixed(_own()), Context())  # Libraries load once for a process.
    return [_row(case) for case in _cases(folder, data)]


def _own() -> Path:
    return Path(__file__).parents[1] / "samples" / "calls" / "05-wrong-number.mp3"


def _cases(folder: Path, data: Path | None) -> Iterator[Case]:
    if data:
        real = data / "audio" / "real"
        for number in (40, 49):
            sound = next(real.glob(f"call_auto_repairs_{number}_*.flac"))
            yield Case(f"call_auto_repairs_{number}", sound, read_rttm(_energy(real, number)), chose=True)
        yield Case("falcon_3spk", real / "falcon_3spk.wav", read_rttm(real / "falcon_3spk.rttm"), chose=True)
        for name in ("ami_tst00", "ami_dev00", "ami_trn03"):
            yield Case(name, real / f"{name}.flac", read_rttm(real / f"{name}.rttm"), chose=True)
        stereo = real / "stereo_diarization.wav"
        yield Case("stereo_diarization", stereo, _by_channel(stereo), chose=True)
    sample = _sample(folder)
    if sample:
        yield Case("pyannote's sample", sample, read_rttm(sample.with_suffix(".rttm")), chose=False)


def _energy(real: Path, number: int) -> Path:
    return real / f"call_auto_repairs_{number}.energy.rttm"


def _by_channel(path: Path) -> list[Stretch]:
    """Two speakers on channels of their own: speech of each, as Silero has it."""
    heard = listen(open_clip(path, max_seconds=_LONGEST), named=True).speech()
    return [Stretch(span.start, span.end, str(number)) for number, spans in heard.items() for span in spans]


def _sample(folder: Path) -> Path | None:
    target = folder / "pyannote" / "audio" / "sample" / "sample.wav"
    if not target.exists():
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", _WHEEL, "-d", str(folder)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        with zipfile.ZipFile(next(folder.glob("pyannote*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith("pyannote/audio/sample/")])
    return target


def _mixed(path: Path) -> Sound:
    clip = open_clip(path, max_seconds=_LONGEST)
    return listen(mono(clip, range(clip.channels)), named=False)


def _row(case: Case) -> list[str]:
    began = time.process_time()
    sound = _mixed(case.sound)
    turns = create().diarize(sound, Context()).turns
    cost = (time.process_time() - began) / sound.clip.duration
    found = [Stretch(turn.start, turn.end, str(turn.speaker)) for turn in turns]
    one = [replace(stretch, speaker="0") for stretch in found]
    floor = list(_rightly(case.reference, [Span(turn.start, turn.end) for turn in turns]))
    errors = [_both(case.reference, said) for said in (one, found, floor)]
    counts = [str(len({stretch.speaker for stretch in said})) for said in (case.reference, found)]
    return [case.name, *counts, *errors, f"{cost:.3f}", "yes" if case.chose else "no"]


def _both(reference: list[Stretch], said: list[Stretch]) -> str:
    return " / ".join(f"{error_rate(reference, said, collar=collar).total:.1f}" for collar in (0.0, 0.25))


def _rightly(reference: list[Stretch], spans: list[Span]) -> Iterator[Stretch]:
    """The same speech, each hundredth of a second given to a true speaker of it, or to the nearest."""
    for span in spans:
        for at in np.arange(round(span.start * 100), round(span.end * 100)) / 100:
            nearest = min(reference, key=lambda true: max(true.start - at, at + 0.01 - true.end, 0.0))
            yield Stretch(at, at + 0.01, nearest.speaker)


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else "benchmarks/.made")
    folder.mkdir(parents=True, exist_ok=True)
    print(markdown(HEAD, table(folder, Path(arguments[1]) if arguments[1:] else None)))
    print("\nErrors: percent, collar 0 / 0.25. `one speaker` and `floor` share the speech of `embedded`.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
