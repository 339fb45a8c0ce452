"""The server's half of `apart`: forks a child for each piece of work, and tells how it ended."""

import contextlib
import ctypes
import json
import math
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Progress = Callable[[float], None]
Work = Callable[[Mapping[str, Any], int, Progress], dict[str, Any]]
"""A request, the descriptor to write to, and whom to tell how far it is; gives the answer."""

_PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Forks:
    """Waits for work on a socket until the other end is gone."""

    def __init__(self, control: socket.socket, work: Work) -> None:
        self._control, self._work = control, work
        self._children: dict[int, socket.socket] = {}
        self._woken, waker = os.pipe()
        os.set_blocking(waker, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # A worker that is asked to end ends its file first, and us then.
        signal.signal(signal.SIGCHLD, lambda *_: None)  # The wake-up needs a handler.
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)

    def serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            selector.register(self._control, selectors.EVENT_READ, self._take)
            selector.register(self._woken, selectors.EVENT_READ, self._reap)
            with contextlib.suppress(ConnectionError, EOFError):
                while True:
                    for key, _ in selector.select():
                        key.data()
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _take(self) -> None:
        header, descriptors, *_ = socket.recv_fds(self._control, 4, 2)
        if len(header) < 4:
            raise EOFError
        body = _exactly(self._control, int.from_bytes(header, "big"))
        answers, output = socket.socket(fileno=descriptors[0]), descriptors[1]
        try:
            pid = os.fork()
        except OSError as error:
            with answers:
                _say(answers, {"unable": os.strerror(error.errno or 0)})
            os.close(output)
            return
        if pid == 0:
            self._be_child(body, answers, output)
        os.close(output)
        self._children[pid] = answers
        self._selector.register(answers, selectors.EVENT_READ, lambda: self._abandoned(pid))

    def _abandoned(self, pid: int) -> None:
        """Who asked has closed the answer's socket: nothing else ever makes it readable."""
        if pid in self._children:  # Else it has ended in the same moment.
            os.kill(pid, signal.SIGKILL)
            self._selector.unregister(self._children[pid])

    def _reap(self) -> None:
        os.read(self._woken, 4096)
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            with self._children.pop(pid) as answers:
                with contextlib.suppress(KeyError):
                    self._selector.unregister(answers)
                _say(answers, {"exit": os.waitstatus_to_exitcode(status), "peak_memory": usage.ru_maxrss * 1024})

    def _be_child(self, body: bytes, answers: socket.socket, output: int) -> None:
        server = os.getppid()
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._control.close()
            for other in self._children.values():
                other.close()
            told = json.loads(body)
            _bound(told["limits"])
            if os.getppid() == server:  # Else it died before we asked to die with it.
                limits = told["limits"]
                answer = self._work(told["request"], output, lambda far: _went_on(answers, limits, far))
                _say(answers, {"answer": answer})
                code = 0
        except MemoryError:
            _say(answers, {"answer": {"out_of_memory": True}})
            code = 0
        except BaseException:  # noqa: BLE001  (the door of this process: nothing may run on in the server's loop)
            traceback.print_exc()
        finally:
            os._exit(code)


def _bound(limits: Mapping[str, Any]) -> None:
    """Dies with the server, first of all when memory is short, and cannot take more than it was given."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _lower(resource.RLIMIT_AS, pages * resource.getpagesize() + limits["memory"])
    most = math.ceil(limits["cpu_seconds"] + limits["pace"] * limits["most"]) + 5
    _lower(resource.RLIMIT_CPU, most)
    _allow(math.ceil(limits["cpu_seconds"]))
    _lower(resource.RLIMIT_FSIZE, limits["file_bytes"])
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, most: int) -> None:
    """Never above what the process may have anyway."""
    _, hard = resource.getrlimit(kind)
    bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (bound, bound))


def _allow(cpu_seconds: int) -> None:
    """Below the hard limit, where SIGKILL comes instead of the SIGXCPU that tells why."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (min(cpu_seconds, hard - 1), hard))


def _went_on(answers: socket.socket, limits: Mapping[str, Any], progress: float) -> None:
    """Time is given for what comes of it: who makes nothing has little, and three hours have what they need."""
    _allow(math.ceil(limits["cpu_seconds"] + limits["pace"] * progress))
    _say(answers, {"progress": progress})


def _exactly(control: socket.socket, size: int) -> bytes:
    body = bytearray()
    while len(body) < size:
        piece = control.recv(size - len(body))
        if not piece:
            raise EOFError
        body += piece
    return bytes(body)


def _say(answers: socket.socket, line: Mapping[str, Any]) -> None:
    with contextlib.suppress(OSError):  # Nobody listens any more.
        answers.sendall(json.dumps(line).encode() + b"\n")
