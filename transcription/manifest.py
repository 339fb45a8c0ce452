"""What a fetched folder should hold, written beside it, so that a copy of it can be verified without any network."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import SettingsError

NAME = "earmark.json"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Told:
    """What a hub says of a file."""

    size: int | None
    sha256: str | None
    """Hubs know it of large files only."""


def write(folder: Path, *, name: str, source: str, told: Mapping[str, Told]) -> None:
    """The sizes and hashes of the files in `folder`, checked against what the hub told.

    A damaged file is removed, so that it is fetched anew. Raises SettingsError naming it.
    """
    files = {}
    for file, said in sorted(told.items()):
        size, digest = (folder / file).stat().st_size, sha256(folder / file)
        if (said.size is not None and size != said.size) or (said.sha256 is not None and digest != said.sha256):
            (folder / file).unlink()
            raise SettingsError(f"{file} of {name!r} came damaged from the hub; fetch it again")
        files[file] = {"size": size, "sha256": digest}
    text = json.dumps({"model": name, "source": source, "files": files}, indent=1)
    (folder / NAME).write_text(text + "\n", "utf-8")


def name_in(folder: Path) -> str:
    """The model in a fetched folder, without its engine; empty when nothing says it."""
    name = str(_read(folder).get("model", ""))
    return name.partition(":")[2]


def source_in(folder: Path) -> str:
    """Where a fetched folder came from, such as `Systran/faster-whisper-small@…`; empty when nothing says it."""
    return str(_read(folder).get("source", ""))


def faults(folder: Path) -> list[str]:
    """What is wrong with a folder, file by file. Reads all of it: seconds for each gigabyte."""
    return [fault for file, said in _expected(folder).items() if (fault := _fault(folder / file, file, said))]


def is_written(folder: Path) -> bool:
    """Whether anything is known of what the folder should hold."""
    return bool(_expected(folder))


def sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _expected(folder: Path) -> dict[str, Told]:
    files = _read(folder).get("files")
    if isinstance(files, dict):
        return {name: Told(said.get("size"), said.get("sha256")) for name, said in files.items()}
    return dict(_in_hub_cache(folder))


def _in_hub_cache(folder: Path) -> Iterator[tuple[str, Told]]:
    """The cache of Hugging Face tools links to files that are named by their hash, where the hub told it."""
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.is_symlink() and re.fullmatch("[0-9a-f]{64}", file.resolve().name):
            yield file.name, Told(None, file.resolve().name)


def _fault(path: Path, file: str, said: Told) -> str:
    if not path.is_file():
        return f"{file} is missing"
    size = path.stat().st_size
    if said.size is not None and size != said.size:
        return f"{file} has {size} bytes instead of {said.size}"
    return f"{file} is damaged" if said.sha256 is not None and sha256(path) != said.sha256 else ""


def _read(folder: Path) -> dict[str, Any]:
    try:
        read = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
