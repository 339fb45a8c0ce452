"""Where pyannote's models lie, and how they get there: a folder that holds all parts, so that loading asks no network.

Two kinds of repositories are known on the hub. `speaker-diarization-community-1` holds its parts itself
(`$model/segmentation`, `$model/embedding`, `$model/plda`); the `config.yaml` of `speaker-diarization-3.1` names other
repositories, and fetching it puts those into folders of their names below it.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import SettingsError

FetchProgress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

COMMUNITY_1 = "pyannote/speaker-diarization-community-1"
NAMES = {"community-1": COMMUNITY_1, "3.1": "pyannote/speaker-diarization-3.1"}
CONFIG = "config.yaml"
NEEDED = {
    "segmentation": ("pytorch_model.bin",),
    "embedding": ("pytorch_model.bin",),
    "plda": ("xvec_transform.npz", "plda.npz"),
}
"""The parts of a pipeline, and the files of each."""
_PIPELINES = ("pyannote.audio.pipelines.SpeakerDiarization",
              "pyannote.audio.pipelines.speaker_diarization.SpeakerDiarization")  # fmt: skip
_WANTED = (CONFIG, "pytorch_model.bin", "xvec_transform.npz", "plda.npz", "README.md", "LICENSE")
"""Files that are fetched; the licence (CC-BY-4.0 of community-1) asks that its text goes along."""
_POINTER = b"version https://git-lfs"
_ANSWER_TIMEOUT = 10.0
"""Seconds for the hub to answer one question."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A pipeline on this disk."""

    config: Mapping[str, Any]
    found: Mapping[str, Path]
    """For each part the file of its weights, or the folder with them for `plda`."""


def is_here(model: str, cache_dir: Path | None) -> Path | None:
    """The folder of a complete pipeline, or None. Never touches the network.

    `model` is a folder, `community-1`, `3.1` or a hub id. Looks in `cache_dir`, then where Hugging Face tools keep
    theirs. Raises SettingsError for a folder that lacks a file, and for a name that can be no hub id.
    """
    if _is_path(model):
        return checked_folder(Path(model).expanduser())
    repository = repository_of(model)
    own = cache_dir / _slug(repository) if cache_dir is not None else None
    for folder in (own, _hub_folder(repository, CONFIG)):
        if folder is not None and (folder / CONFIG).is_file():
            try:
                return checked_folder(folder)
            except SettingsError:  # Broken off: it is fetched again.
                continue
    return None


def repository_of(model: str) -> str:
    """The hub id of a short name; a hub id is returned as it is. SettingsError for anything else."""
    if model in NAMES:
        return NAMES[model]
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        raise SettingsError(
            f"EARMARK_PYANNOTE_MODEL is {model!r}; use a folder, a hub id (name/model), or one of: {', '.join(NAMES)}"
        )
    return model


def checked_folder(folder: Path) -> Path:
    """The same folder; SettingsError names what is missing in it."""
    parts_of(folder)
    return folder


def parts_of(folder: Path) -> Parts:
    """What `config.yaml` names, found on this disk. SettingsError names the first file that is not."""
    config = _config(folder)
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


def fetch(
    model: str,
    cache_dir: Path,
    *,
    token: str | None = None,
    progress: FetchProgress | None = None,
    endpoint: str | None = None,
) -> Path:
    """Fetch a pipeline and all that it names into one folder below `cache_dir`; what is there already is kept.

    `endpoint` is another hub. Raises SettingsError with what to do when the hub cannot be reached, has no such model,
    or wants its conditions to be accepted first.
    """
    here = is_here(model, cache_dir)
    if here is not None:
        return here
    hub = _Hub(token, endpoint, progress)
    repository = repository_of(model)
    folder = cache_dir / _slug(repository)
    hub.take(repository, folder)
    params = _config(folder)["pipeline"].get("params") or {}
    for part in NEEDED:
        named = params.get(part)
        if isinstance(named, str) and re.fullmatch(r"[\w.-]+/[\w.-]+(@[\w.-]+)?", named) and not named.startswith("$"):
            hub.take(named, folder / _short(named))
    return checked_folder(folder)


class _Hub:
    """The hub's library, file by file: the largest has some 30 MB."""

    def __init__(self, token: str | None, endpoint: str | None, progress: FetchProgress | None) -> None:
        self._token, self._endpoint, self._progress = token, endpoint, progress
        self._done = self._total = 0

    def take(self, repository: str, folder: Path) -> None:
        """All wanted files of a repository (`name/model`, or `name/model@revision`) into a folder."""
        name, _, revision = repository.partition("@")
        try:
            self._take(name, revision or None, folder)
        except Exception as error:  # Which HTTP library's errors the hub's raises has changed before.
            raise SettingsError(_advice(name, error)) from error

    def _take(self, repository: str, revision: str | None, folder: Path) -> None:
        from huggingface_hub import HfApi, hf_hub_download
        from huggingface_hub.utils.tqdm import disable_progress_bars

        disable_progress_bars()  # It would draw one for each file.
        api = HfApi(endpoint=self._endpoint, token=self._token)
        about = api.model_info(repository, revision=revision, files_metadata=True, timeout=_ANSWER_TIMEOUT)
        files = [(one.rfilename, one.size or 0) for one in about.siblings or () if _is_wanted(one.rfilename)]
        self._total += sum(size for _, size in files)
        for file, size in files:
            hf_hub_download(
                repository, file, revision=about.sha, local_dir=folder, token=self._token,
                etag_timeout=_ANSWER_TIMEOUT, endpoint=self._endpoint,
            )  # fmt: skip
            self._done += size
            if self._progress is not None:
                self._progress(self._done, self._total)


def _config(folder: Path) -> Mapping[str, Any]:
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
    short = _short(name)
    places = [folder / name, folder / short, folder.parent / short, folder.parent / _slug(name)]
    cached = _hub_folder(name, files[0]) if re.fullmatch(r"[\w.-]+/[\w.-]+", name) else None
    for place in (*places, *((cached,) if cached else ())):
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


def _whole(file: Path) -> Path:
    with file.open("rb") as opened:
        if opened.read(len(_POINTER)) == _POINTER:
            raise SettingsError(f"{file} is only a pointer of Git LFS, not the weights; run `git lfs pull` there")
    return file


def _is_wanted(name: str) -> bool:
    return name.rpartition("/")[2] in _WANTED


def _is_path(model: str) -> bool:
    return model.startswith((".", "/", "~")) or "\\" in model or Path(model).is_dir()


def _slug(repository: str) -> str:
    return repository.replace("/", "--")


def _short(repository: str) -> str:
    return repository.partition("@")[0].rstrip("/").rpartition("/")[2]


def _hub_folder(repository: str, file: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, file)
    return Path(found).parent if isinstance(found, str) else None


def _advice(repository: str, error: Exception) -> str:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    if isinstance(error, RepositoryNotFoundError | GatedRepoError):
        return (
            f"the model hub does not give out {repository!r} ({type(error).__name__}). Accept its conditions at "
            f"https://hf.co/{repository}, make a token that may read it at https://hf.co/settings/tokens, and set "
            "EARMARK_HUB_TOKEN"
        )
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return (
        f"cannot fetch {repository!r} from the model hub ({reason[:200]}). On a machine with a network run "
        f"`earmark models fetch pyannote:{repository}`, copy that folder to this machine, and set "
        "EARMARK_PYANNOTE_MODEL to where it lies"
    )
