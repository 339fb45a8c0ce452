"""The model hub. Nothing else of the product asks it for anything, and this only when a model is to be fetched."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from models.errors import SettingsError
from transcription import manifest
from transcription.manifest import Told

log = logging.getLogger(__name__)

FetchProgress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

_ANSWER_TIMEOUT = 10.0
"""Seconds for the hub to answer one question."""
_POLL = 0.25


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be fetched."""

    name: str
    """As `earmark models fetch` takes it, with its engine: `whisper:small`."""
    repository: str
    """Its hub id."""
    patterns: tuple[str, ...]
    """Of the files that are needed."""


@dataclass(frozen=True, slots=True)
class Access:
    """The hub, and who asks."""

    endpoint: str | None = None
    """Another one than Hugging Face's."""
    token: str | None = field(default=None, repr=False)
    """For models that are not everybody's; None: what Hugging Face tools have kept, if anything."""


OPEN = Access()


def bring(wish: Wish, folder: Path, progress: FetchProgress, *, access: Access = OPEN, stall: float = 60.0) -> None:
    """Fetch the files into `folder` and write down what they are; a broken download goes on where it stopped.

    `stall`: seconds without one new byte after which it is given up. Raises SettingsError with what to do when the hub
    cannot be reached, has no such model, or sent a damaged file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    download = _Download(wish, folder, access)
    download.watch(progress, stall)
    if download.error is not None:
        raise SettingsError(_advice(wish, folder, download.error)) from download.error
    manifest.write(folder, name=wish.name, source=f"{wish.repository}@{download.revision}", told=download.told)


def is_path(model: str) -> bool:
    return model.startswith((".", "/", "~")) or "\\" in model or Path(model).is_dir()


def folder_name(repository: str) -> str:
    return repository.replace("/", "--")


class _Download:
    """The hub's library at work in a thread, watched by what it writes."""

    def __init__(self, wish: Wish, folder: Path, access: Access) -> None:
        self.error: Exception | None = None
        self.told: dict[str, Told] = {}
        self.revision = ""
        self._wish = wish
        self._folder = folder
        self._access = access
        self._done = threading.Event()

    def watch(self, progress: FetchProgress, stall: float) -> None:
        """Until it is done, has failed, or has brought no byte for `stall` seconds."""
        threading.Thread(target=self._run, name="fetch-weights", daemon=True).start()
        seen, quiet = -1, 0.0
        while not self._done.wait(_POLL):
            size, total = self._size(), self._total
            quiet = quiet + _POLL if size == seen else 0.0
            if size != seen and total:
                progress(min(size, total), total)
            seen = size
            if quiet >= stall:
                self.error = TimeoutError(f"no byte came for {stall:g} seconds")
                return
        if self.error is None and self._total:
            progress(self._total, self._total)

    @property
    def _total(self) -> int:
        return sum(said.size or 0 for said in self.told.values())

    def _run(self) -> None:
        from huggingface_hub import HfApi, snapshot_download

        try:
            about = HfApi(endpoint=self._access.endpoint, token=self._access.token).model_info(
                self._wish.repository, files_metadata=True, timeout=_ANSWER_TIMEOUT
            )
            self.revision = str(about.sha)
            self.told = {file.rfilename: _told(file) for file in about.siblings or () if self._is_wanted(file)}
            snapshot_download(
                self._wish.repository,
                revision=about.sha,
                local_dir=self._folder,
                allow_patterns=list(self._wish.patterns),
                etag_timeout=_ANSWER_TIMEOUT,
                endpoint=self._access.endpoint,
                token=self._access.token,
                tqdm_class=_silent_bar(),
            )
        except Exception as error:
            # The end of a thread is a door; which HTTP library's errors the hub's raises has changed before.
            log.debug("fetching %s failed", self._wish.repository, exc_info=True)
            self.error = error
        finally:
            self._done.set()

    def _is_wanted(self, file: Any) -> bool:
        return any(fnmatchcase(file.rfilename, pattern) for pattern in self._wish.patterns)

    def _size(self) -> int:
        sizes = 0
        for file in self._folder.rglob("*"):
            try:
                sizes += file.stat().st_size if file.is_file() else 0
            except OSError:  # Renamed while we looked.
                continue
        return sizes


def _told(file: Any) -> Told:
    return Told(file.size, getattr(file.lfs, "sha256", None))


def _silent_bar() -> Any:
    from faster_whisper.utils import disabled_tqdm

    return disabled_tqdm


def _advice(wish: Wish, folder: Path, error: Exception) -> str:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    engine, _, model = wish.name.partition(":")
    if isinstance(error, RepositoryNotFoundError | GatedRepoError):
        why = type(error).__name__
        return (
            f"the model hub does not give out {model!r} ({why}): check the name, or set EARMARK_HUB_TOKEN to a token "
            "that may read it"
        )
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    whisper = engine == "whisper"
    used = "set EARMARK_WHISPER_MODEL to where it lies" if whisper else "name it in EARMARK_TRANSCRIBER"
    return (
        f"cannot fetch the {'Whisper' if whisper else engine} model {model!r} from the model hub ({reason[:200]}). On "
        f"a machine with a network run `earmark models fetch {model if whisper else wish.name}`, copy the folder "
        f"{folder.name} to this machine, into the folder that `earmark models where` prints, or {used}"
    )
