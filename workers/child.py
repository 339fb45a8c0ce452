"""What a process of a crew does first: it watches its parent, sets up its logs and calls what it is for."""

import os
import sys
import threading
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog

from earmark.logs import set_up_logs
from earmark.settings import Settings
from models.errors import EarmarkError

GLANCE_SECONDS = 1.0

log = structlog.get_logger()


def main(target: str, settings: Settings, options: dict[str, Any], parent: int, log_file: Path | None) -> None:
    """Call `package.module:function` with the settings and the options, and end with its parent."""
    end_with(parent)
    set_up_logs(settings.log_level, settings.log_format, file=log_file)
    module, _, name = target.partition(":")
    try:
        getattr(import_module(module), name)(settings, **options)
    except EarmarkError as error:
        log.error("cannot go on", target=target, error=str(error))
        sys.exit(1)
    except Exception:
        log.exception("broke", target=target)
        sys.exit(1)


def end_with(parent: int) -> None:
    """When the process `parent`, which started us, is gone, we go: nobody would start us again or stop us."""

    def watch() -> None:
        waiting = threading.Event()
        while os.getppid() == parent:
            waiting.wait(GLANCE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
