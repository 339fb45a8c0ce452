"""Objects that are to go: a row before the bytes are written or let go, so that a crash in between leaves none behind.

An object that is being stored is doomed for a day ahead, and spared in the transaction that makes it a recording.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage import tables

UNFINISHED = timedelta(days=1)
"""An object that nothing refers to after this was left by a process that died."""


def doom(session: Session, *, workspace_id: int, object_key: str, delay: timedelta = timedelta()) -> None:
    """Delete it after `delay`, unless a call has it then."""
    insertion = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = insertion(tables.DoomedObject).values(
        workspace_id=workspace_id, object_key=object_key, at=datetime.now(UTC) + delay
    )
    session.execute(fresh.on_conflict_do_update(index_elements=["object_key"], set_={"at": fresh.excluded.at}))


def spare(session: Session, *, object_key: str) -> None:
    """A recording has it, or it is gone."""
    session.execute(
        delete(tables.DoomedObject)
        .where(tables.DoomedObject.object_key == object_key)
        .execution_options(synchronize_session=False)
    )


def due(session: Session, *, limit: int = 100) -> list[str]:
    """Keys of objects to be deleted now."""
    return list(
        session.scalars(
            select(tables.DoomedObject.object_key)
            .where(tables.DoomedObject.at <= datetime.now(UTC))
            .order_by(tables.DoomedObject.id)
            .limit(limit)
        )
    )


def is_used(session: Session, *, object_key: str) -> bool:
    """Whether it is a recording, or waits to become one."""
    recording = select(tables.Recording.id).where(tables.Recording.object_key == object_key)
    landed = select(tables.Call.id).where(tables.Call.object_key == object_key)
    return bool(session.scalar(select(or_(recording.exists(), landed.exists()))))


def forget(session: Session, *, object_key: str) -> None:
    """The store has let go of it: it is neither doomed nor seen in a source any more."""
    spare(session, object_key=object_key)
    session.execute(
        delete(tables.DroppedObject)
        .where(tables.DroppedObject.key == object_key)
        .execution_options(synchronize_session=False)
    )
