"""Messages as files in a folder: the broker of one machine that has none.

kombu's filesystem transport, made safe to kill: a message appears whole (written beside, renamed in), is taken by one
reader (renamed in the same folder, then read), and one that cannot be read is put aside instead of ending the worker.
A message only says that work is due, so one that is lost costs a sweep and nothing else.
"""

import json
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

import structlog
from kombu.transport import filesystem

NAME = "workers.local_broker:Transport"
"""For `broker_transport`; a class path inside a URL is refused."""
MESSAGE = ".msg"
TAKEN = ".taken"
LEFT_BEHIND = (".writing", TAKEN, ".broken", MESSAGE)

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
log = structlog.get_logger()


def options(folder: Path) -> dict[str, Any]:
    """`broker_transport_options` for messages in `folder`, which is made when it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder),
        "polling_interval": 0.1,  # costs 0.3 % of a core
    }


def empty(folder: Path) -> int:
    """Throw all messages away; how many there were. Only while nobody reads."""
    found = [path for path in folder.glob("*") if path.suffix in LEFT_BEHIND]
    for path in found:
        path.unlink(missing_ok=True)
    return sum(path.suffix == MESSAGE for path in found)


class Channel(filesystem.Channel):
    """Reads and writes one folder. Queues are told apart by the ends of file names."""

    def _folder(self) -> Path:
        return Path(self.data_folder_in)

    def _end(self, queue: str) -> str:
        return f".{_UNSAFE.sub('_', queue)}{MESSAGE}"

    def _names(self, queue: str) -> list[str]:
        end = self._end(queue)
        try:
            return sorted(name for name in os.listdir(self.data_folder_in) if _queue_end(name) == end)  # noqa: PTH208  (names are all we need)
        except FileNotFoundError:
            return []

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]  # two names in kombu
        """Nanoseconds of the wall clock come first, so that names sort by age even after a reboot."""
        folder, name = self._folder(), f"{time.time_ns():020d}-{uuid4().hex}"
        written = folder / f"{name}.writing"
        try:
            written.write_text(json.dumps(payload), "utf-8")
        except FileNotFoundError:  # somebody removed the folder while we ran
            folder.mkdir(parents=True, exist_ok=True)
            written.write_text(json.dumps(payload), "utf-8")
        written.rename(folder / f"{name}{self._end(queue)}")

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ARG002  (kombu's signature)
        """The oldest message. Raises Empty."""
        for name in self._names(queue):
            taken = self._folder() / f"{name}{TAKEN}"
            try:
                (self._folder() / name).rename(taken)
            except FileNotFoundError:
                continue  # another reader was first
            message = _read(taken)
            if message is not None:
                return message
        raise Empty

    def _poll(self, cycle: Any, callback: Callable[..., Any], timeout: float | None = None) -> Any:  # noqa: ARG002
        """Queues in the order in which the worker was told of them: live calls pass before a backlog."""
        for queue in list(self._active_queues):
            with suppress(Empty):
                return self._get_and_deliver(queue, callback)  # type: ignore[no-untyped-call]
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._names(queue))

    def _purge(self, queue: str) -> int:
        names = self._names(queue)
        for name in names:
            (self._folder() / name).unlink(missing_ok=True)
        return len(names)

    def get_table(self, exchange: str) -> list[tuple[str, str, str]]:  # noqa: ARG002
        """Every routing key is the name of a queue, so there are no files that say so, and none that can break."""
        return []

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> list[str]:  # noqa: ARG002
        return [routing_key]

    def _queue_bind(self, *_: Any) -> None:
        """Nothing to note."""

    def _delete(self, queue: str, *_: Any, **__: Any) -> None:
        self._purge(queue)


class Transport(filesystem.Transport):
    """What `broker_transport` names."""

    Channel = Channel


def _queue_end(name: str) -> str:
    """`123-abc.speech.live.msg` → `.speech.live.msg`; neither part before it has a full stop."""
    return name[name.find(".") :]


def _read(taken: Path) -> Any:
    """None when there is no message in it: then it is kept aside for whoever wonders."""
    try:
        message = json.loads(taken.read_text("utf-8"))
        properties = message["properties"]
        if not isinstance(properties["delivery_info"], dict) or "body" not in message:
            raise KeyError("body")
    except (ValueError, TypeError, KeyError, LookupError, OSError) as error:
        log.warning("unreadable message put aside", file=taken.name, error=str(error))
        with suppress(OSError):
            taken.rename(taken.with_suffix(".broken"))
        return None
    taken.unlink(missing_ok=True)
    return message
