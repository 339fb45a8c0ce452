"""Change what a workspace looks for in its calls, and try it on those that are stored."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from classifiers.campaigns import tracked
from models.call import CallId, Stage
from models.context import Context
from models.errors import BadInput
from models.tag import CHANNEL_KINDS, Quote, TagKind, quote_of
from models.tracker import Tracker
from pipeline.record import conversation_of
from pipeline.route import QUEUES
from pipeline.toolbox import Toolbox
from storage import calls, trackers

MOST = 500
"""Trackers of a workspace."""
LANE = "bulk"
"""New calls do not wait for old ones to be looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A tracker in a stored call."""

    tracker: str
    call: str
    """Public id."""
    started_at: datetime | None
    quotes: tuple[Quote, ...]
    """At most `classifiers.trackers.MOST_EVIDENCE` of them."""
    places: int
    """How often it is said."""
    channel: str | None
    kind: TagKind | None
    """Of campaign words: which kind of channel the call would get for them."""


def put_trackers(tools: Toolbox, given: Sequence[Tracker], *, workspace_id: int, is_on: bool | None = None) -> int:
    """In place of those of the same names; how many calls are looked through for it, in the background.

    `is_on` None: they stay as they are, new ones are off. Raises BadInput when there would be too many.
    """

    def change(session: Session) -> None:
        known = {saved.tracker.name: saved for saved in trackers.listed(session, workspace_id=workspace_id)}
        if len({*known, *(tracker.name for tracker in given)}) > MOST:
            raise BadInput(f"{len(known)} trackers are known and {len(given)} were given; at most {MOST} are kept")
        for tracker in given:
            before = tracker.name in known and known[tracker.name].is_on
            trackers.save(session, tracker, workspace_id=workspace_id, is_on=before if is_on is None else is_on)

    return _change(tools, workspace_id, change)


def switch_trackers(tools: Toolbox, names: Sequence[str], *, workspace_id: int, is_on: bool) -> int:
    """How many calls are looked through for it. Raises NotFound."""

    def change(session: Session) -> None:
        for name in names:
            trackers.switch(session, workspace_id=workspace_id, name=name, is_on=is_on)

    return _change(tools, workspace_id, change)


def remove_trackers(tools: Toolbox, names: Sequence[str], *, workspace_id: int) -> int:
    """With their tags; how many calls are looked through for it. Raises NotFound."""

    def change(session: Session) -> None:
        for name in names:
            trackers.remove(session, workspace_id=workspace_id, name=name)

    return _change(tools, workspace_id, change)


def try_trackers(
    tools: Toolbox, given: Sequence[Tracker], *, workspace_id: int, last: int | None = None
) -> tuple[int, Iterator[list[Hit]]]:
    """How many of the stored calls are looked through, and call by call, newest first, what is found. Nothing changes.

    `last`: only so many of them.
    """
    with tools.sessions.read() as session:
        stored = calls.newest_spoken(session, workspace_id=workspace_id, limit=last)
    return len(stored), (_tried(tools, tuple(given), one) for one in stored)


def _tried(tools: Toolbox, given: tuple[Tracker, ...], call_id: CallId) -> list[Hit]:
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=call_id)
        conversation = conversation_of(session, call_id)
    if conversation is None:  # erased meanwhile
        return []
    found = tracked(conversation, Context(language=call.facts.language or call.language, trackers=given))
    kinds = {one.detail["tracker"]: one.kind for one in reversed(found) if one.kind in CHANNEL_KINDS}
    return [
        Hit(
            tracker=one.item,
            call=call.public_id,
            started_at=call.facts.started_at,
            quotes=tuple(quote_of(conversation, evidence) for evidence in one.evidence),
            places=int(one.detail["hits"]),
            channel=one.detail.get("channel"),
            kind=kinds.get(one.item),
        )
        for one in found
        if one.kind is TagKind.TRACKER
    ]


def _change(tools: Toolbox, workspace_id: int, change: Callable[[Session], None]) -> int:
    """One transaction: what is looked for, and that the calls it concerns are to be looked through."""
    with tools.writing() as session:
        before = set(trackers.switched_on(session, workspace_id=workspace_id))
        change(session)
        after = set(trackers.switched_on(session, workspace_id=workspace_id))
        if before == after:
            return 0
        return trackers.look_again(
            session,
            workspace_id=workspace_id,
            queue=QUEUES[Stage.TRACK],
            lane=LANE,
            tagged=None if after - before else [tracker.name for tracker in before - after],
        )
