"""Which diarizer tells the speakers of mono recordings apart; chosen on first use, and loaded then."""

from functools import partial

import structlog

import diarization.engines
from diarization import weights
from diarization.choose import AUTO, PYANNOTE, Choice, choose_diarizer, installed
from diarization.diarizer import Diarizer
from earmark.plugins import check, find
from earmark.settings import Settings
from models.errors import SettingsError

log = structlog.get_logger()


def choose(settings: Settings, *, fetch: bool = False) -> Choice:
    """What the settings stand for on this machine. Never touches the network without `fetch`.

    Raises SettingsError when pyannote is asked for by name and cannot be had.
    """
    folder, model = settings.weights_dir, settings.pyannote_model
    fetching = (
        partial(weights.fetch, model, folder, token=settings.hub_secret) if fetch and _may_fetch(settings) else None
    )
    return choose_diarizer(settings.diarizer, model, folder, fetching=fetching)


def check_diarizer(settings: Settings) -> None:
    """Raises SettingsError for a name that there is not, and for pyannote by name without its package or model."""
    if settings.diarizer != AUTO:
        check(diarization.engines, settings.diarizer, variable="EARMARK_DIARIZER")
    if settings.diarizer == PYANNOTE and not is_fetched_later(settings):
        choose(settings)


def is_fetched_later(settings: Settings) -> bool:
    """Whether the first recording over one channel would bring the model."""
    if settings.diarizer not in (AUTO, PYANNOTE) or not _may_fetch(settings):
        return False
    try:
        return weights.is_here(settings.pyannote_model, settings.weights_dir) is None
    except SettingsError:  # A folder that is no model, which nobody fetches.
        return False


def make_diarizer(settings: Settings) -> Diarizer:
    """Fetches pyannote's model where the settings allow it. Raises SettingsError if it was asked for and is not had."""
    choice = choose(settings, fetch=True)
    log.info("diarizer", engine=choice.engine, reason=choice.reason)
    options: dict[str, object] = {}
    if choice.engine == PYANNOTE:
        options = {
            "model": choice.weights,
            "device": settings.pyannote_device,
            "threads": settings.speech_threads,
        }
    diarizer: Diarizer = find(diarization.engines, choice.engine)(**options)
    return diarizer


def _may_fetch(settings: Settings) -> bool:
    """`auto` asks the hub only with a token: without one it would not give the models out, call for call."""
    if not settings.fetch_models or installed() is None:
        return False
    return settings.diarizer == PYANNOTE or weights.token_of_this_machine(settings.hub_secret) is not None
