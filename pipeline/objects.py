"""Bytes in the object store, and the calls that have them.

The object first, then the row: a row never points to nothing. An object is doomed before it is written, and spared in
the transaction that makes it a recording, so whatever dies in between leaves none behind.
"""

from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import structlog
from sqlalchemy.orm import Session

from models.call import CallId
from models.errors import EarmarkError, NotFound, StoreFailed
from pipeline.toolbox import Toolbox
from storage import calls, doomed, recordings
from storage.objects.keys import OWN_PREFIX, new_key
from storage.objects.store import sha256_of
from storage.recordings import SavedRecording

log = structlog.get_logger()


class RecordingGone(StoreFailed):
    """The recording with these bytes was let go of meanwhile; they must be stored again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBytes:
    sha256: str
    object_key: str
    size: int
    is_fresh: bool = False
    """Written just now, for this call."""
    is_shared: bool = False
    """Those of a recording that is there already."""
    in_place_of: str | None = None
    """The object of a recording with these bytes that is missing in the store."""


def store_file(tools: Toolbox, path: Path, name: str, workspace_id: int) -> StoredBytes:
    """Bytes that are there are not stored twice. Raises StoreFailed."""
    sha256 = sha256_of(path)
    with tools.sessions.read() as session:
        there = recordings.by_bytes(session, workspace_id=workspace_id, sha256=sha256)
    if there is not None and _is_whole(tools, there):
        return StoredBytes(sha256=sha256, object_key=there.object_key, size=there.size, is_shared=True)
    key = new_key(PurePosixPath(name or path.name).suffix)
    with tools.sessions.write() as session:
        doomed.doom(session, workspace_id=workspace_id, object_key=key, delay=doomed.UNFINISHED)
    tools.objects.put_file(key, path)
    stored = StoredBytes(sha256=sha256, object_key=key, size=path.stat().st_size, is_fresh=True)
    return stored if there is None else replace(stored, in_place_of=there.object_key)


def _is_whole(tools: Toolbox, there: SavedRecording) -> bool:
    try:
        return tools.objects.stat(there.object_key).size == there.size
    except NotFound:
        return False  # somebody has taken it out of the store


def attach(session: Session, call_id: CallId, stored: StoredBytes) -> None:
    """The call has this recording; a call that had another one takes the road again. Raises RecordingGone."""
    call = calls.row(session, call_id)
    workspace_id, former = call.workspace_id, call.recording_id
    if stored.is_shared and not recordings.hold(session, workspace_id=workspace_id, sha256=stored.sha256):
        raise RecordingGone("the recording with these bytes was erased meanwhile; it is stored anew")
    saved = recordings.add(
        session, workspace_id=workspace_id, sha256=stored.sha256, object_key=stored.object_key, size=stored.size
    )
    if stored.in_place_of == saved.object_key:
        saved = recordings.move(session, recording_id=saved.id, object_key=stored.object_key)
    if stored.is_fresh:
        _settle_fate(session, workspace_id, stored.object_key, saved)
    calls.set_recording(session, call_id=call_id, recording_id=saved.id, sha256=saved.sha256)
    recordings.forget_overwritten(session, recording_id=saved.id)
    if former is not None and former != saved.id:
        release(session, workspace_id, former)


def _settle_fate(session: Session, workspace_id: int, object_key: str, saved: SavedRecording) -> None:
    """Another upload of the same bytes may have been quicker; then ours are not needed."""
    if saved.object_key == object_key:
        doomed.spare(session, object_key=object_key)
    else:
        doomed.doom(session, workspace_id=workspace_id, object_key=object_key)


def release(session: Session, workspace_id: int, recording_id: int) -> None:
    """A recording that a call has no more. What landed by itself stays where its owner put it, until an erasure."""
    freed = recordings.release(session, recording_id=recording_id)
    if freed is not None and freed.startswith(OWN_PREFIX):
        doomed.doom(session, workspace_id=workspace_id, object_key=freed)


def discard(tools: Toolbox, stored: StoredBytes, workspace_id: int) -> None:
    """They were stored for a call that does not want them any more."""
    if stored.is_fresh:
        with tools.sessions.write() as session:
            doomed.doom(session, workspace_id=workspace_id, object_key=stored.object_key)
        bury(tools)


def bury(tools: Toolbox) -> None:
    """Delete the doomed objects that nothing refers to. What the store does not delete now comes again."""
    with tools.sessions.read() as session:
        keys = doomed.due(session)
    for key in keys:
        with tools.sessions.write() as session:
            is_used = doomed.is_used(session, object_key=key)
            if is_used:
                doomed.spare(session, object_key=key)
        if not is_used and not _deleted(tools, key):
            return


def _deleted(tools: Toolbox, key: str) -> bool:
    try:
        tools.objects.delete(key)
    except EarmarkError as error:
        log.warning("an object is to be deleted and was not", error=str(error))
        return False
    with tools.sessions.write() as session:
        doomed.forget(session, object_key=key)
    return True
