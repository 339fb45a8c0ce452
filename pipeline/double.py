"""Two calls that turn out to be one: what is known of the one goes to the other, which stands for both from then on."""

from sqlalchemy.orm import Session

from models.call import CallId
from pipeline import leads, objects
from pipeline.record import announce
from pipeline.toolbox import Toolbox
from storage import call_facts, calls, doomed, erasure, records, touchpoints, work
from storage.objects.keys import OWN_PREFIX


def fold(session: Session, tools: Toolbox, *, call_id: CallId, into: CallId) -> None:
    """Both are locked. The call `call_id` is left as an empty row that leads to `into`; plan the road of `into` after.

    Whichever came later says what holds, as a repeat does; the other one fills the gaps.
    """
    leads.hold(session, tools, call_id, into)
    touchpoints.lock(session, workspace_id=calls.row(session, into).workspace_id)  # before the feed, as everywhere
    facts, named = call_facts.known_facts(session, tools.vault, call_id=call_id)
    if call_id < into:
        named -= call_facts.known_facts(session, tools.vault, call_id=into)[1]
    call = calls.row(session, call_id)
    workspace_id, lane = call.workspace_id, call.lane
    work.set_aside(session, call_id=call_id)
    for key in erasure.erase(session, call_id=call_id):
        if key.startswith(OWN_PREFIX):
            doomed.doom(session, workspace_id=workspace_id, object_key=key)
    leads.forget(session, tools, call_id)
    calls.set_duplicate(session, call_id=call_id, of=into)
    call_facts.update_facts(session, tools.vault, call_id=into, facts=facts, named=named)
    if records.of_call(session, call_id=call_id) is not None:
        change = records.write(session, workspace_id=workspace_id, call_id=call_id, body=None)
        if change is not None:
            announce(session, change, lane=lane)


def hand_over(session: Session, *, call_id: CallId, to: CallId) -> None:
    """The recording of a call, or the place where it waits to be fetched, becomes that of another call."""
    call, heir = calls.row(session, call_id), calls.row(session, to)
    former = heir.recording_id
    if call.recording_id is not None and call.sha256 is not None:
        calls.set_recording(session, call_id=to, recording_id=call.recording_id, sha256=call.sha256)
        if former is not None and former != call.recording_id:
            objects.release(session, heir.workspace_id, former)
    elif call.url_cipher is not None or call.object_key is not None:
        heir.url_cipher, heir.url_hash, heir.object_key = call.url_cipher, call.url_hash, call.object_key
        session.flush()
