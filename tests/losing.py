"""A server whose work goes wrong as it is told to: what a hostile file does to a decoder."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audio.decoding.forks import Forks, Progress


def serve() -> None:
    Forks(socket.socket(fileno=0), work).serve()


def work(request: Mapping[str, Any], output: int, progress: Progress) -> dict[str, Any]:
    """`request["path"]` ends in what is to happen."""
    happens = HAPPENS.get(Path(request["path"]).suffix)
    return (happens(progress) if happens else None) or {"bad": "nothing was to happen"}


def crash(_: Progress) -> None:
    ctypes.string_at(0)


def abort(_: Progress) -> None:
    os.abort()


def killed(_: Progress) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def loop(_: Progress) -> None:
    while True:
        pass


def busy(progress: Progress) -> None:
    """Two seconds of work, with something to show for each part of it."""
    for second in range(1, 4):
        progress(second)
        began = time.process_time()
        while time.process_time() < began + 0.7:
            pass


def sleep(_: Progress) -> None:
    signal.pause()


def memory(_: Progress) -> dict[str, Any]:
    return {"clip": len(bytearray(1 << 40))}


def disk(_: Progress) -> dict[str, Any]:
    return {"room": "No space left on device"}


def orphan(_: Progress) -> None:
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()


def bug(_: Progress) -> None:
    raise AssertionError("as the tests want it")


def who(_: Progress) -> dict[str, Any]:
    main = getattr(sys.modules["__main__"], "__file__", None)
    return {"bad": f"I am {os.getpid()} of {os.getppid()}, main {main}, {sorted(Path('/proc/self/fd').iterdir())}"}


HAPPENS: dict[str, Callable[[Progress], dict[str, Any] | None]] = {
    f".{happens.__name__}": happens
    for happens in (crash, abort, killed, loop, busy, sleep, memory, disk, orphan, bug, who)
}
