"""Which diarizer `auto` stands for on this machine."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from diarization.weights import is_here, repository_of
from models.errors import SettingsError

AUTO = "auto"
PYANNOTE = "pyannote"
FALLBACK = "embedded"
PACKAGE = "pyannote.audio"
INSTALL = f"{PACKAGE} is not installed (pip install 'earmark[pyannote]', several GB)"
CONDITIONS = (
    "accept its conditions at https://hf.co/{repository}, set EARMARK_HUB_TOKEN and run "
    "`earmark models fetch pyannote:{repository}`, or set EARMARK_PYANNOTE_MODEL to a folder with it"
)


@dataclass(frozen=True, slots=True)
class Choice:
    engine: str
    """A file of `engines/`."""
    weights: Path | None
    """pyannote's folder."""
    reason: str
    """One line for people: why this one, and how to get better."""


def choose_diarizer(
    wanted: str, model: str, cache_dir: Path | None, *, fetching: Callable[[], Path] | None = None
) -> Choice:
    """`auto` is pyannote when its package and model are here, or the model can be fetched, else embedded.

    `fetching` brings the model; without it the network is never touched. Raises SettingsError when pyannote is asked
    for by name and cannot be had.
    """
    if wanted not in (AUTO, PYANNOTE):
        return Choice(wanted, None, f"{wanted}, as it is set")
    try:
        weights = _weights(model, cache_dir, fetching)
    except SettingsError as error:
        if wanted != AUTO:
            raise
        return Choice(FALLBACK, None, f"{FALLBACK}, rougher on like voices, because {error}")
    return Choice(PYANNOTE, weights, f"{PYANNOTE} with {model}, found in {weights}")


def installed() -> str | None:
    """The version of pyannote.audio; None: it is not here. Imports nothing, as torch takes seconds."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return None


def _weights(model: str, cache_dir: Path | None, fetching: Callable[[], Path] | None) -> Path:
    if installed() is None:
        raise SettingsError(INSTALL)
    weights = is_here(model, cache_dir)
    if weights is None and fetching is not None:
        weights = fetching()
    if weights is None:
        repository = repository_of(model)
        raise SettingsError(f"no model {model!r} is on this machine; " + CONDITIONS.format(repository=repository))
    return weights
