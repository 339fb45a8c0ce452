"""One receiver and a record that changes: order, repeats, replacement and giving up. On SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from road import drain, facts, toolbox
from sqlalchemy import update

from attribution.exporter import Message
from models.call import Tracking
from models.errors import Conflict, DeliveryFailed
from models.upload import Upload
from pipeline.deliver import WAITS
from pipeline.erase import erase_call
from pipeline.ingest import Ingested, ingest_call
from pipeline.sweep import sweep_work
from pipeline.toolbox import Toolbox
from storage import deliveries, tables, work
from storage.deliveries import Delivery


class Receiver:
    """Takes what it is sent, or fails as often as it is told to."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.fails: list[Exception] = []
        self.meanwhile: Callable[[], object] | None = None

    def send(self, message: Message) -> str:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        if self.fails:
            raise self.fails.pop(0)
        self.got.append(message)
        return "200 ok"

    def said(self) -> list[tuple[str, str]]:
        return [(message.key.partition(".")[2], message.type) for message in self.got]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def tools(tmp_path: Path, database_url: str, receiver: Receiver) -> Toolbox:
    made, _ = toolbox(tmp_path, database_url=database_url, exporter=lambda _: receiver)
    with made.sessions.write() as session:
        add(made, session)
    return made


def add(tools: Toolbox, session: object) -> int:
    return deliveries.add_destination(
        session,  # type: ignore[arg-type]
        tools.vault,
        workspace_id=1,
        name="crm",
        exporter="webhook",
        options={},
        secret="s",
        quotes=False,
    )


def change(tools: Toolbox, source: str) -> Ingested:
    """The call's record says something new."""
    given = Upload(facts=facts(tracking=Tracking(source=source)), named=frozenset({"tracking.source"}))
    return ingest_call(tools, given, workspace_id=1)


def pass_time(tools: Toolbox) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    with tools.sessions.write() as session:
        session.execute(update(tables.Work).where(tables.Work.state == "due").values(due_at=past))
    drain(tools)


def ledger(tools: Toolbox, made: Ingested) -> list[Delivery]:
    with tools.sessions.read() as session:
        return deliveries.of_call(session, call_id=made.call_id)


def states(tools: Toolbox, made: Ingested) -> list[str]:
    return [delivery.state for delivery in ledger(tools, made)]


def test_a_state_that_waits_for_its_next_attempt_does_not_hold_up_a_newer_one(
    tools: Toolbox, receiver: Receiver
) -> None:
    receiver.fails = [DeliveryFailed("503")]
    made = change(tools, "google")
    drain(tools)
    assert states(tools, made) == ["open"]
    change(tools, "newsletter")
    drain(tools)
    assert receiver.said() == [("2", "call.corrected")]
    assert states(tools, made) == ["replaced", "delivered"]


def test_a_newer_state_waits_for_the_one_that_is_being_sent(tools: Toolbox, receiver: Receiver) -> None:
    def newer() -> None:
        change(tools, "newsletter")
        drain(tools)  # another worker is at once at the newer one

    receiver.meanwhile = newer
    made = change(tools, "google")
    drain(tools)
    assert receiver.said() == [("1", "call.tagged")]
    pass_time(tools)
    assert receiver.said() == [("1", "call.tagged"), ("2", "call.corrected")]
    assert states(tools, made) == ["delivered", "delivered"]


def test_a_state_that_fails_when_a_newer_one_is_there_is_not_tried_again(tools: Toolbox, receiver: Receiver) -> None:
    receiver.meanwhile = lambda: change(tools, "newsletter")
    receiver.fails = [DeliveryFailed("503 busy")]
    made = change(tools, "google")
    drain(tools)
    pass_time(tools)
    assert receiver.said() == [("2", "call.corrected")]
    (first, second) = ledger(tools, made)
    assert (first.state, second.state) == ("replaced", "delivered")
    assert "503 busy" in (first.answer or "")


def test_an_erased_call_is_told_at_once(tools: Toolbox, receiver: Receiver) -> None:
    receiver.fails = [DeliveryFailed("503")]
    made = change(tools, "google")
    drain(tools)
    erase_call(tools, call_id=made.call_id)
    drain(tools)
    assert receiver.said() == [("2", "call.erased")]
    assert receiver.got[0].body["record"] == {"call": made.public_id, "state": "erased"}


def test_what_receivers_answered_is_forgotten_with_the_call(tools: Toolbox, receiver: Receiver) -> None:
    receiver.fails = [DeliveryFailed("410 no such customer: Ann", is_final=True)]
    made = change(tools, "google")
    drain(tools)
    erase_call(tools, call_id=made.call_id)
    assert [delivery.answer for delivery in ledger(tools, made)] == [None, None]


def test_a_receiver_that_never_answers_is_given_up_in_the_end(tools: Toolbox, receiver: Receiver) -> None:
    receiver.fails = [DeliveryFailed("503")] * 99
    made = change(tools, "google")
    for _ in range(len(WAITS) + 5):
        pass_time(tools)
    assert len(receiver.fails) == 99 - len(WAITS) - 1
    (delivery,) = ledger(tools, made)
    assert (delivery.state, delivery.attempts) == ("failed", len(WAITS) + 1)
    assert delivery.answer == f"given up after {len(WAITS) + 1} attempts: 503"
    change(tools, "newsletter")
    receiver.fails = []
    drain(tools)
    assert receiver.said() == [("2", "call.corrected")], "the next state is sent all the same"


def test_a_receiver_that_is_gone_is_asked_once(tools: Toolbox, receiver: Receiver) -> None:
    receiver.fails = [DeliveryFailed("410", is_final=True)]
    made = change(tools, "google")
    drain(tools)
    pass_time(tools)
    assert states(tools, made) == ["failed"]
    assert receiver.got == []


def test_a_fault_of_ours_while_sending_does_not_use_up_the_attempts(tools: Toolbox, receiver: Receiver) -> None:
    receiver.fails = [ZeroDivisionError()] * 7
    made = change(tools, "google")
    for _ in range(8):
        pass_time(tools)
    assert states(tools, made) == ["delivered"]


def test_a_delivery_that_kills_its_workers_is_failed_and_the_call_is_not(tools: Toolbox, receiver: Receiver) -> None:
    made = change(tools, "google")
    with tools.sessions.write() as session:
        session.execute(update(tables.Work).values(crashes=work.MAX_CRASHES))
    sweep_work(tools)
    (delivery,) = ledger(tools, made)
    assert delivery.state == "failed"
    with tools.sessions.read() as session:
        assert session.get_one(tables.Call, made.call_id).state == "finished"


def test_a_removed_receiver_gets_nothing_and_its_secret_is_not_shown(tools: Toolbox, receiver: Receiver) -> None:
    made = change(tools, "google")
    with tools.sessions.write() as session:
        (known,) = deliveries.destinations(session, tools.vault, workspace_id=1)
        deliveries.remove_destination(session, workspace_id=1, name="crm")
    assert "secret" not in repr(known)
    drain(tools)
    assert receiver.got == []
    assert states(tools, made) == ["failed"]


def test_a_name_that_is_taken_leaves_the_transaction_usable(tools: Toolbox) -> None:
    with tools.sessions.write() as session:
        with pytest.raises(Conflict, match="crm"):
            add(tools, session)
        assert len(deliveries.destinations(session, tools.vault, workspace_id=1)) == 1
