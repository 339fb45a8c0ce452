"""Which speech engine reads the calls of this process; chosen on first use, and loaded then."""

from collections.abc import Callable
from functools import cache

import structlog

import transcription.engines
from earmark.plugins import find
from earmark.settings import Settings
from transcription.choose import Choice, choose_engine
from transcription.transcriber import Transcriber
from transcription.weights import FetchProgress

log = structlog.get_logger()


def transcriber_for(settings: Settings) -> Callable[[str | None], Transcriber]:
    """The engine for a language (None: not known yet). An engine that cannot read it says so itself, by NoEngine."""
    return _Chooser(settings).engine


def choose(settings: Settings, *, fetching: FetchProgress | None = None) -> Choice:
    """What the settings stand for on this machine. Never touches the network without `fetching`."""
    return choose_engine(settings.transcriber, settings.whisper_model, settings.weights_dir, fetching=fetching)


class _Chooser:
    """A model is fetched at most once in a process; one that is put on the machine later is found all the same."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Transcriber] = {}
        self._may_fetch = settings.fetch_models

    def engine(self, _language: str | None) -> Transcriber:
        if "whisper" in self._made:
            return self._made["whisper"]
        fetching, self._may_fetch = (_tell() if self._may_fetch else None), False
        choice = choose(self._settings, fetching=fetching)
        if choice.engine not in self._made:
            log.info("speech engine", engine=choice.engine, reason=choice.reason)
            self._made[choice.engine] = _make(self._settings, choice)
        return self._made[choice.engine]


def _make(settings: Settings, choice: Choice) -> Transcriber:
    options: dict[str, object] = {}
    if choice.engine == "whisper":
        options = {
            "model": choice.weights or settings.whisper_model,
            "cache_dir": settings.weights_dir,
            "device": settings.whisper_device,
            "compute_type": settings.whisper_compute_type,
            "batch_size": settings.whisper_batch_size or None,
            "threads": settings.speech_threads,
        }
    elif choice.engine == "scripted":
        options = {"script": settings.scripted_words}
    transcriber: Transcriber = find(transcription.engines, choice.engine)(**options)
    return transcriber


def _tell() -> FetchProgress:
    """A line in the log for every tenth of the download."""
    told = cache(lambda tenth: log.info("fetching the model", percent=tenth * 10))
    return lambda done, total: told(done * 10 // total) if total else None
