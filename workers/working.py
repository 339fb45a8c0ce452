"""A worker: Celery in a process of its own, one stage at a time, and how it stops.

Celery's solo pool, because a graphics card does not survive a fork, and because a crew (see `crew.py`) notices a dead
process at once and ends its lease, where Celery's own pool does not tell.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery, signals

from earmark.settings import Settings
from pipeline.toolbox import Toolbox
from storage import work as work_rows
from workers.celery_app import make_app, queue_names
from workers.tasks import add_tasks

GRACE_SECONDS = 5.0
"""After the request to stop a running stage may finish for so long; then it is given back."""
GIVE_BACK_SECONDS = 2.0
"""So long a stage has to notice that it is given back; then its process ends in the middle of it."""

log = structlog.get_logger()


def work(settings: Settings, *, crew: str, queues: tuple[str, ...], lanes: tuple[str, ...]) -> None:
    """Take what is due until asked to stop. `crew`: the name of the parent, which this one's own begins with."""
    app = make_app(settings)
    owner = f"{crew}/{os.getpid()}"
    toolbox = add_tasks(app, settings, owner=owner)
    over = threading.Event()
    stopping = _stopping(toolbox, owner, over)
    signals.worker_shutting_down.connect(stopping, weak=False)
    worker = _worker(app, queue_names(queues, lanes), name="-".join(queues))
    log.info("worker starts", queues=queues, lanes=lanes)
    worker.start()
    over.set()
    sys.exit(worker.exitcode)


def _worker(app: Celery, queues: list[str], *, name: str) -> Any:
    signals.setup_logging.connect(_keep_logs, weak=False)
    return app.Worker(
        pool="solo",
        concurrency=1,
        queues=queues,
        hostname=f"{name}-{os.getpid()}@{socket.gethostname()}",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    )


def _keep_logs(**_: object) -> None:
    """Celery leaves alone what somebody else has set up."""


def _stopping(toolbox: Callable[[], Toolbox], owner: str, over: threading.Event) -> Callable[..., None]:
    signal.signal(signal.SIGUSR2, _give_back)

    def bounded() -> None:
        if over.wait(GRACE_SECONDS):
            return
        os.kill(os.getpid(), signal.SIGUSR2)
        if over.wait(GIVE_BACK_SECONDS):
            return
        # The main thread is inside an engine that does not come back to Python.
        with toolbox().sessions.write() as session:
            work_rows.release(session, owners=[owner])
        os._exit(0)

    def asked(**_: object) -> None:
        threading.Thread(target=bounded, name="bounded stop", daemon=True).start()

    return asked


def _give_back(*_: object) -> None:
    """Raised in the main thread, in the middle of the stage; `pipeline.stages` makes it due again."""
    sys.exit(0)
