"""What is to be done: the table `work`, its leases and fences.

A row is `due`, then `running` under a lease, then `done`, or `due` again after a failure, or `failed` for good.
The fence goes up with each claim; whoever writes with an old fence writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, and_, case, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.call import BESIDE_THE_ROAD, CallId, Stage
from models.errors import LeaseLost
from storage.database import moment
from storage.tables import Work, Worker

LEASE = timedelta(seconds=60)
RESEND_AFTER = timedelta(seconds=60)
"""A row that is due and whose message is this old is sent again: the message may be lost."""
LONGEST_SILENCE = timedelta(minutes=30)
"""A message is sent again after this, however often it was sent before."""
FRONT = 100
"""So many rows of a lane, the next to be worked on, are watched for lost messages; the others come to the front."""
WORKER_SILENT_AFTER = timedelta(seconds=45)
"""A worker that has not been seen for this long is taken for dead."""
MAX_CRASHES = 3
MAX_INTERRUPTIONS = 20
_KILLS = or_(Work.crashes >= MAX_CRASHES, Work.interruptions >= MAX_INTERRUPTIONS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed row. `fence` must still be the row's own when the result is written."""

    id: int
    workspace_id: int
    call_id: CallId
    stage: Stage
    input_key: str
    lane: str
    fence: int
    attempt: int
    crashes: int


@dataclass(frozen=True, slots=True)
class DueWork:
    """Enough to send a message."""

    id: int
    queue: str
    lane: str


def add(
    session: Session,
    *,
    workspace_id: int,
    call_id: CallId,
    stage: Stage,
    input_key: str,
    queue: str,
    lane: str,
    delay: timedelta = timedelta(),
) -> None:
    """Make a stage due. A row of the same input that was done or failed is due again; one that is due or runs is left.

    The message leaves after the commit: `session.info["due"]` collects what is to be sent.
    """
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {
        "state": "due",
        "due_at": moment(session, delay),
        "sent_at": None if delay else moment(session),
        "attempt": 0,
        "crashes": 0,
        "interruptions": 0,
        "progress": None,
        "error": None,
    }
    statement = (
        insert(Work)
        .values(
            workspace_id=workspace_id,
            call_id=call_id,
            stage=stage,
            input_key=input_key,
            queue=queue,
            lane=lane,
            fence=0,
            **fresh,
        )
        .on_conflict_do_update(
            index_elements=["call_id", "stage", "input_key"],
            set_=fresh,
            where=Work.state.in_(("done", "failed")),
        )
        .returning(Work.id)
    )
    work_id = session.execute(statement).scalar()
    if work_id is not None and not delay:
        session.info.setdefault("due", []).append(DueWork(work_id, queue, lane))


def claim(session: Session, *, work_id: int, owner: str) -> Job | None:
    """Take the row if it is due; None when somebody else has it, or it is done."""
    row = session.execute(
        update(Work)
        .where(Work.id == work_id, Work.state == "due", Work.due_at <= moment(session), ~_KILLS)
        .values(
            state="running",
            owner=owner,
            fence=Work.fence + 1,
            attempt=Work.attempt + 1,
            lease_until=moment(session, LEASE),
            progress=None,
        )
        .returning(
            Work.id,
            Work.workspace_id,
            Work.call_id,
            Work.stage,
            Work.input_key,
            Work.lane,
            Work.fence,
            Work.attempt,
            Work.crashes,
        )
    ).one_or_none()
    if row is None:
        return None
    fields = row._asdict()
    return Job(**(fields | {"stage": Stage(fields["stage"])}))


def _ours(job: Job) -> Update:
    return update(Work).where(Work.id == job.id, Work.fence == job.fence, Work.state == "running")


def _changed(session: Session, statement: Update) -> bool:
    return cast(CursorResult[Any], session.execute(statement)).rowcount == 1


def beat(session: Session, job: Job, *, progress: float | None) -> bool:
    """Prolong the lease; False when it is no longer ours."""
    return _changed(session, _ours(job).values(lease_until=moment(session, LEASE), progress=progress))


def finish(session: Session, job: Job) -> None:
    """First statement of the transaction that writes a stage's result. Raises LeaseLost: then all is rolled back."""
    if not _changed(session, _ours(job).values(state="done", lease_until=None, progress=None, error=None)):
        raise LeaseLost(f"{job.stage} of call {job.call_id} was taken over by another worker")


def retry_later(session: Session, job: Job, *, error: str, delay: timedelta) -> None:
    """Due again after `delay`. Raises LeaseLost."""
    values = {"state": "due", "due_at": moment(session, delay), "sent_at": None, "lease_until": None, "error": error}
    if not _changed(session, _ours(job).values(values)):
        raise LeaseLost(f"{job.stage} of call {job.call_id} was taken over by another worker")


def give_up(session: Session, job: Job, *, error: str) -> None:
    """Never again by itself. Raises LeaseLost."""
    if not _changed(session, _ours(job).values(state="failed", lease_until=None, error=error)):
        raise LeaseLost(f"{job.stage} of call {job.call_id} was taken over by another worker")


def give_back(session: Session, job: Job) -> None:
    """An orderly stop: due at once, and the attempt doesn't count."""
    values = {"state": "due", "due_at": moment(session), "sent_at": None, "lease_until": None}
    session.execute(_ours(job).values(attempt=Work.attempt - 1, **values))


def set_aside(session: Session, *, call_id: CallId) -> None:
    """Stop what is due or running for a call; its results will find their fence gone. Trackers come with the tags."""
    left = [stage for stage in BESIDE_THE_ROAD if stage is not Stage.TRACK]
    session.execute(
        update(Work)
        .where(Work.call_id == call_id, Work.state.in_(("due", "running")), Work.stage.not_in(left))
        .values(state="done", fence=Work.fence + 1, lease_until=None)
    )


def withdraw(session: Session, *, call_id: CallId, stage: Stage, input_keys: Sequence[str]) -> list[str]:
    """Those of the rows that are due and not running are not wanted any more; the keys of these."""
    return list(
        session.scalars(
            update(Work)
            .where(
                Work.call_id == call_id, Work.stage == stage.value, Work.input_key.in_(input_keys), Work.state == "due"
            )
            .values(state="done", fence=Work.fence + 1)
            .returning(Work.input_key)
            .execution_options(synchronize_session=False)
        )
    )


def is_open(session: Session, *, call_id: CallId) -> bool:
    """Whether a stage of the call's road is due or running; what comes beside it does not count."""
    statement = select(func.count()).where(
        Work.call_id == call_id, Work.state.in_(("due", "running")), Work.stage.not_in(BESIDE_THE_ROAD)
    )
    return bool(session.scalar(statement))


def is_done(session: Session, *, call_id: CallId, stage: Stage, input_key: str) -> bool:
    """Whether the stage is through for this input."""
    statement = select(Work.state).where(
        Work.call_id == call_id, Work.stage == stage.value, Work.input_key == input_key
    )
    return session.scalar(statement) == "done"


def lapse(session: Session, *, owner: str) -> None:
    """This process is known to be dead: its leases end now, and `expire` finds them."""
    session.execute(
        update(Work)
        .where(Work.state == "running", Work.owner == owner)
        .values(lease_until=moment(session, -LEASE))
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Poisonous:
    """A row that has killed its workers too often: nobody takes it any more."""

    id: int
    call_id: CallId
    stage: Stage
    input_key: str
    error: str


def _is_part_of(parent: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The row's owner is `parent` or a process of its: `host/1/2.00/3` is of `host/1/2.00`, `host/1/2.001` is not."""
    slashed = parent.concat("/")
    return func.substr(Work.owner.concat("/"), 1, func.length(slashed)) == slashed


def expire(session: Session) -> None:
    """Rows whose lease ran out are due again.

    A crash counts against the row only while the worker that started the process is alive: else the machine was
    at fault, and the row is as innocent as the others it ran with.
    """
    gone = _unlocked(Work.state == "running", Work.lease_until < moment(session))
    alive = (
        select(Worker.owner)
        .where(_is_part_of(Worker.owner), Worker.seen_at > moment(session, -WORKER_SILENT_AFTER))
        .exists()
    )
    crashes = Work.crashes + case((alive, 1), else_=0)
    interruptions = Work.interruptions + case((alive, 0), else_=1)
    session.execute(
        update(Work)
        .where(gone)
        .values(crashes=crashes, interruptions=interruptions, state="due", lease_until=None, sent_at=None)
        .execution_options(synchronize_session=False)
    )


def poisonous(session: Session) -> list[Poisonous]:
    """Due rows that have killed too often, or were interrupted too often to be innocent."""
    error = case(
        (Work.crashes >= MAX_CRASHES, f"its worker was killed {MAX_CRASHES} times while working on it"),
        else_=f"interrupted {MAX_INTERRUPTIONS} times",
    )
    rows = session.execute(
        select(Work.id, Work.call_id, Work.stage, Work.input_key, error.label("error"))
        .where(Work.state == "due", _KILLS)
        .order_by(Work.id)
    )
    return [
        Poisonous(
            id=row.id, call_id=CallId(row.call_id), stage=Stage(row.stage), input_key=row.input_key, error=row.error
        )
        for row in rows
    ]


def set_apart(session: Session, row: Poisonous) -> bool:
    """Failed for good; False when somebody else has done so, or it was made due anew meanwhile."""
    values = {"state": "failed", "error": row.error}
    return _changed(session, update(Work).where(Work.id == row.id, Work.state == "due", _KILLS).values(values))


def release(session: Session, *, owners: Sequence[str]) -> None:
    """Owners known to be dead lose their leases at once; it counts as an interruption."""
    for owner in owners:
        session.execute(
            update(Work)
            .where(Work.state == "running", _is_part_of(literal(owner)))
            .values(state="due", lease_until=None, sent_at=None, interruptions=Work.interruptions + 1)
            .execution_options(synchronize_session=False)
        )
        session.execute(delete(Worker).where(Worker.owner == owner))


def forget_sent(session: Session) -> None:
    """The messages are known to be gone (a broker that came back empty): all that is due counts as never sent."""
    session.execute(
        update(Work)
        .where(_unlocked(Work.state == "due"))
        .values(sent_at=None)
        .execution_options(synchronize_session=False)
    )


def _unlocked(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows that nobody writes just now: whoever locks many rows must not wait for those who lock others."""
    return Work.id.in_(select(Work.id).where(*wanted).order_by(Work.id).with_for_update(skip_locked=True))


def silent(session: Session, *, limit: int = 1000) -> list[DueWork]:
    """Rows that are due and whose message is missing or old; they are marked as sent now.

    Of those sent before only the first in each lane are sent again, and each after twice the time of the last: else a
    backlog, whose messages are all there and all old, would double in the broker every minute.
    """
    due = and_(Work.state == "due", Work.due_at <= moment(session))
    unsent = select(Work.id).where(due, Work.sent_at.is_(None)).order_by(Work.due_at, Work.id).limit(limit)
    chosen = [*session.scalars(unsent), *_overdue(session)]
    free = select(Work.id).where(Work.id.in_(chosen), due).order_by(Work.id).with_for_update(skip_locked=True)
    rows = session.execute(
        update(Work)
        .where(Work.id.in_(session.scalars(free).all()))
        .values(sent_at=moment(session))
        .returning(Work.id, Work.queue, Work.lane)
        .execution_options(synchronize_session=False)
    )
    return sorted((DueWork(*row) for row in rows), key=lambda due: due.id)


def _overdue(session: Session) -> list[int]:
    place = func.row_number().over(partition_by=(Work.queue, Work.lane), order_by=(Work.due_at, Work.id))
    waiting = (
        select(Work.id, Work.due_at, Work.sent_at, place.label("place"))
        .where(Work.state == "due", Work.due_at <= moment(session))
        .subquery()
    )
    now = moment(session)
    clock = session.scalar(select(now)) if isinstance(now, ColumnElement) else now
    assert clock is not None
    sent = waiting.c.sent_at
    rows = session.execute(select(waiting).where(waiting.c.place <= FRONT, sent < moment(session, -RESEND_AFTER)))
    return [row.id for row in rows if clock - row.sent_at > min(row.sent_at - row.due_at, LONGEST_SILENCE)]


def backlog(session: Session) -> dict[str, int]:
    """How many rows are due or running, by queue."""
    statement = select(Work.queue, func.count()).where(Work.state.in_(("due", "running"))).group_by(Work.queue)
    return {row.queue: row[1] for row in session.execute(statement)}
