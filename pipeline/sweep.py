"""Find what nobody is working on: leases that ran out, messages that were lost."""

import structlog

from pipeline.stages import fail
from pipeline.toolbox import Toolbox
from storage import calls, work
from storage.work import DueWork

log = structlog.get_logger()


def sweep_work(tools: Toolbox, *, everything: bool = False) -> int:
    """Expired leases become due, what is due and silent is sent again; how many were sent.

    Two sweeps at once do no harm. `everything`: the messages are known to be gone (a broker that came back empty).
    """
    with tools.writing() as session:
        for poisonous in work.expire(session):
            log.error("set aside", call_id=poisonous.call_id, stage=poisonous.stage, error=poisonous.error)
            calls.lock(session, poisonous.call_id)
            reason = f"{poisonous.stage.value}: {poisonous.error}"
            fail(session, tools, poisonous.call_id, poisonous.stage, poisonous.input_key, reason)
        if everything:
            work.forget_sent(session)
    sent = 0
    while silent := _silent(tools):
        tools.send(silent)
        sent += len(silent)
    return sent


def _silent(tools: Toolbox) -> list[DueWork]:
    with tools.sessions.write() as session:
        return work.silent(session)
