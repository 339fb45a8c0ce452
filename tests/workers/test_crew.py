"""Processes that belong together: started again when they end, stopped in bounded time, never left behind."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from waiting import until

import workers.crew
from earmark.settings import Settings, read_settings
from workers.crew import Crew, Part


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings(data_dir=tmp_path, queue_prefix="told-", log_level="error")


@contextmanager
def crew(settings: Settings, parts: list[Part], ended: list[int] | None = None) -> Iterator[Crew]:
    """A crew that is watched by a thread while the body runs, and then stopped."""
    told: list[int] = [] if ended is None else ended
    one = Crew(settings, ended=told.append, longest_pause=0.05)
    stop = threading.Event()
    one.start(parts)
    thread = threading.Thread(target=one.watch, args=(stop,))
    thread.start()
    try:
        yield one
    finally:
        stop.set()
        thread.join()
        one.stop()


def pid_in(note: Path) -> int:
    until(note.exists, f"{note.name} is written")
    return int(note.read_text())


def test_a_process_that_is_killed_is_started_again_and_its_end_is_told(settings: Settings, tmp_path: Path) -> None:
    note, ended = tmp_path / "note", list[int]()
    with crew(settings, [Part(name="one", target="crew_parts:wait", options={"note": note})], ended) as one:
        first = pid_in(note)
        note.unlink()
        os.kill(first, signal.SIGKILL)
        second = pid_in(note)
        assert one.pids() == {"one": second}
    assert ended == [first]
    assert not psutil.pid_exists(second)


def test_a_process_that_ends_by_itself_is_started_again_and_again(settings: Settings, tmp_path: Path) -> None:
    note = tmp_path / "note"
    with crew(settings, [Part(name="one", target="crew_parts:end", options={"note": note})]):
        until(lambda: note.exists() and note.stat().st_size >= 3, "it has been started three times")


def test_one_that_does_not_stop_when_asked_is_killed(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.crew, "STOP_SECONDS", 0.3)
    note = tmp_path / "note"
    with crew(settings, [Part(name="one", target="crew_parts:refuse_to_stop", options={"note": note})]):
        pid = pid_in(note)
    assert not psutil.pid_exists(pid)


def test_children_end_when_their_parent_was_killed(settings: Settings, tmp_path: Path) -> None:
    parent, child = tmp_path / "parent", tmp_path / "child"
    options = {"note": parent, "child": child}
    with crew(settings, [Part(name="one", target="crew_parts:have_a_child", options=options)]):
        orphan = psutil.Process(pid_in(child))
        os.kill(pid_in(parent), signal.SIGKILL)
        until(lambda: not orphan.is_running(), "the orphan ends", seconds=10)


def test_settings_reach_a_process_without_its_command_line(settings: Settings, tmp_path: Path) -> None:
    note = tmp_path / "note"
    with crew(settings, [Part(name="one", target="crew_parts:say", options={"note": note})]):
        until(lambda: note.exists() and note.read_text(), "it has spoken")
    assert note.read_text() == "told- True 1 ['-c', 'earmark one']"


def test_logs_of_a_crew_may_go_to_a_file(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "logs" / "crew.log"
    one = Crew(settings, ended=lambda _pid: None, log_file=file)
    one.start([Part(name="one", target="crew_parts:no_such_function")])
    until(lambda: file.exists() and "no_such_function" in file.read_text(), "the failure is logged")
    one.stop()
