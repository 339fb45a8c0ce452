"""Kill a worker in any stage, at any point of it: every call is finished, and finished once."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from brokers import on_broker
from held_stages import POINTS
from sqlalchemy import func, select, update
from waiting import until

from earmark.serve import _lapse
from earmark.settings import Settings
from models.call import CallFacts, CallId, CallState, Stage
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import calls, deliveries, tables, workspaces
from storage.database import moment
from storage.work import RESEND_AFTER
from workers.crew import Crew, Part
from workers.presence import present, this_process
from workers.schedule import run_jobs
from workers.sending import sending_tools

SOUND = Path(__file__).parents[2] / "samples" / "calls" / "03-truck.wav"
SAID = "hello there I saw your truck on the road and need a new boiler please"
WORDS = [
    {"text": text, "start": number * 0.5, "end": number * 0.5 + 0.4, "channel": number % 2}
    for number, text in enumerate(SAID.split())
]
NO_MESSAGE_AFTER = (Stage.DELIVER,)
"""Nothing comes after it, so nothing is sent."""
ROAD = [stage for stage in Stage if stage not in {Stage.TRACK, Stage.FOLLOW, Stage.RESTATE}]
"""Stages that these calls go through: no tracker is switched, and nobody calls twice."""
EVERYWHERE = [
    (stage, point) for stage in ROAD for point in POINTS if not (point == "sent" and stage in NO_MESSAGE_AFTER)
]
EACH_STAGE = [(stage, "writing") for stage in ROAD]
"""Where it hurts most: the result is in a transaction that will not commit."""
SOME = [(Stage.TRANSCRIBE, "begun"), (Stage.FEED_BACK, "writing")]
"""What a broker adds: a message that was in the hand of the one who died."""


class Receiver:
    """Takes webhooks, and notes their keys."""

    def __init__(self) -> None:
        keys: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                keys.append(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.keys = keys
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with receiver.server:
        thread = threading.Thread(target=receiver.server.serve_forever, args=(0.05,))
        thread.start()
        yield receiver
        receiver.server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Installation:
    settings: Settings
    tools: Toolbox
    workspace_id: int


@pytest.fixture
def installation(request: pytest.FixtureRequest, tmp_path: Path, receiver: Receiver) -> Iterator[Installation]:
    database, broker = request.param
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"words": WORDS, "language": "en"}))
    given = {
        "data_dir": tmp_path,
        "database_url": request.getfixturevalue(f"{database}_url"),
        "sweep_seconds": 0.2,
        "transcriber": "scripted",
        "scripted_words": script,
        "classifiers": ("mentions",),
        "log_level": "warning",
    }
    with on_broker(broker, **given) as settings, sending_tools(settings) as tools:
        yield Installation(settings, tools, add_receiver(tools, receiver.url))


def add_receiver(tools: Toolbox, url: str) -> int:
    """A destination; the workspace's id."""
    with tools.sessions.write() as session:
        workspace = workspaces.ensure(session)
        deliveries.add_destination(
            session,
            tools.vault,
            workspace_id=workspace.id,
            name="crm",
            exporter="webhook",
            options={"url": url},
            secret="whsec_" + "A" * 32,
            quotes=True,
        )
        return workspace.id


@contextmanager
def in_thread(run: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def crew_at_work(installation: Installation, holds: Path) -> Iterator[None]:
    """Two workers and a scheduler, as `serve` has them, which stop where they are told."""
    tools = installation.tools

    def run(stop: threading.Event) -> None:
        crew = Crew(installation.settings, ended=partial(_lapse, tools), longest_pause=0.05)
        options = {"crew": tools.owner, "lanes": ("live", "bulk"), "holds": holds}
        target = "held_stages:work"
        try:
            crew.start(
                [
                    Part(name="speech", target=target, options={**options, "queues": ("speech",)}),
                    Part(name="text", target=target, options={**options, "queues": ("text", "deliver")}),
                ]
            )
            crew.watch(stop)
        finally:
            crew.stop()

    with (
        present(tools.sessions, this_process("speech,text,deliver")),
        in_thread(run),
        in_thread(partial(run_jobs, installation.settings)),
    ):
        yield


def ingest(installation: Installation, name: str) -> CallId:
    """As if it had been dropped into the store, so that it takes the whole road."""
    installation.tools.objects.put_file(f"dropped/{name}.wav", SOUND)
    upload = Upload(facts=CallFacts(external_id=name), object_key=f"dropped/{name}.wav")
    return ingest_call(installation.tools, upload, workspace_id=installation.workspace_id).call_id


def is_finished(tools: Toolbox, call_ids: list[CallId]) -> bool:
    with tools.sessions.read() as session:
        states = {calls.row(session, call_id).state for call_id in call_ids}
        open_deliveries = session.scalar(
            select(func.count()).select_from(tables.Delivery).where(tables.Delivery.state == "open")
        )
        assert CallState.FAILED not in states, [calls.row(session, call_id).reason for call_id in call_ids]
    return states == {CallState.FINISHED} and not open_deliveries


@pytest.mark.servers
@pytest.mark.parametrize(
    ("installation", "kills"),
    [
        pytest.param(("sqlite", "local"), EACH_STAGE, id="sqlite and no broker"),
        pytest.param(("sqlite", "local"), EVERYWHERE, id="at every point", marks=pytest.mark.slow),
        pytest.param(("postgresql", "redis"), SOME, id="postgresql and redis"),
        pytest.param(("postgresql", "rabbitmq"), SOME, id="postgresql and rabbitmq"),
    ],
    indirect=["installation"],
)
def test_a_worker_killed_in_each_stage_leaves_every_call_finished_once(
    installation: Installation, receiver: Receiver, tmp_path: Path, kills: list[tuple[Stage, str]]
) -> None:
    holds = tmp_path / "holds"
    holds.mkdir()
    for stage, point in kills:
        (holds / f"{stage}.{point}").touch()
    with crew_at_work(installation, holds):
        call_ids = [ingest(installation, name) for name in ("one", "two", "three")]
        for _ in kills:
            until(lambda: list(holds.glob("*.held")), f"somebody comes to one of {sorted(holds.iterdir())}")
            held = next(holds.glob("*.held"))
            os.kill(int(held.read_text()), signal.SIGKILL)
            if held.name.endswith(".sent.held"):
                let_a_minute_pass(installation.tools)
            held.unlink()
        until(lambda: is_finished(installation.tools, call_ids), "the calls are finished")
    assert_each_is_there_once(installation.tools, call_ids)
    assert len(set(receiver.keys)) == len(call_ids)


def let_a_minute_pass(tools: Toolbox) -> None:
    """For messages: one that was lost is sent again after that time."""
    with tools.sessions.write() as session:
        then = moment(session, -RESEND_AFTER - timedelta(seconds=1))
        session.execute(update(tables.Work).where(tables.Work.state == "due").values(sent_at=then))


def assert_each_is_there_once(tools: Toolbox, call_ids: list[CallId]) -> None:
    with tools.sessions.read() as session:
        for call_id in call_ids:
            for table in (tables.Transcript, tables.Conversation, tables.Record, tables.Event, tables.Delivery):
                count = session.scalar(select(func.count()).select_from(table).where(table.call_id == call_id))
                assert count == 1, f"{table.__tablename__} of call {call_id}"
            tags = session.execute(select(tables.Tag.kind, tables.Tag.item).where(tables.Tag.call_id == call_id)).all()
            assert tags
            assert len(tags) == len(set(tags))
            rows = session.execute(select(tables.Work.stage, tables.Work.state).where(tables.Work.call_id == call_id))
            assert sorted(tuple(row) for row in rows) == sorted((stage.value, "done") for stage in ROAD)
        assert set(session.scalars(select(tables.Delivery.state))) == {"delivered"}
        assert set(session.scalars(select(tables.Record.revision))) == {1}
