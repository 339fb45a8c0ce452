"""Processes that belong together: started, started again when they end, stopped in order, gone when we are gone."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from earmark.settings import Settings

STOP_SECONDS = 9.0
"""From the request to stop until what still runs is killed; container engines kill after 10."""
GLANCE_SECONDS = 0.2
STEADY_SECONDS = 60.0
"""A process that has run for so long has not failed to start."""

# A fresh interpreter, because engines and database connections do not survive a fork. The settings go through a pipe:
# a command line and an environment may be read by others.
_BOOT = (
    "import pickle, sys; given = sys.stdin.buffer; sys.path[:] = pickle.load(given); "
    "from workers.child import main; main(*pickle.load(given))"
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A process to be."""

    name: str
    target: str
    """`package.module:function`; it is called with the settings and `options`."""
    options: Mapping[str, Any] = field(default_factory=dict)
    fds: tuple[int, ...] = ()
    """Open files that it inherits."""


class _Member:
    """A part, and the process that is it now."""

    def __init__(self, part: Part, start: Callable[[Part], "subprocess.Popen[bytes]"], longest_pause: float) -> None:
        self.part = part
        self._start = start
        self._longest_pause = longest_pause
        self._failures = 0
        self._again_at = 0.0
        self._begin()

    def _begin(self) -> None:
        self.process: subprocess.Popen[bytes] | None = self._start(self.part)
        self._began = time.monotonic()

    def tend(self) -> int | None:
        """Start it again when it has ended, after a pause that grows; the process id of one that has just ended."""
        if self.process is None:
            if time.monotonic() >= self._again_at:
                self._begin()
            return None
        status = self.process.poll()
        if status is None:
            return None
        steady = time.monotonic() - self._began > STEADY_SECONDS
        self._failures = (1 if status else 0) if steady else self._failures + 1
        pause = min(0.25 * 2**self._failures, self._longest_pause)
        self._again_at = time.monotonic() + pause
        ended, self.process = self.process.pid, None
        log.log(40 if status else 20, "ended; started again", part=self.part.name, status=status, pause=pause)
        return ended


class Crew:
    """`ended` is told the process id of each that ends by itself. Start, watch and stop it in one thread."""

    def __init__(
        self,
        settings: Settings,
        *,
        ended: Callable[[int], None],
        longest_pause: float = 30.0,
        log_file: Path | None = None,
    ) -> None:
        self._settings = settings
        self._ended = ended
        self._longest_pause = longest_pause
        self._log_file = log_file
        self._members: list[_Member] = []

    def start(self, parts: Sequence[Part]) -> None:
        for part in parts:
            self._members.append(_Member(part, self._spawn, self._longest_pause))

    def watch(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.wait(GLANCE_SECONDS):
            for member in self._members:
                ended = member.tend()
                if ended is not None:
                    self._ended(ended)

    def stop(self) -> None:
        """Ask all to end, kill those that do not."""
        running = [member.process for member in self._members if member.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + STOP_SECONDS
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
            if process.poll() is None:
                log.warning("did not end when asked; killed", pid=process.pid)
                process.kill()
                process.wait()
        self._members.clear()

    def pids(self) -> dict[str, int]:
        """By the name of the part; those that run now."""
        return {member.part.name: member.process.pid for member in self._members if member.process is not None}

    def _spawn(self, part: Part) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-c", _BOOT, f"earmark {part.name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # ours is for what a command answers; they have logs
            start_new_session=True,  # Ctrl-C reaches us alone, and we stop them in order
            pass_fds=part.fds,
        )
        assert process.stdin is not None  # it is a pipe
        given = (part.target, self._settings, dict(part.options), os.getpid(), self._log_file)
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(pickle.dumps(sys.path) + pickle.dumps(given))
        return process


def stop_on_signals(stop: threading.Event) -> None:
    """SIGTERM and Ctrl-C set `stop`; a second one ends the process at once. Call it in the main thread."""

    def asked(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, asked)
