"""Erase a call: sound, words and tags are gone, a tombstone in the feed tells those who read it.

An erased call stays erased: what comes for it later (a repeat, a `.json`) is refused, and a stage that runs meanwhile
writes nothing. Its id and its times stay; without an external id nothing tells that the same bytes are the same call,
so these, sent again, are a new one.
"""

from models.call import CallId
from pipeline import leads, match
from pipeline.objects import bury
from pipeline.record import announce
from pipeline.toolbox import Toolbox
from storage import calls, doomed, erasure, records, work


def erase_call(tools: Toolbox, *, call_id: CallId) -> None:
    """Harmless when it is erased already. A recording that another call shares stays, for that call."""
    with tools.writing() as session:
        calls.lock(session, call_id)
        work.set_aside(session, call_id=call_id)
        call = calls.row(session, call_id)
        forget_touches = match.forgetting(session, tools, call_id)
        keys = erasure.erase(session, call_id=call_id)
        leads.forget(session, tools, call_id)
        forget_touches()
        for own in (call_id, *erasure.doubles_of(session, call_id=call_id)):
            keys += erasure.dropped_for(session, call_id=own)
        for key in keys:
            doomed.doom(session, workspace_id=call.workspace_id, object_key=key)
        change = records.write(session, workspace_id=call.workspace_id, call_id=call_id, body=None)
        if change is not None:
            announce(session, change, lane=call.lane)
    bury(tools)
