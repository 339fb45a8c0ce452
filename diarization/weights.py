"""Where pyannote's models lie, and how they get there: a folder that holds all parts, so that loading asks no network.

Two kinds of repositories are known on the hub. `speaker-diarization-community-1` holds its parts itself
(`$model/segmentation`, `$model/embedding`, `$model/plda`); the `config.yaml` of `speaker-diarization-3.1` names other
repositories, and fetching it puts those into folders of their names below it.
"""

import re
from collections.abc import Callable
from pathlib import Path

from diarization.pipeline_folder import CONFIG, NEEDED, checked_folder, hub_folder, read_config, short_name, slug
from models.errors import SettingsError

FetchProgress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""

COMMUNITY_1 = "pyannote/speaker-diarization-community-1"
NAMES = {"community-1": COMMUNITY_1, "3.1": "pyannote/speaker-diarization-3.1"}
_WANTED = (CONFIG, "pytorch_model.bin", "xvec_transform.npz", "plda.npz", "README.md", "LICENSE")
"""Files that are fetched; the licence (CC-BY-4.0 of community-1) asks that its text goes along."""
_ANSWER_TIMEOUT = 10.0
"""Seconds for the hub to answer one question."""


def is_here(model: str, cache_dir: Path | None) -> Path | None:
    """The folder of a complete pipeline, or None. Never touches the network.

    `model` is a folder, `community-1`, `3.1` or a hub id. Looks in `cache_dir`, then where Hugging Face tools keep
    theirs. Raises SettingsError for a folder that lacks a file, and for a name that can be no hub id.
    """
    if _is_path(model):
        return checked_folder(Path(model).expanduser())
    repository = repository_of(model)
    own = cache_dir / slug(repository) if cache_dir is not None else None
    for folder in (own, hub_folder(repository, CONFIG)):
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
    folder = cache_dir / slug(repository)
    hub.take(repository, folder)
    params = read_config(folder)["pipeline"].get("params") or {}
    for part in NEEDED:
        named = params.get(part)
        if isinstance(named, str) and re.fullmatch(r"[\w.-]+/[\w.-]+(@[\w.-]+)?", named) and not named.startswith("$"):
            hub.take(named, folder / short_name(named))
    return checked_folder(folder)


def token_of_this_machine(token: str | None) -> str | None:
    """The given one, else that of the hub's own tools (`hf auth login`, `HF_TOKEN`)."""
    from huggingface_hub import get_token

    return token or get_token()


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


def _is_wanted(name: str) -> bool:
    return name.rpartition("/")[2] in _WANTED


def _is_path(model: str) -> bool:
    return model.startswith((".", "/", "~")) or "\\" in model or Path(model).is_dir()


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
