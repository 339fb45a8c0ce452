"""Logs: text at a terminal, JSON else. Ids and counts belong in them; numbers of phones and addresses do not."""

import logging
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

QUIET = {
    "alembic": logging.WARNING,
    "amqp": logging.WARNING,
    "celery": logging.WARNING,
    "faster_whisper": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "huggingface_hub": logging.ERROR,
    "kombu": logging.WARNING,
    "libav": logging.CRITICAL,
    "numba": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "urllib3": logging.ERROR,
    "uvicorn.access": logging.WARNING,
}
"""Libraries that say more than an operator wants to read. `debug` lets them speak."""

OURS = "earmark"
"""Name of the handler that a second call replaces."""

PERSONAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<![\w+])\+\d[\d ().-]{5,17}\d"), "[phone]"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[email]"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/@]+@"), r"\1[login]@"),
    (re.compile(r"(\bhttps?://[^\s?#'\"]+)\?[^\s'\"]*"), r"\1?[query]"),
)
"""What must not stand in a log, whoever put it there: an error's text may quote what was sent."""


def set_up_logs(level: str, log_format: str = "auto", *, file: Path | None = None) -> None:
    """Send structlog and the standard library's logging one way: to stderr, or to `file` (as JSON), appended.

    `level`: debug, info, warning or error. `log_format`: text, json, or auto. May be called again, in a child process
    for example: the last call counts.
    """
    stream: TextIO = sys.stderr
    as_json = log_format == "json" or (log_format == "auto" and not stream.isatty())
    handler: logging.Handler = logging.StreamHandler(stream)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler, as_json = logging.FileHandler(file, encoding="utf-8"), True
    renderer: Processor = _json() if as_json else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_personal_data,
                renderer,
            ],
        )
    )
    _attach(handler, getattr(logging, level.upper()))
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def without_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Every text of an event with phone numbers, mail addresses, logins and queries of addresses blotted out."""
    return {name: _blotted(value) if isinstance(value, str) else value for name, value in event.items()}


def _blotted(text: str) -> str:
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _json() -> Callable[[WrappedLogger, str, EventDict], str | bytes]:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _attach(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    for old in [known for known in root.handlers if known.get_name() == OURS]:
        root.removeHandler(old)
        old.close()
    handler.set_name(OURS)
    root.addHandler(handler)
    logging.captureWarnings(True)
    root.setLevel(level)
    for name, least in QUIET.items():
        logging.getLogger(name).setLevel(level if level <= logging.DEBUG else max(level, least))
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        speaker = logging.getLogger(name)
        speaker.handlers.clear()
        speaker.propagate = True
