"""Erase a call: sound, words and tags are gone, a tombstone in the feed tells those who read it."""

from models.call import CallId
from pipeline.record import announce
from pipeline.toolbox import Toolbox
from storage import calls, erasure, records, work


def erase_call(tools: Toolbox, *, call_id: CallId) -> None:
    """Harmless when it is erased already. A recording that another call shares stays, for that call."""
    with tools.writing() as session:
        calls.lock(session, call_id)
        work.set_aside(session, call_id=call_id)
        object_key = erasure.erase(session, call_id=call_id)
        call = calls.row(session, call_id)
        change = records.write(session, workspace_id=call.workspace_id, call_id=call_id, body=None)
        if change is not None:
            announce(session, change, lane=call.lane)
    if object_key is not None:
        tools.objects.delete(object_key)
