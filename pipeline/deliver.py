"""Send one change of a record to one receiver: at least once, in order for each call."""

from datetime import UTC, datetime, timedelta
from random import uniform

from attribution.exporter import Message
from attribution.record import without_quotes
from models.errors import DeliveryFailed
from pipeline.lease import Progress
from pipeline.toolbox import Toolbox
from storage import calls, deliveries, records, work
from storage.deliveries import Delivery, Destination
from storage.records import Change
from storage.work import Job

WAITS = (5, 30, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Seconds before each further attempt: the schedule that Standard Webhooks recommends, with one more early try."""
OUT_OF_TURN = timedelta(seconds=5)
"""How long a newer revision waits for an older one that is being sent."""


def deliver(tools: Toolbox, job: Job, progress: Progress) -> None:  # noqa: ARG001  (it has nothing to tell)
    with tools.sessions.read() as session:
        delivery = deliveries.get(session, delivery_id=int(job.input_key))
        change = records.of_call(session, call_id=delivery.call_id)
        destination = deliveries.destination(session, tools.vault, destination_id=delivery.destination_id)
        is_early = deliveries.is_earlier_open(session, delivery)
    if delivery.state != "open":
        return _close(tools, job, delivery, delivery.state, delivery.answer)
    if not destination.enabled:
        return _close(tools, job, delivery, "failed", "the destination was removed")
    if change is None or change.revision > delivery.revision:
        return _close(tools, job, delivery, "replaced", "a newer state of the record goes instead")
    if is_early:
        with tools.sessions.write() as session:
            return work.retry_later(session, job, error="waits for an earlier revision", delay=OUT_OF_TURN)
    _send(tools, job, delivery, destination, change)


def _send(tools: Toolbox, job: Job, delivery: Delivery, destination: Destination, change: Change) -> None:
    try:
        answer = tools.exporter(destination).send(_message(delivery, destination, change))
    except DeliveryFailed as error:
        return _try_again(tools, job, delivery, str(error))
    _close(tools, job, delivery, "delivered", answer)


def _message(delivery: Delivery, destination: Destination, change: Change) -> Message:
    body = change.body if change.body is not None else {"call": change.call_public_id, "state": "erased"}
    return Message(
        key=delivery.key,
        type=delivery.type,
        at=datetime.now(UTC),
        body={
            "seq": change.seq,
            "revision": change.revision,
            "record": body if destination.quotes else without_quotes(body),
        },
    )


def _try_again(tools: Toolbox, job: Job, delivery: Delivery, answer: str) -> None:
    if delivery.attempts >= len(WAITS):
        return _close(tools, job, delivery, "failed", f"given up after {delivery.attempts + 1} attempts: {answer}")
    delay = timedelta(seconds=WAITS[delivery.attempts] * uniform(0.8, 1.2))  # noqa: S311  (spreads the load, guards nothing)
    with tools.sessions.write() as session:
        work.retry_later(session, job, error=answer, delay=delay)
        deliveries.attempted(session, delivery_id=delivery.id, answer=answer)


def _close(tools: Toolbox, job: Job, delivery: Delivery, state: str, answer: str | None) -> None:
    with tools.sessions.write() as session:
        calls.lock(session, job.call_id)
        work.finish(session, job)
        deliveries.close(session, delivery_id=delivery.id, state=state, answer=answer)
