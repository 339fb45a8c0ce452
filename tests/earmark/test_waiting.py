"""Commands that start workers of their own and wait for them: real processes, a scripted engine."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from command_line import Earmark

from earmark.commands.calls import find
from earmark.commands.opening import open_here
from earmark.demo import CALLS, Demo, reads_better_now
from models.call import CallState
from pipeline.replay import replay_call
from transcription.choose import Choice

WORDS = "hello i saw your advertisement on google and i would like to book a visit"


@pytest.fixture
def scripted(tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"words": WORDS}))
    monkeypatch.setenv("EARMARK_TRANSCRIBER", "scripted")
    monkeypatch.setenv("EARMARK_SCRIPTED_WORDS", str(script))
    return script


def test_ingest_waits_for_its_calls_and_a_replay_is_for_other_engines(earmark: Earmark, scripted: Path) -> None:
    said = earmark("ingest", str(CALLS / "03-truck.wav"), "--wait")
    opened = open_here()
    call = find(opened, "03-truck")
    same, other = Demo(opened, Choice("scripted", None, "")), Demo(opened, Choice("pocketsphinx", None, ""))
    assert said.status == 0
    assert "03-truck  finished" in said.err
    assert call.engine == "scripted 1"
    assert not reads_better_now(same, call.id)
    assert reads_better_now(other, call.id)
    replay_call(opened.tools, call_id=call.id)
    assert find(opened, "03-truck").state is CallState.WORKING
    assert not reads_better_now(other, call.id)


def test_ingest_says_which_call_failed(earmark: Earmark, scripted: Path, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("hello there, this is a text\n")
    said = earmark("ingest", str(tmp_path / "text.wav"), "--wait")
    assert said.status == 1
    assert "text.wav: text.wav (28 bytes)" in said.err


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def started() -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> "subprocess.Popen[str]":
        running.append(
            subprocess.Popen(
                [sys.executable, "-c", "from earmark.cli import main; main()", *arguments],
                env=os.environ | environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.communicate()


def _until_curl(demo: "subprocess.Popen[str]") -> list[str]:
    """What it prints, up to the line that is to be pasted."""
    assert demo.stdout is not None
    giving_up = threading.Timer(200, demo.kill)
    giving_up.start()
    lines = []
    for line in demo.stdout:
        lines.append(line)
        if line.startswith("curl "):
            break
    giving_up.cancel()
    return lines


def test_the_demo_shows_a_table_serves_until_ctrl_c_and_again_duplicates_nothing(
    earmark: Earmark, scripted: Path, taken_port: int, started: Callable[..., "subprocess.Popen[str]"]
) -> None:
    demo = started("demo", EARMARK_PORT=str(taken_port), PYTHONPATH=str(CALLS.parent.parent))
    lines = _until_curl(demo)
    said = "".join(lines)
    for words in ("01-google-ad  ", "  google_ads  ", "stated channels ", f"Port {taken_port} is taken; using "):
        assert words in said
    answer = subprocess.run(["bash", "-c", lines[-1]], capture_output=True, text=True, check=True)
    assert len(json.loads(answer.stdout)["records"]) == 8
    address = said.split("The API is at ")[1].split(" ")[0]
    assert httpx.get(f"{address}/api/v1/attribution-records").status_code == 401
    demo.send_signal(signal.SIGINT)
    _, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (0, "")
    again = earmark("demo", "--once")
    assert again.status == 0
    assert "transcribe" not in again.out
    assert len(earmark("calls", "--json").out.splitlines()) == 8
