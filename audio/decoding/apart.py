"""Work in a process that can be lost: a hostile file takes down that process, and nobody's loaded model.

A server is started once for each process that asks, with nothing loaded but the decoder (about 0.4 s), and forks a
child for each file (some milliseconds). Its standard input is a socket: for each piece of work it gets two
descriptors, the one to answer on and the one to write to. When the asking process dies the socket ends, the server with
it, and with the server its children. When the asker gives up it closes the answer's socket, and the child is killed.

`multiprocessing` would do this too, but its children run the asker's main module again (which fails for a script from
standard input), daemons may not use it, and its server belongs to the whole process.
"""

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from models.errors import EngineFailed

_START = (
    "import os, sys; "
    "os.environ.update(OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1'); "  # Threads would be lost in the fork.
    "sys.path[:] = sys.argv[2:]; "
    "import importlib; importlib.import_module(sys.argv[1]).serve()"
)
_LAST_WORDS = 5.0
"""Seconds that a server has to end when its socket has; it takes milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one piece of work may take."""

    memory: int
    """Bytes of address space beyond what the server has at its start."""
    cpu_seconds: float
    """Of processor time before it has anything to show."""
    pace: float
    """Further seconds for each unit of progress that it tells …"""
    most: float
    """… up to so many units."""
    waiting: float
    """Wall clock over processor time."""
    file_bytes: int
    """Most that it may write."""

    def cpu(self, progress: float) -> float:
        return self.cpu_seconds + self.pace * min(progress, self.most)


class Crashed(Exception):
    """The child died of itself: `signal` is its number, or None when it ended without an answer."""

    def __init__(self, signal: int | None, progress: float) -> None:
        super().__init__(f"signal {signal}")
        self.signal, self.progress = signal, progress


class OutOfTime(Exception):
    """The child was killed for the time that it took; `progress` is how far it was."""

    def __init__(self, progress: float) -> None:
        super().__init__(f"at {progress:.0f}")
        self.progress = progress


class Apart:
    """The server of this process; any thread may ask it."""

    def __init__(self, module: str) -> None:
        self._module = module
        """Its `serve` is the server; see `forks`."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def ask(self, request: Mapping[str, Any], *, output: int, limits: Limits) -> dict[str, Any]:
        """What the child answers, and its `peak_memory` in bytes.

        Raises Crashed, OutOfTime, or EngineFailed when no child could be had."""
        body = json.dumps({"request": request, "limits": asdict(limits)}).encode()
        began = time.monotonic()
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise EngineFailed(f"no process to decode in: {error.strerror}") from error
        with ours:
            with theirs:
                self._send(body, (theirs.fileno(), output))
            return self._answer(_heard(ours, limits, began))

    def close(self) -> None:
        """End the server; the next piece of work starts a new one."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """In a forked copy of this process: the server is the other's."""
        self._lock = threading.Lock()
        if self._process is not None:
            self._process.returncode = 0  # Not ours to wait for.
        if self._socket is not None:
            self._socket.close()
        self._process = self._socket = None

    def _send(self, body: bytes, descriptors: tuple[int, int]) -> None:
        """To the server that runs, or to a new one where it has died since."""
        with self._lock:
            for _ in range(2):
                server = self._running()
                try:
                    socket.send_fds(server, [len(body).to_bytes(4, "big")], descriptors)
                    server.sendall(body)
                except OSError:
                    self._end()
                else:
                    return
        raise EngineFailed("the process that decodes ends as soon as it is started; its reason is in the log")

    def _running(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._socket is None:
            try:
                self._start()
            except OSError as error:
                raise EngineFailed(f"the process that decodes could not be started: {error}") from error
        assert self._socket is not None
        return self._socket

    def _start(self) -> None:
        if not sys.executable:
            raise EngineFailed("the process that decodes could not be started: this Python does not know its own path")
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *(str(Path(entry).absolute()) for entry in sys.path if entry)]
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-c", _START, self._module, *paths],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    cwd="/",
                    start_new_session=True,  # Ctrl-C is for the one who asks.
                )
        except OSError:
            ours.close()
            raise
        self._socket = ours

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            try:
                self._process.wait(_LAST_WORDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = self._socket = None

    def _answer(self, told: dict[str, Any]) -> dict[str, Any]:
        """The child says its answer, then the server how the child ended: 0, or minus the signal."""
        if "unable" in told:
            raise EngineFailed(f"no process to decode in: {told['unable']}")
        if "exit" not in told:
            raise EngineFailed("the process that decodes was lost; it is started anew with the next attempt")
        if "answer" in told and told["exit"] == 0:
            return {**told["answer"], "peak_memory": told["peak_memory"]}
        raise Crashed(-told["exit"] if told["exit"] < 0 else None, told["progress"])


def _heard(answers: socket.socket, limits: Limits, began: float) -> dict[str, Any]:
    """All that is said until the socket ends; each word of progress buys time."""
    told: dict[str, Any] = {"progress": 0.0}
    rest = b""
    while True:
        left = began + limits.waiting * limits.cpu(told["progress"]) - time.monotonic()
        if left <= 0:
            raise OutOfTime(told["progress"])
        answers.settimeout(left)
        try:
            piece = answers.recv(1 << 16)
        except TimeoutError as error:
            raise OutOfTime(told["progress"]) from error
        except ConnectionError:
            piece = b""
        if not piece:
            return told
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, TypeError):  # A child that dies while it speaks.
                told.update(json.loads(line))


APART = Apart("audio.decoding.pour")
os.register_at_fork(after_in_child=APART.forget)
atexit.register(APART.close)
