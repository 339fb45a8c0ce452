"""What the processes of the tests' crews do."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from earmark.settings import Settings
from workers.crew import Crew, Part


def wait(settings: Settings, *, note: Path) -> None:
    """Leave the process id, and wait to be stopped."""
    _leave(note)
    threading.Event().wait()


def refuse_to_stop(settings: Settings, *, note: Path) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wait(settings, note=note)


def end(settings: Settings, *, note: Path) -> None:
    """Leave a mark and end at once."""
    with note.open("a") as file:
        file.write(".")


def have_a_child(settings: Settings, *, note: Path, child: Path) -> None:
    """A crew inside a process: for killing its head."""
    Crew(settings, ended=lambda _pid: None).start(
        [Part(name="child", target="crew_parts:wait", options={"note": child})]
    )
    wait(settings, note=note)


def say(settings: Settings, *, note: Path) -> None:
    """What reaches this process of the one that started it."""
    listed = subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True, text=True)
    note.write_text(f"{settings.queue_prefix} {os.getsid(0) == os.getpid()} {listed.stdout.strip()} {sys.argv}")
    threading.Event().wait()


def _leave(note: Path) -> None:
    beside = note.with_suffix(".new")
    beside.write_text(str(os.getpid()))
    beside.rename(note)
