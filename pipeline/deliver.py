"""Send one change of a record to one receiver: at least once, in order for each call."""

from datetime import timedelta
from random import uniform

from attribution.exporter import Message
from attribution.record import without_quotes
from models.errors import DeliveryFailed
from pipeline.lease import Progress
from pipeline.record import REPLACED
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
        with tools.sessions.write() as session:
            return work.finish(session, job)
    if not destination.enabled:
        return _close(tools, job, delivery, "failed", "the destination was removed")
    if change is None or change.revision > delivery.revision:
        return _close(tools, job, delivery, "replaced", REPLACED)
    if is_early:
        with tools.sessions.write() as session:
            return work.retry_later(session, job, error="an earlier revision is being sent", delay=OUT_OF_TURN)
    _send(tools, job, delivery, destination, change)


def _send(tools: Toolbox, job: Job, delivery: Delivery, destination: Destination, change: Change) -> None:
    try:
        answer = tools.exporter(destination).send(_message(delivery, destination, change))
    except DeliveryFailed as error:
        _after_failure(tools, job, delivery, error)
    else:
        _close(tools, job, delivery, "delivered", answer)


def _message(delivery: Delivery, destination: Destination, change: Change) -> Message:
    body = change.body if change.body is not None else {"call": change.call_public_id, "state": "erased"}
    return Message(
        key=delivery.key,
        type=delivery.type,
        at=change.at,
        body={
            "seq": change.seq,
            "revision": change.revision,
            "record": body if destination.quotes else without_quotes(body),
        },
    )


def _after_failure(tools: Toolbox, job: Job, delivery: Delivery, error: DeliveryFailed) -> None:
    """Another attempt later, unless a newer state waits behind this one, or there is no use in it."""
    attempts = delivery.attempts + 1
    with tools.sessions.write() as session:
        calls.lock(session, job.call_id)
        if deliveries.is_outdated(session, delivery):
            state, answer = "replaced", f"{REPLACED}; before: {error}"
        elif error.is_final or attempts > len(WAITS):
            state, answer = "failed", f"given up after {attempts} {'attempt' if attempts == 1 else 'attempts'}: {error}"
        else:
            delay = timedelta(seconds=WAITS[delivery.attempts] * uniform(0.8, 1.2))  # noqa: S311  (spreads the load)
            work.retry_later(session, job, error=str(error), delay=delay)
            deliveries.attempted(session, delivery_id=delivery.id, answer=str(error))
            return
        work.finish(session, job)
        deliveries.attempted(session, delivery_id=delivery.id, answer=answer)
        deliveries.close(session, delivery_id=delivery.id, state=state, answer=answer)


def _close(tools: Toolbox, job: Job, delivery: Delivery, state: str, answer: str | None) -> None:
    with tools.sessions.write() as session:
        calls.lock(session, job.call_id)
        work.finish(session, job)
        if state == "delivered":
            deliveries.attempted(session, delivery_id=delivery.id, answer=answer)
        deliveries.close(session, delivery_id=delivery.id, state=state, answer=answer)
