"""Whether one part of Earmark is alive on this machine, for health checks of containers and service managers."""

import httpx
from sqlalchemy.exc import SQLAlchemyError

from earmark.settings import Settings
from models.errors import BadInput
from pipeline.route import QUEUES
from storage import workers
from storage.database import Sessions, connect
from workers.presence import this_machine

PARTS = ("api", "scheduler", *dict.fromkeys(QUEUES.values()))
ANSWER_SECONDS = 5.0


def fault_of(settings: Settings, part: str) -> str | None:
    """What is wrong with it; None when it is well. Raises BadInput for a part that there isn't."""
    if part not in PARTS:
        raise BadInput(f"there is no part {part!r}; there are: {', '.join(PARTS)}")
    return _fault_of_api(settings) if part == "api" else _fault_of_worker(settings, part)


def _fault_of_api(settings: Settings) -> str | None:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104  (compared, not bound)
    url = f"http://{host}:{settings.port}/healthz"
    try:
        answer = httpx.get(url, timeout=ANSWER_SECONDS)
    except httpx.HTTPError as error:
        return f"{url} does not answer: {type(error).__name__}"
    return None if answer.is_success else f"{url} answers {answer.status_code}"


def _fault_of_worker(settings: Settings, part: str) -> str | None:
    """It has been seen lately: a worker's note of life is written by the process that works."""
    engine = connect(settings.database, pool_size=1)
    try:
        with Sessions(engine).read() as session:
            seen = workers.alive(session)
    except SQLAlchemyError as error:
        return f"the database does not answer: {type(error).__name__}"
    finally:
        engine.dispose()
    alive = any(worker.host == this_machine() and part in worker.queues for worker in seen)
    return None if alive else f"no {part} has been seen on {this_machine()} in the last 45 seconds"
