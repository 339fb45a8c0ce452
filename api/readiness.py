"""Whether this process can do its work: what is checked, and what to do about what fails."""

import threading
import time
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from api.schemas import CheckOut
from models.errors import EarmarkError
from pipeline.toolbox import Toolbox
from storage import migrate

KEPT_SECONDS = 2.0
"""An answer is given again for so long: anybody may ask, and each look writes an object."""

log = structlog.get_logger()


class Readiness:
    """Asked by many, looked up by one at a time."""

    def __init__(self, tools: Toolbox, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tools = tools
        self._clock = clock
        self._lock = threading.Lock()
        self._until = float("-inf")
        self._checks: list[CheckOut] = []

    def checks(self) -> list[CheckOut]:
        with self._lock:
            if self._clock() >= self._until:
                self._checks = [_database(self._tools), _store(self._tools)]
                self._until = self._clock() + KEPT_SECONDS
            return self._checks


def _database(tools: Toolbox) -> CheckOut:
    try:
        if migrate.is_current(tools.sessions.engine):
            return CheckOut(name="database", ok=True, detail="reachable, schema is current")
        detail = "its schema is not that of this version; run `earmark migrate`"
    except SQLAlchemyError as error:
        # The driver's words may hold the address with its user: they are for the log.
        log.warning("database does not answer", error=str(error))
        detail = "it does not answer; check EARMARK_DATABASE_URL, and that the server runs (`earmark doctor` says more)"
    return CheckOut(name="database", ok=False, detail=detail)


def _store(tools: Toolbox) -> CheckOut:
    try:
        tools.objects.check()
    except EarmarkError as error:
        return CheckOut(name="object store", ok=False, detail=str(error))
    return CheckOut(name="object store", ok=True, detail="reads and writes")
