"""Which engine `auto` stands for on this machine."""

from dataclasses import dataclass
from pathlib import Path

from models.errors import SettingsError
from transcription.weights import FetchProgress, fetch, is_here

AUTO = "auto"
ADVICE = "run `earmark models fetch {model}`, or set EARMARK_WHISPER_MODEL to a folder with one"


@dataclass(frozen=True, slots=True)
class Choice:
    engine: str
    """A file of `engines/`."""
    weights: Path | None
    """Whisper's folder."""
    reason: str
    """One line for people: why this one, and how to get better."""


def choose_engine(wanted: str, model: str, cache_dir: Path | None, *, fetching: FetchProgress | None = None) -> Choice:
    """`auto` is whisper when its weights are here, or can be fetched (only with `fetching`), else pocketsphinx.

    Raises SettingsError when whisper is asked for by name and its weights cannot be had, or are incomplete.
    """
    if wanted not in (AUTO, "whisper"):
        return Choice(wanted, None, f"{wanted}, as it is set")
    try:
        weights = is_here(model, cache_dir)
        if weights is None and fetching is not None and cache_dir is not None:
            weights = fetch(model, cache_dir, fetching)
        failure = f"no Whisper model {model!r} is on this machine; {ADVICE.format(model=model)}"
    except SettingsError as error:
        if wanted != AUTO:
            raise
        weights, failure = None, str(error)  # which says what to do
    if weights is not None:
        return Choice("whisper", weights, f"whisper with {model}, found in {weights}")
    if wanted != AUTO:
        raise SettingsError(failure)
    return Choice("pocketsphinx", None, f"pocketsphinx, rough and English only, because {failure}")
