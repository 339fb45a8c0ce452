"""What happens by the clock: led by one, and a job that fails stops no other."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from toolboxes import make_toolbox
from waiting import until

from earmark.settings import Settings, read_settings
from models.call import CallFacts
from models.upload import DeliveredTranscript, Upload
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import work, workspaces
from workers import schedule
from workers.schedule import Job, jobs, run_jobs, run_once


@pytest.fixture
def tools(tmp_path: Path, database_url: str) -> Iterator[Toolbox]:
    tools = make_toolbox(tmp_path, database_url=database_url, owner="first/1/1.00")
    yield tools
    tools.sessions.engine.dispose()


@contextmanager
def another(tools: Toolbox, tmp_path: Path) -> Iterator[Toolbox]:
    url = tools.sessions.engine.url.render_as_string(hide_password=False)
    second = make_toolbox(tmp_path, database_url=url, owner="second/1/1.00")
    yield second
    second.sessions.engine.dispose()


@contextmanager
def running(settings: Settings) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=partial(run_jobs, settings, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation without servers, with one workspace."""
    make_toolbox(tmp_path).sessions.engine.dispose()
    return read_settings(data_dir=tmp_path, sweep_seconds=0.05, drop_settle_seconds=0, log_level="error")


def test_of_two_schedulers_one_runs_a_job(tools: Toolbox, tmp_path: Path) -> None:
    ran: list[str] = []
    job = Job("a job", 60.0, lambda tools: ran.append(tools.owner))
    with another(tools, tmp_path) as second:
        assert run_once(tools, job)
        assert not run_once(second, job)
        assert run_once(tools, job)
    assert ran == [tools.owner, tools.owner]


def test_what_concerns_a_machine_is_done_on_each(tools: Toolbox, tmp_path: Path) -> None:
    ran: list[str] = []
    job = Job("a job", 60.0, lambda tools: ran.append(tools.owner), everywhere=True)
    with another(tools, tmp_path) as second:
        assert run_once(tools, job)
        assert run_once(second, job)
    assert ran == [tools.owner, second.owner]


def test_a_job_that_fails_comes_again_and_the_others_go_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def fail(_: Toolbox) -> None:
        ran.append("failing")
        raise RuntimeError("broken on purpose")

    table = (Job("failing", 0.01, fail), Job("sound", 0.01, lambda _: ran.append("sound")))
    monkeypatch.setattr(schedule, "jobs", lambda _: table)
    with running(settings):
        until(lambda: ran.count("failing") > 1 and ran.count("sound") > 1, "both have run twice")


def test_a_slow_job_holds_up_no_other(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    free = threading.Event()
    table = (Job("slow", 0.01, lambda _: free.wait(60)), Job("quick", 0.01, lambda _: ran.append("quick")))
    monkeypatch.setattr(schedule, "jobs", lambda _: table)
    with running(settings):
        until(lambda: len(ran) > 2, "the quick one has run three times")
        free.set()


def test_what_was_due_and_never_sent_is_sent(settings: Settings, tmp_path: Path) -> None:
    tools = make_toolbox(tmp_path)  # its messages reach nobody
    with tools.sessions.read() as session:
        workspace_id = workspaces.get(session).id
    words = DeliveredTranscript(turns=())
    ingest_call(tools, Upload(facts=CallFacts(external_id="1"), transcript=words), workspace_id=workspace_id)
    with tools.sessions.write() as session:
        work.forget_sent(session)
    with running(settings):
        until(lambda: list((tmp_path / "messages").glob("*.speech.live.msg")), "a message is in the folder")
    tools.sessions.engine.dispose()


def test_every_job_has_its_own_name(settings: Settings) -> None:
    names = [job.name for job in jobs(settings)]
    assert names == [
        "release the dead",
        "sweep work",
        "fold leads",
        "match touchpoints",
        "match numbers",
        "sweep drops",
        "clear scratch",
        "forget workers",
    ]
