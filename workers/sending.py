"""Tell the workers what is due. A message may be lost: the sweep rings again."""

import time
from collections.abc import Callable, Sequence

import structlog
from celery import Celery

from earmark.settings import Settings
from earmark.wiring import wire
from pipeline.toolbox import Toolbox
from storage.work import DueWork
from workers.celery_app import make_app, queue_name

TASK = "earmark.stage"
"""The one task; its only argument is the number of a row of `work`."""
PAUSE_SECONDS = 5.0
"""After a failure nothing is sent for so long: a broker that is away costs one request its time-out, not every one."""

log = structlog.get_logger()


def sender(app: Celery) -> Callable[[Sequence[DueWork]], None]:
    """It never raises, and a broker that is away holds it up for seconds at most."""
    silent_until = 0.0

    def send(due: Sequence[DueWork]) -> None:
        nonlocal silent_until
        if time.monotonic() < silent_until:
            return
        try:
            _publish(app, due)
        except Exception as error:  # noqa: BLE001  (a door: each transport has errors of its own)
            silent_until = time.monotonic() + PAUSE_SECONDS
            log.warning("messages not sent; the sweep sends them again", count=len(due), error=str(error))

    return send


def _publish(app: Celery, due: Sequence[DueWork]) -> None:
    with app.producer_pool.acquire(block=True, timeout=PAUSE_SECONDS) as producer:
        for work in due:
            name = queue_name(work.queue, work.lane)
            app.send_task(TASK, args=(work.id,), queue=name, producer=producer, retry=False, ignore_result=True)


def wire_sending(settings: Settings, *, owner: str | None = None) -> Toolbox:
    """The toolbox of a process that takes calls in and leaves the work to the workers."""
    return wire(settings, send=sender(make_app(settings)), owner=owner)
