"""Touchpoints and calls find each other, whichever comes first.

A touchpoint is kept in one transaction; after it, the calls that it may belong to are made due for stage `restate`,
which writes their records anew. A record that says the same is told to nobody.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from attribution.clicks import clicks_of, is_telling
from attribution.sources import channel_of
from models.call import Call, CallId, CallState, Direction, Stage
from models.errors import NotFound
from models.touchpoint import Key, KeyKind, MatchedTouch, Visit
from pipeline.route import QUEUES
from pipeline.toolbox import Toolbox
from storage import calls, touchpoints, work, workspaces
from storage.touchpoints import NewTouchpoint, Seeker
from storage.vault import Vault

INPUT_KEY = "touches"
"""Of a call's stage `restate`, which reads all when it runs: there is one row for each call."""
AT_ONCE = 1.0
"""Seconds for which whoever sends touchpoints waits for their calls to be found; the rest is for the next sweep."""
TOGETHER = 100
"""Touchpoints whose calls are looked for at once, and calls that are made due in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    created: int
    known: int
    """Their ids were there already, and nothing changed for them."""


def take_touchpoints(tools: Toolbox, given: Sequence[Visit], *, workspace_id: int) -> Taken:
    """Keep them; the records of their calls follow."""
    fresh = [NewTouchpoint(one, channel_of(one.touch), visit_keys(tools.vault, one)) for one in given]
    with tools.sessions.write() as session:
        touchpoints.lock(session, workspace_id=workspace_id, alone=True)
        created = touchpoints.save(session, tools.vault, fresh, workspace_id=workspace_id)
    if created:
        settle(tools)
    return Taken(created=created, known=len(given) - created)


def standing_call(session: Session, tools: Toolbox, public_id: str, *, workspace_id: int) -> str:
    """The id of the call that `public_id` names or leads to. Raises NotFound, also for an erased one."""
    call = calls.get_public(session, tools.vault, workspace_id=workspace_id, public_id=public_id)
    if call.state is CallState.ERASED:
        raise NotFound(f"call {public_id!r} was erased; nothing is kept for it")
    return call.public_id


def settle(tools: Toolbox) -> int:
    """Make the calls of new touchpoints follow; how many touchpoints there were. Stopped anywhere, it goes on later."""
    ends, done = time.monotonic() + AT_ONCE, 0
    with tools.sessions.read() as session:
        spaces = workspaces.every(session)
    for space in spaces:
        while time.monotonic() < ends and (count := _settle_some(tools, space.id)):
            done += count
    return done


def _settle_some(tools: Toolbox, workspace_id: int) -> int:
    with tools.sessions.read() as session:
        ids = touchpoints.unsettled(session, workspace_id=workspace_id, limit=TOGETHER)
        since = touchpoints.earliest(session, ids)
        found = touchpoints.calls_of(session, ids, window=tools.number_window, since=since) if ids else []
    restate_all(tools, found)
    if ids:
        with tools.sessions.write() as session:
            touchpoints.settle(session, ids)
    return len(ids)


def restate_all(tools: Toolbox, call_ids: Sequence[CallId], *, lane: str | None = None) -> None:
    """Their records are to be written anew; `lane` None: each in its own."""
    for start in range(0, len(call_ids), TOGETHER):
        with tools.writing() as session:
            for call_id in call_ids[start : start + TOGETHER]:  # by their numbers, as all who lock several do
                calls.lock(session, call_id)
                let_restate(session, call_id, lane=lane)


def let_restate(session: Session, call_id: CallId, *, lane: str | None = None) -> None:
    """Make the stage due that writes the call's record anew."""
    call = calls.row(session, call_id)
    work.add(
        session,
        workspace_id=call.workspace_id,
        call_id=call_id,
        stage=Stage.RESTATE,
        input_key=INPUT_KEY,
        queue=QUEUES[Stage.RESTATE],
        lane=lane or call.lane,
    )


def touches_of(session: Session, tools: Toolbox, call: Call) -> list[MatchedTouch]:
    """The call's touchpoints beside those of its own metadata, in order of time."""
    return touchpoints.matched(session, seeker_of(session, tools, call))


def be_found(session: Session, tools: Toolbox, call: Call) -> None:
    """Whoever comes after this transaction finds the call by what is known of it now; who came before is seen in it."""
    touchpoints.lock(session, workspace_id=call.workspace_id)
    keys = call_keys(session, tools.vault, call)
    touchpoints.set_call_keys(session, keys, call_id=call.id, workspace_id=call.workspace_id)


def seeker_of(session: Session, tools: Toolbox, call: Call) -> Seeker:
    return Seeker(
        workspace_id=call.workspace_id,
        keys=call_keys(session, tools.vault, call),
        started_at=call.facts.started_at or call.received_at,
        window=tools.number_window,
    )


def call_keys(session: Session, vault: Vault, call: Call) -> frozenset[Key]:
    """By what touchpoints and a call find each other."""
    facts, tracking = call.facts, call.facts.tracking
    outside = facts.dialled_number if facts.direction is Direction.OUTBOUND else facts.caller_number
    clicks = clicks_of(tracking).union(*(clicks_of(touch) for touch in tracking.touchpoints))
    keys: set[Key] = {(KeyKind.CALL, name) for name in calls.names_of(session, call.id)}
    keys |= {(KeyKind.CLICK, _digest(click)) for click in clicks}
    keys |= _named(KeyKind.SESSION, tracking.session_id)
    if outside is not None and facts.direction is not Direction.INTERNAL:
        keys.add((KeyKind.CALLER, vault.hash(outside)))
    if (number := dialled_from_outside(call)) is not None:
        keys.add((KeyKind.NUMBER, number))
    return frozenset(keys)


def dialled_from_outside(call: Call) -> str | None:
    """The business's number that somebody outside dialled."""
    is_ours = call.facts.direction in (Direction.OUTBOUND, Direction.INTERNAL)
    return None if is_ours else call.facts.dialled_number


def visit_keys(vault: Vault, visit: Visit) -> frozenset[Key]:
    keys: set[Key] = {(KeyKind.CLICK, _digest(click)) for click in clicks_of(visit.touch)}
    keys |= _named(KeyKind.SESSION, visit.session_id) | _named(KeyKind.VISITOR, visit.visitor_id)
    if visit.caller_number is not None:
        keys.add((KeyKind.CALLER, vault.hash(visit.caller_number)))
    if visit.shown_number is not None:
        keys.add((KeyKind.NUMBER, visit.shown_number))
    if visit.call is not None:
        keys.add((KeyKind.CALL, visit.call))
    return frozenset(keys)


def _named(kind: KeyKind, value: str | None) -> set[Key]:
    return {(kind, _digest(value.strip()))} if value and is_telling(value) else set()


def _digest(value: str) -> str:
    # Click ids may be longer than what an index holds.
    return hashlib.sha256(value.encode()).hexdigest()


def forgetting(session: Session, tools: Toolbox, call_id: CallId) -> Callable[[], None]:
    """Look up what is to be forgotten with a call before its facts are; then call what is returned, before the feed.

    Its touchpoints, those after its start among them, unless they are another call's too.
    """
    call = calls.get(session, tools.vault, call_id=call_id)
    seeker = seeker_of(session, tools, call)

    def forget() -> None:
        touchpoints.lock(session, workspace_id=call.workspace_id, alone=True)
        own = touchpoints.concerning(session, seeker)
        for other in touchpoints.calls_of(session, own, window=tools.number_window) if own else ():
            known = calls.get(session, tools.vault, call_id=other)
            own -= touchpoints.concerning(session, seeker_of(session, tools, known))
        if own:
            touchpoints.erase(session, own)

    return forget
