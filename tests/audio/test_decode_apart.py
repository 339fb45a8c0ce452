"""What a file can do to the process that decodes it, and what the one that asks hears of it."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from sounds import encode, tone

import audio.recording
from audio.decoding.apart import Apart
from audio.decoding.pour import pour
from audio.recording import Bounds, decoded
from models.errors import BadRecording, EarmarkError, StoreFailed

QUICK = Bounds(cpu_seconds=1, pace=1, waiting=60)
IMPATIENT = Bounds(cpu_seconds=1, pace=1, waiting=1)


@pytest.fixture
def losing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    """A server whose children do what the name of their file says."""
    apart = Apart("losing")
    monkeypatch.setattr(audio.recording, "APART", apart)
    yield apart
    apart.close()


def ask(folder: Path, name: str, bounds: Bounds = QUICK) -> str:
    path = folder / name
    path.write_bytes(b"sound")
    with pytest.raises(EarmarkError) as caught, decoded(path, folder=folder, max_seconds=60, bounds=bounds):
        pass
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("call.crash", r"BadRecording: decoding call\.crash crashed the decoder \(SIGSEGV\)"),
        ("call.abort", r"BadRecording: decoding call\.abort crashed the decoder \(SIGABRT\)"),
        ("call.loop", r"BadRecording: decoding call\.loop took more than 1 seconds of processor time for 0"),
        ("call.sleep", r"BadRecording: decoding call\.sleep took more than 1 seconds for 0 seconds of sound"),
        ("call.memory", r"BadRecording: decoding call\.memory needs more than 512 MiB"),
        ("call.disk", r"StoreFailed: the decoded sound of call\.disk cannot be written to .*: No space left"),
        ("call.killed", r"EngineFailed: the process that decoded call\.killed was killed \(SIGKILL\)"),
        ("call.bug", r"EngineFailed: .* ended without an answer"),
        ("call.orphan", r"EngineFailed: the process that decodes was lost"),
    ],
)
def test_a_lost_process_is_a_reason_and_the_next_file_is_read(
    losing: Apart, tmp_path: Path, name: str, says: str
) -> None:
    assert re.match(says, ask(tmp_path, name, IMPATIENT if name == "call.sleep" else QUICK))
    assert ask(tmp_path, "call.fine") == "BadRecording: nothing was to happen"


def test_sound_that_comes_buys_time(losing: Apart, tmp_path: Path) -> None:
    assert ask(tmp_path, "call.busy") == "BadRecording: nothing was to happen"
    told = ask(tmp_path, "call.busy", Bounds(cpu_seconds=1, pace=0, waiting=60))
    assert re.search("1 seconds of processor time for [1-3] seconds of sound", told)


def test_a_child_that_is_given_up_is_killed(losing: Apart, tmp_path: Path) -> None:
    ask(tmp_path, "call.fine")
    (server,) = [child for child in psutil.Process().children() if "losing" in child.cmdline()]
    ask(tmp_path, "call.sleep", IMPATIENT)
    _, alive = psutil.wait_procs(server.children(), timeout=10)
    assert not alive


def test_children_hold_nothing_of_the_process_that_asks(losing: Apart, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("wb") as secret:
        os.set_inheritable(secret.fileno(), True)
        told = ask(tmp_path, "call.who")
    pid, parent = re.findall(r"I am (\d+) of (\d+)", told)[0]
    assert str(os.getpid()) not in {pid, parent}
    assert "main None" in told
    assert len(re.findall("/proc/self/fd/", told)) < 10


def test_the_server_ends_with_who_asked(losing: Apart, tmp_path: Path) -> None:
    script = (
        "import pathlib, os, signal; from audio.recording import decoded\n"
        "from audio.decoding.apart import APART\n"
        f"path = pathlib.Path({str(encode(tmp_path / 'a.wav', 'pcm_s16le', tone(1.0, 440), 8000))!r})\n"
        "with decoded(path, folder=path.parent, max_seconds=9) as clip:\n"
        "    print(APART._process.pid, clip.duration, __name__, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # From standard input: no file is its main module, and nothing may want to run it again.
    told = subprocess.run([sys.executable], input=script, capture_output=True, text=True, check=False, cwd=Path.cwd())
    pid, *rest = told.stdout.split()
    assert rest == ["1.0", "__main__"], told.stderr
    assert not psutil.pid_exists(int(pid)) or psutil.Process(int(pid)).wait(10) is None


def test_a_signal_to_all_processes_leaves_the_file_of_a_worker_that_ends_in_peace(
    losing: Apart, tmp_path: Path
) -> None:
    """As a service manager sends it: the worker ends when its call is done, and its server with it."""
    ask(tmp_path, "call.fine")
    (server,) = [child for child in psutil.Process().children() if "losing" in child.cmdline()]
    server.terminate()
    assert ask(tmp_path, "call.busy") == "BadRecording: nothing was to happen"
    assert server.is_running()
    losing.close()
    assert not server.is_running()


def test_many_threads_ask_at_once(tmp_path: Path) -> None:
    paths = [encode(tmp_path / f"{number}.wav", "pcm_s16le", tone(0.5 + number / 10, 440), 8000) for number in range(8)]
    heard: dict[str, tuple[float, int]] = {}

    def read(path: Path) -> None:
        with decoded(path, folder=tmp_path, max_seconds=60) as clip:
            heard[path.name] = (clip.duration, sum(window.shape[1] for window in clip.windows(0.3)))

    threads = [threading.Thread(target=read, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"{number}.wav": round((0.5 + number / 10) * 16000) for number in range(8)}
    assert heard == {name: (count / 16000, count) for name, count in expected.items()}


@pytest.mark.parametrize("executable", ["", "/no/such/python", "/bin/false"])
def test_a_server_that_cannot_be_started_is_worth_a_retry(
    losing: Apart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, executable: str
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    assert ask(tmp_path, "call.fine").startswith("EngineFailed: the process that decodes ")


def test_no_room_for_the_sound_is_worth_a_retry(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", tone(1.0, 440), 8000)
    with (
        pytest.raises(StoreFailed, match="no file for decoded sound"),
        decoded(path, folder=tmp_path / "gone", max_seconds=60),
    ):
        pass
    with (
        pytest.raises(StoreFailed, match=r"gone\.wav"),
        decoded(tmp_path / "gone.wav", folder=tmp_path, max_seconds=60),
    ):
        pass


def test_a_full_disk_is_worth_a_retry(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", tone(1.0, 440), 8000)
    request = {"path": str(path), "name": "call.wav", "max_seconds": 60, "raw": None}
    with Path("/dev/full").open("wb") as full:
        assert pour(request, full.fileno(), lambda _: None) == {"room": "No space left on device"}


def test_nothing_stays_in_the_folder(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", tone(1.0, 440), 8000)
    folder = tmp_path / "work"
    folder.mkdir()
    with decoded(path, folder=folder, max_seconds=60) as clip:
        assert np.concatenate(list(clip.windows(1)), axis=1).shape == (1, 16000)
    assert not list(folder.iterdir())


def test_a_fork_of_the_asker_starts_a_server_of_its_own(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.wav", "pcm_s16le", tone(1.0, 440), 8000)
    script = (
        "import os, pathlib; from audio.recording import decoded\n"
        f"path = pathlib.Path({str(path)!r})\n"
        "def read():\n"
        "    with decoded(path, folder=path.parent, max_seconds=9) as clip: print(clip.duration, flush=True)\n"
        "read(); pid = os.fork()\n"
        "read()\n"
        "if pid: os.waitpid(pid, 0); read()\n"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert told.stdout.split() == ["1.0"] * 4, told.stderr


def test_a_bound_of_time_grows_with_the_file_and_ends(tmp_path: Path) -> None:
    small, large = Bounds().of(1000, 6 * 3600), Bounds().of(2 << 30, 6 * 3600)
    assert small.waiting * small.cpu(0) < 100
    assert small.cpu(0) < large.cpu(0) < 600
    assert small.cpu(3 * 3600) > 1800
    assert large.cpu(10**9) < 2 * 3600
    assert large.file_bytes >= 6 * 3600 * 16000 * 2 * 8


def test_what_is_refused_names_the_file_as_its_sender_does(tmp_path: Path) -> None:
    (tmp_path / "object-17").write_bytes(b"Dear customer, " * 50)
    with (
        pytest.raises(BadRecording, match=r"^letter\.mp3 .* a text"),
        decoded(tmp_path / "object-17", folder=tmp_path, max_seconds=60, name="letter.mp3"),
    ):
        pass
