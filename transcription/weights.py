"""Where Whisper's weights lie, and how they get there. Nothing else of the product asks the model hub for anything."""

import logging
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.errors import SettingsError

log = logging.getLogger(__name__)

FetchProgress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_FILES = ("config.json", "model.bin", "tokenizer.json")
_VOCABULARY = ("vocabulary.json", "vocabulary.txt")
_PATTERNS = [*_FILES, "preprocessor_config.json", "vocabulary.*"]
_ANSWER_TIMEOUT = 10.0
"""Seconds for the hub to answer one question."""
_STALL = 60.0
"""Seconds without one new byte after which a download is given up."""
_POLL = 0.25


def is_here(model: str, cache_dir: Path | None) -> Path | None:
    """The folder of complete weights, or None. Never touches the network.

    `model` is a folder, a size such as `small`, or a hub id such as `Systran/faster-whisper-small`. Looks in
    `cache_dir`, then where Hugging Face tools keep theirs. Raises SettingsError for a folder that lacks a file and
    for a size that does not exist.
    """
    if _is_path(model):
        return checked_folder(Path(model).expanduser())
    repository = repository_of(model)
    own = _own_folder(repository, cache_dir)
    if own is not None and not missing_file(own):
        return own
    return _in_hub_cache(repository)


def checked_folder(folder: Path) -> Path:
    """The same folder; SettingsError names what is missing in it."""
    if not folder.is_dir():
        raise SettingsError(f"there is no folder {folder}; EARMARK_WHISPER_MODEL has to name one with Whisper weights")
    missing = missing_file(folder)
    if missing:
        raise SettingsError(
            f"{folder} has no {missing}, so it is no complete Whisper model for faster-whisper; copy the whole folder "
            f"({', '.join(_FILES)}, {_VOCABULARY[0]}), or convert the model with ct2-transformers-converter"
        )
    return folder


def missing_file(folder: Path) -> str | None:
    """The first file that weights need and `folder` lacks.

    Without `tokenizer.json` the library would ask the hub for one behind our back.
    """
    for name in _FILES:
        if not (folder / name).is_file():
            return name
    return None if any((folder / name).is_file() for name in _VOCABULARY) else _VOCABULARY[0]


def repository_of(model: str) -> str:
    """The hub id of a size name; a hub id is returned as it is. SettingsError for anything else."""
    if re.fullmatch(r"[\w.-]+/[\w.-]+", model):
        return model
    from faster_whisper.utils import _MODELS

    if model not in _MODELS:
        raise SettingsError(
            f"{model!r} is no Whisper model; use a folder, a hub id (name/model), or one of: {', '.join(_MODELS)}"
        )
    return str(_MODELS[model])


def fetch(
    model: str, cache_dir: Path, progress: FetchProgress, *, endpoint: str | None = None, stall: float = _STALL
) -> Path:
    """Fetch weights into a folder of their own below `cache_dir`; what is there already is kept.

    A broken download goes on where it stopped. `endpoint` is another hub. Raises SettingsError when the hub cannot be
    reached or has no such model, with what to do then.
    """
    here = is_here(model, cache_dir)
    if here is not None:
        return here
    repository = repository_of(model)
    folder = cache_dir / _slug(repository)
    folder.mkdir(parents=True, exist_ok=True)
    download = _Download(repository, folder, endpoint)
    download.watch(progress, stall)
    if download.error is not None:
        raise SettingsError(_advice(model, folder, download.error)) from download.error
    return checked_folder(folder)


class _Download:
    """The hub's library at work in a thread, watched by what it writes."""

    def __init__(self, repository: str, folder: Path, endpoint: str | None) -> None:
        self.error: Exception | None = None
        self._repository = repository
        self._folder = folder
        self._endpoint = endpoint
        self._total = 0
        self._done = threading.Event()

    def watch(self, progress: FetchProgress, stall: float) -> None:
        """Until it is done, has failed, or has brought no byte for `stall` seconds."""
        threading.Thread(target=self._run, name="fetch-weights", daemon=True).start()
        seen, quiet = -1, 0.0
        while not self._done.wait(_POLL):
            size = self._size()
            quiet = quiet + _POLL if size == seen else 0.0
            if size != seen and self._total:
                progress(min(size, self._total), self._total)
            seen = size
            if quiet >= stall:
                self.error = TimeoutError(f"no byte came for {stall:g} seconds")
                return
        if self.error is None and self._total:
            progress(self._total, self._total)

    def _run(self) -> None:
        from huggingface_hub import HfApi, snapshot_download

        try:
            about = HfApi(endpoint=self._endpoint).model_info(
                self._repository, files_metadata=True, timeout=_ANSWER_TIMEOUT
            )
            self._total = sum(file.size or 0 for file in about.siblings or () if _is_wanted(file.rfilename))
            snapshot_download(
                self._repository,
                revision=about.sha,
                local_dir=self._folder,
                allow_patterns=_PATTERNS,
                etag_timeout=_ANSWER_TIMEOUT,
                endpoint=self._endpoint,
                tqdm_class=_silent_bar(),
            )
        except Exception as error:
            # The end of a thread is a door; which HTTP library's errors the hub's raises has changed before.
            log.debug("fetching %s failed", self._repository, exc_info=True)
            self.error = error
        finally:
            self._done.set()

    def _size(self) -> int:
        sizes = 0
        for file in self._folder.rglob("*"):
            try:
                sizes += file.stat().st_size if file.is_file() else 0
            except OSError:  # Renamed while we looked.
                continue
        return sizes


def _silent_bar() -> Any:
    from faster_whisper.utils import disabled_tqdm

    return disabled_tqdm


def _is_wanted(name: str) -> bool:
    return name in _FILES or name == "preprocessor_config.json" or name in _VOCABULARY


def _is_path(model: str) -> bool:
    return model.startswith((".", "/", "~")) or "\\" in model or Path(model).is_dir()


def _slug(repository: str) -> str:
    return repository.replace("/", "--")


def _own_folder(repository: str, cache_dir: Path | None) -> Path | None:
    return cache_dir / _slug(repository) if cache_dir is not None else None


def _in_hub_cache(repository: str) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repository, "model.bin")
    folder = Path(found).parent if isinstance(found, str) else None
    return folder if folder is not None and not missing_file(folder) else None


def _advice(model: str, folder: Path, error: Exception) -> str:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    if isinstance(error, RepositoryNotFoundError | GatedRepoError):
        return (
            f"the model hub does not give out {model!r} ({type(error).__name__}): check the name, or log in to the hub"
        )
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return (
        f"cannot fetch the Whisper model {model!r} from the model hub ({reason[:200]}). On a machine with a network "
        f"run `earmark models fetch {model}`, copy the folder {folder.name} to this machine, and set "
        "EARMARK_WHISPER_MODEL to where it lies"
    )
