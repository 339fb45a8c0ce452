"""A worker: Celery in a process of its own, one stage at a time, and how it stops.

Celery's solo pool, because a graphics card does not survive a fork, and because a crew (see `crew.py`) notices a dead
process at once and ends its lease, where Celery's own pool does not tell.
"""

import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning
from celery.platforms import SecurityWarning
from celery.worker import state

from earmark.settings import Settings
from pipeline.toolbox import Toolbox
from storage import work as work_rows
from workers.celery_app import make_app, queue_names
from workers.growth import Growth
from workers.tasks import add_tasks

GRACE_SECONDS = 5.0
"""After the request to stop a running stage may finish for so long; then it is given back."""
SPEECH = "speech"
"""The queue whose stages want the speech engines."""
GIVE_BACK_SECONDS = 2.0
"""So long a stage has to notice that it is given back; then its process ends in the middle of it."""

log = structlog.get_logger()


def work(settings: Settings, *, crew: str, queues: tuple[str, ...], lanes: tuple[str, ...]) -> None:
    """Take what is due until asked to stop. `crew`: the name of the parent, which this one's own begins with."""
    app = make_app(settings, works=True)
    owner = f"{crew}/{os.getpid()}"
    toolbox = add_tasks(app, settings, owner=owner, queues=queues)
    stop = _Stop(toolbox, owner)
    signals.setup_logging.connect(_keep_logs, weak=False)
    signals.worker_ready.connect(stop.listen, weak=False)
    growth = Growth()
    signals.task_postrun.connect(partial(_end_when_grown, growth), weak=False)
    if SPEECH in queues:
        signals.worker_ready.connect(partial(_warm_up, toolbox), weak=False)
    worker = _worker(app, queue_names(settings, queues, lanes), name="-".join(queues))
    log.info("worker starts", queues=queues, lanes=lanes)
    worker.start()
    stop.over.set()
    sys.exit(worker.exitcode)


def _worker(app: Celery, queues: list[str], *, name: str) -> Any:
    # Of root, because messages may be pickles: ours are JSON, and containers often run as root. Of what happens to a
    # stage when the connection is lost: nothing, for it is acknowledged before it runs.
    for needless in (SecurityWarning, CPendingDeprecationWarning):
        warnings.filterwarnings("ignore", category=needless)
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


def _warm_up(toolbox: Callable[[], Toolbox], **_: object) -> None:
    """Beside the loop that takes messages; a call that comes meanwhile waits until the engine is loaded."""
    threading.Thread(target=toolbox().warm, name="warm up", daemon=True).start()


def _end_when_grown(growth: Growth, **_: object) -> None:
    """The crew starts another in its place."""
    if growth.is_too_much():
        log.warning("its memory has grown; it starts anew", limit_mib=growth.limit // 1024**2)
        state.should_stop = 0


def _keep_logs(**_: object) -> None:
    """Celery leaves alone what somebody else has set up."""


class _Stop:
    """How this process ends when asked: at once when idle, else bounded in time."""

    def __init__(self, toolbox: Callable[[], Toolbox], owner: str) -> None:
        self.over = threading.Event()
        self._toolbox = toolbox
        self._owner = owner

    def listen(self, **_: object) -> None:
        """Once Celery has set its own handlers, for it would wait for a running stage without end."""
        signal.signal(signal.SIGTERM, self._asked)
        signal.signal(signal.SIGUSR2, _leave)

    def _asked(self, *_: object) -> None:
        if not state.active_requests:
            sys.exit(0)
        state.should_stop = 0
        threading.Thread(target=self._bound, name="bounded stop", daemon=True).start()

    def _bound(self) -> None:
        if self.over.wait(GRACE_SECONDS):
            return
        os.kill(os.getpid(), signal.SIGUSR2)
        if self.over.wait(GIVE_BACK_SECONDS):
            return
        # The main thread is inside an engine that does not come back to Python.
        with self._toolbox().sessions.write() as session:
            work_rows.release(session, owners=[self._owner])
        os._exit(0)


def _leave(*_: object) -> None:
    """Raised in the main thread, in the middle of the stage; `pipeline.stages` gives it back."""
    sys.exit(0)
