"""Which lead a call belongs to: folded from all calls of its caller whenever one of them says something else.

A lead is computed, never accumulated: the same calls, tags and settings give the same leads, in whatever order they
came, were corrected or erased. Whoever folds has locked the call it works on, if any, then the caller.
"""

import time
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from attribution.leads import brought, fold
from connectors.phone_number import is_somebodys
from models.call import Call, CallId, Stage
from models.lead import LeadCall, LeadPlace
from models.tag import Tag
from pipeline.route import QUEUES
from pipeline.toolbox import Toolbox
from storage import calls, leads, work, workspaces
from storage.leads import Folding
from storage.workspaces import Workspace

AT_ONCE = 2.0
"""Seconds that one run of `fold_anew` takes: what is left is for the next one."""
TOGETHER = 20
"""Callers that it folds in one transaction: each commit waits for the disk, and calls of these callers for it."""


def place(session: Session, tools: Toolbox, call: Call, tags: Sequence[Tag]) -> LeadPlace | None:
    """Where the call stands among those of its caller; the records of the others are made to follow if they must.

    None: it is in no lead, for nobody outside the business has a part in it.
    """
    caller_id = calls.row(session, call.id).caller_id
    _fit_in(session, tools, call.id, brought(call, tags), caller_id)
    return leads.place(session, call_id=call.id)


def forget(session: Session, tools: Toolbox, call_id: CallId) -> None:
    """The call is in no lead any more: erased, or found to be another one."""
    _fit_in(session, tools, call_id, None, None)


def hold(session: Session, tools: Toolbox, *call_ids: CallId) -> None:
    """Lock the callers of these calls, for a transaction that locks the feed before it is through with them."""
    placed = [leads.placed(session, call_id=call_id) for call_id in call_ids]
    callers = {one.caller_id for one in placed if one} | {calls.row(session, one).caller_id for one in call_ids}
    leads.lock_callers(session, tools.vault, {one for one in callers if one is not None})


def fold_anew(tools: Toolbox) -> int:
    """Fold the leads of callers for whom the silence or the business's own numbers have changed; how many there were.

    Stopped at any moment it goes on with the next run.
    """
    ends, done = time.monotonic() + AT_ONCE, 0
    with tools.sessions.read() as session:
        spaces = workspaces.every(session)
    for space in spaces:
        silence = _seconds(tools, space)
        while time.monotonic() < ends:
            with tools.sessions.read() as session:
                waiting = leads.outdated(session, workspace_id=space.id, silence=silence, limit=TOGETHER)
            _fold_some(tools, space, waiting)
            done += len(waiting)
            if not waiting:
                break
    return done


def _fold_some(tools: Toolbox, space: Workspace, caller_ids: Sequence[int]) -> None:
    with tools.writing() as session:
        for folding in leads.lock_callers(session, tools.vault, set(caller_ids)).values():
            _fold(session, tools, space, folding, CallId(0))


def _fit_in(session: Session, tools: Toolbox, call_id: CallId, brings: LeadCall | None, caller_id: int | None) -> None:
    """Fold the caller's leads, and those of its former one, unless the call brings what it brought before."""
    space = workspaces.by_id(session, calls.row(session, call_id).workspace_id)
    before = leads.placed(session, call_id=call_id)
    former = before.caller_id if before else None
    callers = leads.lock_callers(session, tools.vault, {one for one in (former, caller_id) if one is not None})
    known = (former, before.call) if before else None
    asked = (caller_id, brings) if brings else None
    if known == asked and all(one.silence == _seconds(tools, space) for one in callers.values()):
        return
    if brings is None:
        leads.remove(session, call_id=call_id)
    else:
        leads.put(session, brings, workspace_id=space.id, caller_id=caller_id)
    if before is not None and former is None:
        _stand_alone(session, space, call_id, None)
    for one in dict.fromkeys((former, caller_id)):  # the former first: the new one's lead may have the same name
        if one in callers:
            _fold(session, tools, space, callers[one], call_id)
    if caller_id is None:
        _stand_alone(session, space, call_id, brings)


def _stand_alone(session: Session, space: Workspace, call_id: CallId, call: LeadCall | None) -> None:
    """A call whose number is withheld is a lead by itself."""
    alone = leads.together(session, caller_id=None, call_id=call_id) if call else []
    found = fold([call] if call else [], silence=None)
    leads.save(session, found, alone, caller_id=None, call_id=call_id, workspace_id=space.id, tell=False)


def _fold(session: Session, tools: Toolbox, space: Workspace, caller: Folding, changed: CallId) -> None:
    silence = _seconds(tools, space)
    is_own = caller.number in space.own_numbers or not is_somebodys(caller.number)
    members = leads.together(session, caller_id=caller.caller_id, call_id=changed)
    found = fold([one.call for one in members], silence=None if is_own else timedelta(seconds=silence))
    must_follow = leads.save(
        session,
        found,
        members,
        caller_id=caller.caller_id,
        call_id=changed,
        workspace_id=space.id,
        tell=caller.silence is not None,  # what was recorded before there were leads was told of none
    )
    if caller.silence != silence:
        leads.folded(session, caller_id=caller.caller_id, silence=silence)
    if must_follow:
        call_id = changed or leads.stale(session, caller_id=caller.caller_id, limit=1)[0]
        let_follow(session, workspace_id=space.id, caller_id=caller.caller_id, call_id=call_id)


def let_follow(session: Session, *, workspace_id: int, caller_id: int, call_id: CallId) -> None:
    """Make the stage due that writes the caller's stale records anew; `call_id`: one of the caller's, for its place."""
    work.add(
        session,
        workspace_id=workspace_id,
        call_id=call_id,
        stage=Stage.FOLLOW,
        input_key=str(caller_id),
        queue=QUEUES[Stage.FOLLOW],
        lane=calls.row(session, call_id).lane,
    )


def _seconds(tools: Toolbox, space: Workspace) -> int:
    days = space.lead_silence_days
    return round((tools.lead_silence if days is None else timedelta(days=days)).total_seconds())
