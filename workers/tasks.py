"""The one task: do the stage that a row of `work` names."""

import os
from collections.abc import Callable

from celery import Celery

from earmark.settings import Settings
from earmark.wiring import wire
from pipeline import stages
from pipeline.toolbox import Toolbox
from workers.celery_app import TASK, sender


def add_tasks(app: Celery, settings: Settings, *, owner: str | None = None) -> Callable[[], Toolbox]:
    """Make `app` one that works, not only sends; the toolbox that its task uses in this process.

    `owner`: who claims, None for the process itself.
    """
    made: dict[int, Toolbox] = {}

    def toolbox() -> Toolbox:
        """Made on first use, once in a process: neither engines nor database connections survive a fork."""
        process = os.getpid()
        if process not in made:
            made[process] = wire(settings, send=sender(app), owner=owner)
        return made[process]

    @app.task(name=TASK, ignore_result=True)  # type: ignore[untyped-decorator]
    def stage(work_id: int) -> None:
        """Claimed by lease and fence, or already taken and left alone."""
        stages.run(toolbox(), work_id)

    return toolbox
