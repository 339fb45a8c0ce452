"""The one task: do the stage that a row of `work` names, and what follows from it."""

import os
from collections import deque
from collections.abc import Callable, Collection, Sequence

from celery import Celery

from earmark.settings import Settings
from earmark.wiring import wire
from pipeline import stages
from pipeline.toolbox import Toolbox
from storage.work import DueWork
from workers.celery_app import TASK, sender

CARRIED_ON = frozenset({"speech", "text"})
"""Queues whose next stage of a call follows at once in the same process, before other calls: so a backlog gives its
first results after one call, not after the speech of all of them. A delivery may have to wait for its receiver."""


def add_tasks(
    app: Celery, settings: Settings, *, owner: str | None = None, queues: Collection[str] = ()
) -> Callable[[], Toolbox]:
    """Make `app` one that works, not only sends; the toolbox that its task uses in this process.

    `owner`: who claims, None for the process itself. `queues`: those that this process takes work from.
    """
    made: dict[int, Toolbox] = {}
    following = _Following(sender(app), CARRIED_ON.intersection(queues))

    def toolbox() -> Toolbox:
        """Made on first use, once in a process: neither engines nor database connections survive a fork."""
        process = os.getpid()
        if process not in made:
            made[process] = wire(settings, send=following, owner=owner)
        return made[process]

    @app.task(name=TASK, ignore_result=True, shared=False)  # type: ignore[untyped-decorator]
    def stage(work_id: int) -> None:
        """Claimed by lease and fence, or already taken and left alone."""
        stages.run(toolbox(), work_id)
        while following.waiting:
            stages.run(toolbox(), following.waiting.popleft().id)

    return toolbox


class _Following:
    """In a worker's toolbox the place of the sender: what follows on its own queues it keeps for itself.

    Should the process end before it comes to that, the sweep rings for it as for any message that was lost.
    """

    def __init__(self, send: Callable[[Sequence[DueWork]], None], queues: Collection[str]) -> None:
        self.waiting: deque[DueWork] = deque()
        self._send = send
        self._queues = queues

    def __call__(self, due: Sequence[DueWork]) -> None:
        self.waiting.extend(work for work in due if work.queue in self._queues)
        others = [work for work in due if work.queue not in self._queues]
        if others:
            self._send(others)
