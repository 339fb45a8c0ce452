"""The workspace's own phrases and campaigns: what is looked for, and trying it before."""

from collections import Counter
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session

from api import bodies
from api.dependencies import KEY_NEEDED, Key, Tools
from api.openapi import body_of, problems
from api.routes.calls import PREFIX
from api.tracker_schemas import (
    HitOut,
    TestOut,
    TrackerCount,
    TrackerIn,
    TrackerOut,
    TrackersIn,
    TrackersOut,
)
from connectors.tracker_file import tracker_of, trackers_of
from models.tracker import Phrase
from pipeline.track import put_trackers, remove_trackers, try_trackers
from storage import trackers
from storage.trackers import SavedTracker

router = APIRouter(prefix=PREFIX, tags=["trackers"], dependencies=KEY_NEEDED)


@router.get("/trackers")
def list_trackers(tools: Tools, key: Key) -> TrackersOut:
    """All of them, by name, and how many calls are still to be looked through."""
    with tools.sessions.read() as session:
        hits = trackers.hits(session, workspace_id=key.workspace_id)
        return TrackersOut(
            trackers=[_shown(saved, hits) for saved in trackers.listed(session, workspace_id=key.workspace_id)],
            waiting=trackers.waiting(session, workspace_id=key.workspace_id),
        )


@router.put(
    "/trackers/{name:path}",
    responses=problems(400, 413, 415, 422),
    openapi_extra={"requestBody": body_of(TrackerIn)},
)
def put_tracker(tools: Tools, key: Key, name: str, body: Annotated[bytes, Depends(bodies.json_body)]) -> TrackerOut:
    """Set a tracker. Where that changes what is looked for, the old calls are looked through in the background, and
    every receiver whose records change is told."""
    given = bodies.model_of(body, TrackerIn)
    tracker = tracker_of({**given.document(), "name": name}, f"tracker {name!r}")
    put_trackers(tools, [tracker], workspace_id=key.workspace_id, is_on=given.on)
    with tools.sessions.read() as session:
        return _one(session, key.workspace_id, tracker.name)


@router.delete("/trackers/{name:path}", status_code=204, responses=problems(404))
def delete_tracker(tools: Tools, key: Key, name: str) -> None:
    """Remove a tracker, and its tags in the background."""
    remove_trackers(tools, [name], workspace_id=key.workspace_id)


@router.post(
    "/trackers/test",
    responses=problems(400, 413, 415, 422),
    openapi_extra={"requestBody": body_of(TrackersIn)},
)
def test_trackers(tools: Tools, key: Key, body: Annotated[bytes, Depends(bodies.json_body)]) -> TestOut:
    """Look for trackers in the newest calls and show what is found. Nothing is kept."""
    given = bodies.model_of(body, TrackersIn)
    wanted = trackers_of([{**one.document(), "name": one.name} for one in given.trackers], "trackers")
    count, found = try_trackers(tools, wanted, workspace_id=key.workspace_id, last=given.last)
    hits = list(chain.from_iterable(found))
    calls, places = Counter(hit.tracker for hit in hits), Counter[str]()
    for hit in hits:
        places[hit.tracker] += hit.places
    return TestOut(
        looked_through=count,
        counts=[TrackerCount(tracker=one.name, calls=calls[one.name], places=places[one.name]) for one in wanted],
        hits=[HitOut.model_validate(hit) for hit in hits],
    )


def _one(session: Session, workspace_id: int, name: str) -> TrackerOut:
    hits = trackers.hits(session, workspace_id=workspace_id)
    return _shown(trackers.get(session, workspace_id=workspace_id, name=name), hits)


def _shown(saved: SavedTracker, hits: dict[str, int]) -> TrackerOut:
    tracker = saved.tracker
    return TrackerOut(
        name=tracker.name,
        on=saved.is_on,
        phrases=_by_language(tracker.phrases),
        all_of=_by_language(tracker.all_of),
        none_of=_by_language(tracker.none_of),
        near=tracker.near,
        said_by=tracker.said_by,
        first_seconds=tracker.first_seconds,
        last_seconds=tracker.last_seconds,
        channel=tracker.channel,
        campaign=tracker.campaign,
        updated_at=saved.updated_at,
        calls=hits.get(tracker.name, 0),
    )


def _by_language(phrases: tuple[Phrase, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for phrase in phrases:
        found.setdefault(phrase.language, []).append(phrase.text)
    return found
