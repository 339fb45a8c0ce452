"""Which speech engine reads a language, decided once in a process and loaded on first use."""

from collections.abc import Callable
from functools import cache

import transcription.engines
from earmark.plugins import find
from earmark.settings import Settings
from transcription.transcriber import Transcriber


def transcriber_for(settings: Settings) -> Callable[[str | None], Transcriber]:
    """The engine for a language (None: not known yet)."""

    @cache
    def engine(name: str) -> Transcriber:
        transcriber: Transcriber = find(transcription.engines, name)(**_options(settings, name))
        return transcriber

    return lambda _language: engine(settings.transcriber)


def _options(settings: Settings, name: str) -> dict[str, object]:
    return {"script": settings.scripted_words} if name == "scripted" else {}
