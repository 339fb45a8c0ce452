"""Recordings: bytes in the object store, by their hash."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.call import CallId
from models.health import Health
from storage import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRecording:
    id: int
    sha256: str
    object_key: str
    size: int
    duration: float | None
    channels: int | None
    encoding: str | None
    """For people: container, codec, samples a second."""
    health: Health | None
    """None until it has been heard."""


def of_call(session: Session, *, call_id: CallId) -> SavedRecording | None:
    recording_id = session.get_one(tables.Call, call_id).recording_id
    return None if recording_id is None else _recording(session.get_one(tables.Recording, recording_id))


def by_bytes(session: Session, *, workspace_id: int, sha256: str) -> SavedRecording | None:
    found = session.scalar(
        select(tables.Recording).where(tables.Recording.workspace_id == workspace_id, tables.Recording.sha256 == sha256)
    )
    return None if found is None else _recording(found)


def add(session: Session, *, workspace_id: int, sha256: str, object_key: str, size: int) -> SavedRecording:
    """The recording with these bytes: the one that is there, or a new one for `object_key`.

    Held until the transaction ends, so that nobody lets go of it meanwhile.
    """
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insertion(tables.Recording).values(
        workspace_id=workspace_id,
        sha256=sha256,
        object_key=object_key,
        size=size,
        created_at=datetime.now(UTC),
    )
    statement = fresh.on_conflict_do_update(
        index_elements=["workspace_id", "sha256"], set_={"size": fresh.excluded.size}
    ).returning(tables.Recording)
    return _recording(session.scalars(statement, execution_options={"populate_existing": True}).one())


def release(session: Session, *, recording_id: int) -> str | None:
    """Forget a recording that no call has any more; the key of its object then."""
    # Locked first: of two calls that let go of it at once, the second sees that it is the last.
    session.execute(select(tables.Recording.id).where(tables.Recording.id == recording_id).with_for_update())
    used = select(tables.Call.id).where(tables.Call.recording_id == recording_id).exists()
    return session.scalar(
        delete(tables.Recording)
        .where(tables.Recording.id == recording_id, ~used)
        .returning(tables.Recording.object_key)
        .execution_options(synchronize_session=False)
    )


def hold(session: Session, *, workspace_id: int, sha256: str) -> bool:
    """Whether these bytes are there; they stay then until the transaction ends."""
    wanted = tables.Recording.workspace_id == workspace_id, tables.Recording.sha256 == sha256
    return session.scalar(select(tables.Recording.id).where(*wanted).with_for_update()) is not None


def move(session: Session, *, recording_id: int, object_key: str) -> SavedRecording:
    """Its bytes lie elsewhere now."""
    found = session.get_one(tables.Recording, recording_id)
    found.object_key = object_key
    session.flush()
    return _recording(found)


def forget_overwritten(session: Session, *, recording_id: int) -> None:
    """Other bytes that were under this recording's key are gone from there: they are not to be found by their hash."""
    found = session.get_one(tables.Recording, recording_id)
    used = select(tables.Call.id).where(tables.Call.recording_id == tables.Recording.id).exists()
    session.execute(
        delete(tables.Recording)
        .where(
            tables.Recording.workspace_id == found.workspace_id,
            tables.Recording.object_key == found.object_key,
            tables.Recording.id != recording_id,
            ~used,
        )
        .execution_options(synchronize_session=False)
    )


def _recording(found: tables.Recording) -> SavedRecording:
    return SavedRecording(
        id=found.id,
        sha256=found.sha256,
        object_key=found.object_key,
        size=found.size,
        duration=found.duration,
        channels=found.channels,
        encoding=found.encoding,
        health=None if found.health is None else Health.from_document(found.health),
    )


def measured(
    session: Session, *, recording_id: int, duration: float, channels: int, encoding: str, health: Health | None
) -> None:
    """What decoding and listening found."""
    found = session.get_one(tables.Recording, recording_id)
    found.duration, found.channels, found.encoding = duration, channels, encoding
    found.health = health.to_document() if health else None
