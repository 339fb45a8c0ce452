"""Workers say that they live; those of this machine that are dead lose their leases. On both databases."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update
from toolboxes import make_toolbox
from waiting import until

from models.call import CallFacts
from models.upload import DeliveredTranscript, Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import tables, work, workers, workspaces
from storage.workers import SeenWorker
from workers import presence
from workers.presence import are_working, present, release_dead, this_process


@pytest.fixture
def tools(tmp_path: Path, database_url: str) -> Iterator[Toolbox]:
    tools = make_toolbox(tmp_path, database_url=database_url)
    yield tools
    tools.sessions.engine.dispose()


@pytest.fixture
def dead() -> SeenWorker:
    """A process of this machine that has ended."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        here = this_process("text")
        count = here.process_started.partition(" ")[2]
        seen = replace(here, owner=f"{socket.gethostname()}/{process.pid}/1.00", pid=process.pid)
        return replace(seen, process_started=f"1.00 {count}")


def see(tools: Toolbox, worker: SeenWorker) -> None:
    with tools.sessions.write() as session:
        workers.saw(session, worker)


def seen(tools: Toolbox) -> list[str]:
    with tools.sessions.read() as session:
        return [worker.owner for worker in workers.alive(session)]


def state_of_work_held_by(tools: Toolbox, owner: str) -> str:
    """Let `owner` hold a stage, release the dead, and look what became of it."""
    with tools.sessions.read() as session:
        workspace_id = workspaces.get(session).id
    upload = Upload(facts=CallFacts(external_id="1"), transcript=DeliveredTranscript(turns=()))
    ingest_call(tools, upload, workspace_id=workspace_id)
    with tools.sessions.write() as session:
        work_id = session.scalars(select(tables.Work.id)).one()
        assert work.claim(session, work_id=work_id, owner=owner) is not None
    release_dead(tools)
    with tools.sessions.read() as session:
        return session.scalars(select(tables.Work.state)).one()


def test_a_worker_is_seen_while_it_is_present_and_not_after(tools: Toolbox) -> None:
    me = this_process("speech,text")
    with present(tools.sessions, me):
        assert seen(tools) == [me.owner]
        assert are_working(tools, ("speech", "text"))
        assert not are_working(tools, ("text", "deliver"))
    assert seen(tools) == []
    assert not are_working(tools, ("text",))


def test_it_keeps_saying_so(tools: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.02)

    def at() -> datetime:
        with tools.sessions.read() as session:
            return session.scalars(select(tables.Worker.seen_at)).one()

    with present(tools.sessions, this_process("text")):
        first = at()
        until(lambda: at() > first, "it is seen again")


def test_whoever_signs_off_gives_up_what_its_processes_held(tools: Toolbox) -> None:
    me = this_process("text")
    with present(tools.sessions, me):
        assert state_of_work_held_by(tools, f"{me.owner}/{os.getpid()}") == "running"
    with tools.sessions.read() as session:
        assert session.scalars(select(tables.Work.state)).one() == "due"


def test_the_dead_of_this_machine_lose_their_leases(tools: Toolbox, dead: SeenWorker) -> None:
    see(tools, dead)
    assert state_of_work_held_by(tools, f"{dead.owner}/77") == "due"
    assert seen(tools) == []


def test_a_process_id_that_was_given_to_another_process_is_not_it(tools: Toolbox, dead: SeenWorker) -> None:
    see(tools, replace(dead, pid=os.getpid()))
    assert state_of_work_held_by(tools, dead.owner) == "due"


@pytest.mark.parametrize("change", ["host", "count"])
def test_those_of_another_machine_or_container_are_left_alone(tools: Toolbox, dead: SeenWorker, change: str) -> None:
    elsewhere = (
        replace(dead, host="another") if change == "host" else replace(dead, process_started="1.00 pid:[another]")
    )
    see(tools, elsewhere)
    assert state_of_work_held_by(tools, elsewhere.owner) == "running"


def test_nobody_is_working_when_the_only_worker_of_this_machine_is_dead(tools: Toolbox, dead: SeenWorker) -> None:
    see(tools, dead)
    assert not are_working(tools, ("text",))


def test_a_worker_that_was_not_seen_lately_is_not_working(tools: Toolbox) -> None:
    see(tools, this_process("text"))
    assert are_working(tools, ("text",))
    with tools.sessions.write() as session:
        session.execute(update(tables.Worker).values(seen_at=datetime(2020, 1, 1).astimezone()))
    assert not are_working(tools, ("text",))
