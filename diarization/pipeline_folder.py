"""A pyannote pipeline on this disk: what its `config.yaml` names, and where each part lies."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import SettingsError

CONFIG = "config.yaml"
NEEDED = {
    "segmentation": ("pytorch_model.bin",),
    "embedding": ("pytorch_model.bin",),
    "plda": ("xvec_transform.npz", "plda.npz"),
}
"""The parts of a pipeline, and the files of each."""
_PIPELINES = ("pyannote.audio.pipelines.SpeakerDiarization",
              "pyannote.audio.pipelines.speaker_diarization.SpeakerDiarization")  # fmt: skip
_POINTER = b"version https://git-lfs"


@dataclass(frozen=True, slots=True)
class Parts:
    """A pipeline on this disk."""

    config: Mapping[str, Any]
    found: Mapping[str, Path]
    """For each part the file of its weights, or the folder with them for `plda`."""


def parts_of(folder: Path) -> Parts:
    """What `config.yaml` names, found on this disk. SettingsError names the first file that is not."""
    config = read_config(folder)
    params = config["pipeline"].get("params") or {}
    found: dict[str, Path] = {}
    for part, files in NEEDED.items():
        if part == "plda" and params.get("clustering", "VBxClustering") != "VBxClustering":
            continue
        found[part] = _found(folder, part, params.get(part, f"$model/{part}"), files)
    return Parts(config, found)


def fingerprint(parts: Parts) -> str:
    """Of the settings and of the weights' sizes and beginnings: another model has another one."""
    digest = hashlib.sha256(repr(sorted(parts.config.items(), key=str)).encode())
    for part, path in sorted(parts.found.items()):
        for file in (path / name for name in NEEDED[part]) if path.is_dir() else (path,):
            digest.update(str(file.stat().st_size).encode())
            with file.open("rb") as opened:
                digest.update(opened.read(1 << 20))
    return digest.hexdigest()[:10]


def checked_folder(folder: Path) -> Path:
    """The same folder; SettingsError names what is missing in it."""
    parts_of(folder)
    return folder


def read_config(folder: Path) -> Mapping[str, Any]:
    import yaml

    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}; EARMARK_PYANNOTE_MODEL has to name one with {CONFIG} in it")
    if not (folder / CONFIG).is_file():
        raise SettingsError(f"{folder} has no {CONFIG}, so it is no pyannote pipeline; copy the whole folder")
    try:
        config = yaml.safe_load((folder / CONFIG).read_bytes())
        name = config["pipeline"]["name"]
    except (yaml.YAMLError, TypeError, KeyError, UnicodeDecodeError) as error:
        raise SettingsError(f"{folder / CONFIG} describes no pyannote pipeline ({type(error).__name__})") from error
    if name not in _PIPELINES:
        raise SettingsError(f"{folder / CONFIG} is of {name!r}; a pipeline of speaker diarization is needed")
    return dict(config)


def _found(folder: Path, part: str, named: object, files: tuple[str, ...]) -> Path:
    """Where the part lies: below the folder, beside it (repositories cloned next to each other), or in the hub's cache.

    A path to the weights themselves is right too: many who took 3.1 offline have edited their `config.yaml` so.
    """
    if isinstance(named, Mapping):
        named = f"{named.get('checkpoint', '$model')}/{named.get('subfolder') or ''}".rstrip("/")
    name = str(named).removeprefix("$model/").partition("@")[0]
    short = short_name(name)
    for place in _places(folder, name, files[0]) if name == str(named).partition("@")[0] else [folder / name]:
        if place.is_file() and part != "plda":
            return _whole(place)
        if all((place / file).is_file() for file in files):
            whole = [_whole(place / file) for file in files]
            return place if part == "plda" else whole[0]
    missing = next(file for file in files if not (folder / short / file).is_file())
    raise SettingsError(
        f"{folder} has no {short}/{missing}, which its {CONFIG} wants as {part} ({named}); "
        "`earmark models fetch` brings all parts into one folder; copy that one as a whole"
    )


def _places(folder: Path, name: str, file: str) -> list[Path]:
    """Where a part with a name of its own may lie; a path comes first."""
    cached = hub_folder(name, file) if re.fullmatch(r"[\w.-]+/[\w.-]+", name) else None
    short = short_name(name)
    near = [folder / name, folder / short, folder.parent / short, folder.parent / slug(name)]
    return [*near, cached] if cached else near


def _whole(file: Path) -> Path:
    with file.open("rb") as opened:
        if opened.read(len(_POINTER)) == _POINTER:
            raise SettingsError(f"{file} is only a pointer of Git LFS, not the weights; run `git lfs pull` there")
    return file


def slug(repository: str) -> str:
    return repository.replace("/", "--")


def short_name(repository: str) -> str:
    return repository.partition("@")[0].rstrip("/").rpartition("/")[2]


def hub_folder(repository: str, file: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, file)
    return Path(found).parent if isinstance(found, str) else None
