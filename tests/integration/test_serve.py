"""`serve` as a user has it: whatever of it is killed, nothing is lost and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from sqlalchemy import func, select
from waiting import until

from earmark.serve import serve_in_background
from earmark.settings import Settings, read_settings
from models.call import CallFacts, CallId, CallState
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import calls, tables, workspaces
from workers.sending import sending_tools

ROOT = Path(__file__).parents[2]
SOUND = ROOT / "samples" / "calls" / "03-truck.wav"
SERVE = """
from earmark.serve import serve
from earmark.settings import read_settings
def ready(serving): print(serving.url, *serving.pids().values(), flush=True)
serve(read_settings(), ready=ready)
"""


class Served:
    """A `serve` in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert said, "it ended at once"
        self.process = process
        self.url = said[0]
        self.children = [psutil.Process(int(pid)) for pid in said[1:]]

    def child(self, name: str) -> psutil.Process:
        return next(child for child in self.children if child.cmdline()[-1] == f"earmark {name}")

    def are_gone(self) -> bool:
        return not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in self.children)


@pytest.fixture
def go_on(tmp_path: Path) -> Path:
    """The file without which no transcription ends."""
    return tmp_path / "go on"


@pytest.fixture
def settings(tmp_path: Path, go_on: Path) -> Settings:
    script = tmp_path / "script.json"
    words = [{"text": "hello", "start": 0, "end": 1, "channel": 0}]
    script.write_text(json.dumps({"words": words, "language": "en", "wait_for": str(go_on)}))
    return read_settings(
        data_dir=tmp_path / "data",
        port=0,
        sweep_seconds=0.2,
        transcriber="scripted",
        scripted_words=script,
        classifiers=("mentions",),
        log_level="warning",
    )


def popen(settings: Settings) -> "subprocess.Popen[str]":
    told = ("data_dir", "port", "sweep_seconds", "transcriber", "scripted_words", "log_level")
    environment = {f"EARMARK_{name.upper()}": str(getattr(settings, name)) for name in told}
    environment["EARMARK_CLASSIFIERS"] = "mentions"
    return subprocess.Popen(
        [sys.executable, "-c", SERVE],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    with popen(settings) as process:
        try:
            yield Served(process)
        finally:
            process.kill()


@pytest.fixture
def tools(settings: Settings) -> Iterator[Toolbox]:
    with sending_tools(settings) as tools:
        yield tools


def ingest(tools: Toolbox) -> CallId:
    with tools.sessions.write() as session:
        workspace_id = workspaces.ensure(session).id
    return ingest_call(tools, Upload(facts=CallFacts(external_id="1"), file=SOUND), workspace_id=workspace_id).call_id


def is_transcribing(tools: Toolbox) -> bool:
    with tools.sessions.read() as session:
        return session.scalars(select(tables.Work.state)).all() == ["running"]


def is_finished(tools: Toolbox, call_id: CallId) -> bool:
    with tools.sessions.read() as session:
        call = calls.row(session, call_id)
        assert call.state != CallState.FAILED, call.reason
        return call.state == CallState.FINISHED


def counts(tools: Toolbox) -> list[int | None]:
    with tools.sessions.read() as session:
        kept = (tables.Transcript, tables.Conversation, tables.Record, tables.Event)
        return [session.scalar(select(func.count()).select_from(table)) for table in kept]


def test_it_answers_works_mends_itself_and_stops(settings: Settings, tools: Toolbox, go_on: Path) -> None:
    go_on.touch()
    with served(settings) as one:
        assert httpx.get(f"{one.url}/healthz", timeout=30).status_code == 200
        assert (settings.data_dir / "store" / "inbox").is_dir()
        call_id = ingest(tools)
        until(lambda: is_finished(tools, call_id), "the call is finished")
        one.child("api").kill()  # whoever connects meanwhile waits for the next: the supervisor holds the port
        assert httpx.get(f"{one.url}/healthz", timeout=30).status_code == 200
        one.process.terminate()
        assert one.process.wait(timeout=12) == 0
        assert one.are_gone()
    assert counts(tools) == [1, 1, 1, 1]
    with tools.sessions.read() as session:
        assert session.scalars(select(tables.Worker.owner)).all() == []


def test_while_it_lives_it_is_alone_and_when_it_is_killed_the_next_one_goes_on(
    settings: Settings, tools: Toolbox, go_on: Path
) -> None:
    with served(settings) as first:
        call_id = ingest(tools)
        until(lambda: is_transcribing(tools), "the call is being transcribed")
        with popen(settings) as another:
            _, errors = another.communicate(timeout=30)
        assert another.returncode == 1
        assert f"in use by process {first.process.pid}" in errors
        first.process.kill()
        first.process.wait()
        with served(settings) as second:
            until(first.are_gone, "the orphans have ended", seconds=10)
            go_on.touch()
            until(lambda: is_finished(tools, call_id), "the call is finished", seconds=40)
            second.process.terminate()
            assert second.process.wait(timeout=12) == 0
    assert counts(tools) == [1, 1, 1, 1]


def test_a_stage_that_runs_when_all_stop_is_given_back(settings: Settings, tools: Toolbox) -> None:
    with served(settings) as one:
        ingest(tools)
        until(lambda: is_transcribing(tools), "the call is being transcribed")
        one.process.send_signal(signal.SIGINT)
        assert one.process.wait(timeout=12) == 0
        assert one.are_gone()
    with tools.sessions.read() as session:
        row = session.scalars(select(tables.Work)).one()
        assert (row.state, row.attempt, row.crashes, row.interruptions) == ("due", 0, 0, 0)


def test_it_may_run_behind_another_program(settings: Settings, tools: Toolbox, go_on: Path, tmp_path: Path) -> None:
    go_on.touch()
    with serve_in_background(settings, parts="workers", log_file=tmp_path / "log") as serving:
        assert serving.port == 0
        assert set(serving.pids()) == {"speech", "text", "scheduler"}
        call_id = ingest(tools)
        until(lambda: is_finished(tools, call_id), "the call is finished")
        with pytest.raises(Exception, match="in use by"), serve_in_background(settings):
            pass
    assert counts(tools) == [1, 1, 1, 1]
