"""What was named on the command line, as uploads: recordings with the `.json` beside them, words, facts, addresses."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from connectors.call_json import CallJson, read_call_json
from models.errors import BadInput
from models.upload import Upload
from pipeline.fetch import shown_url
from storage.objects import AUDIO_TYPES

SIDECAR = ".json"
MAX_SIDECAR_BYTES = 8 * 1024**2
"""As for those that land by themselves."""


def expand(paths: Sequence[str]) -> tuple[list[str | Path], list[Path]]:
    """What there is to ingest, each once, and the files of named folders that are none. Raises BadInput.

    A folder stands for the recordings and the `.json` in it and below; hidden files are passed over. A `.json` beside
    a recording that is ingested is not ingested by itself.
    """
    found: dict[str | Path, None] = {}
    passed_over: list[Path] = []
    for name in paths:
        if _is_url(name):
            shown_url(name)
            found[name] = None
            continue
        path = Path(name)
        if not path.exists():
            raise BadInput(f"there is no file or folder {name!r}; name recordings, .json files, folders or URLs")
        for file in _files(path) if path.is_dir() else (path,):
            if file == path or file.suffix.lower() in (SIDECAR, *AUDIO_TYPES):
                found[file] = None
            else:
                passed_over.append(file)
    metadata = {sidecar for file in found if isinstance(file, Path) and (sidecar := sidecar_of(file))}
    return [one for one in found if one not in metadata], passed_over


def _is_url(name: str) -> bool:
    return "://" in name and not Path(name).exists()


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from _files(entry)
        elif entry.is_file():
            yield entry


def sidecar_of(recording: Path) -> Path | None:
    """`call.wav.json` or `call.json` beside `call.wav`."""
    if recording.suffix.lower() == SIDECAR:
        return None
    beside = (recording.with_name(f"{recording.name}{SIDECAR}"), recording.with_suffix(SIDECAR))
    return next((path for path in beside if path.is_file()), None)


def upload_of(
    named: str | Path, *, metadata: Path | None = None, lane: str = "live", region: str | None = None
) -> Upload:
    """What is ingested for a recording, `.json` or URL; `region` is that of local phone numbers. Raises BadInput."""
    if isinstance(named, str):
        about = _read(metadata, region) if metadata else read_call_json({})
        return Upload(facts=about.facts, named=about.named, url=named, origin=shown_url(named), lane=lane)
    own = named if named.suffix.lower() == SIDECAR else None
    beside = own or metadata or sidecar_of(named)
    about = _read(beside, region) if beside else read_call_json({})
    return Upload(
        facts=about.facts,
        named=about.named,
        file=None if own else named,
        transcript=about.transcript if own else None,
        recording_expected=about.recording_expected if own else False,
        object_modified=datetime.fromtimestamp(named.stat().st_mtime, UTC),
        origin=named.name,
        lane=lane,
    )


def _read(path: Path, region: str | None) -> CallJson:
    try:
        size = path.stat().st_size
        if size > MAX_SIDECAR_BYTES:
            raise BadInput(f"{path} has {size:,} bytes; a call's metadata has at most {MAX_SIDECAR_BYTES:,}")
        return read_call_json(path.read_bytes(), region=region)
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from None
    except BadInput as error:
        raise error if str(path) in str(error) else BadInput(f"{path}: {error}") from None
