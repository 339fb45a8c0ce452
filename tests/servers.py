"""Real servers for tests, on their standard ports of localhost: those that run, else those that can be started."""

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest

START_SECONDS = 60.0
FOLDER = "TESTS_SERVERS_FOLDER"
"""Variable that names the folder of this run's servers: tests of one run may go on in several processes."""


def needs(port: int, name: str) -> None:
    """The server `name` (postgresql, redis, rabbitmq) answers on 127.0.0.1:`port`: it runs, or is started here.

    Else the test is skipped with the reason; under CI=true it fails.
    """
    with (Path(os.environ[FOLDER]) / str(port)).open("a") as pid_file:
        fcntl.flock(pid_file, fcntl.LOCK_EX)
        if is_open(port):
            return
        process = STARTERS[name](port)
        if process is None:
            return _refuse(f"no {name}: nothing listens on port {port}, and its program is not installed")
        pid_file.write(f"{process.pid}\n")
        if not _opens(port, process):
            _refuse(f"no {name}: it was started for port {port}, and did not answer in {START_SECONDS:.0f} s")


def stop_ours(folder: Path) -> None:
    """Every server that this run has started."""
    pids = [int(pid) for file in folder.iterdir() if file.is_file() for pid in file.read_text().split()]
    found = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    for process in found:
        process.terminate()
    psutil.wait_procs(found, timeout=20)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _refuse(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _opens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if is_open(port):
            return True
        time.sleep(0.1)
    return False


def _start(
    *command: str | Path,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        user=user,
        cwd=folder,  # where it leaves what it dumps
        env={**os.environ, **(environment or {})},
    )


def _redis(port: int) -> "subprocess.Popen[bytes] | None":
    program = shutil.which("redis-server")
    if program is None:
        return None
    return _start(program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", _folder())


def _rabbitmq(port: int) -> "subprocess.Popen[bytes] | None":
    program = shutil.which("rabbitmq-server", path=f"/usr/lib/rabbitmq/bin:{os.environ.get('PATH', '')}")
    if program is None:
        return None
    folder = _folder()
    environment = {
        "RABBITMQ_NODENAME": f"tests{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(port + 20_000),
        "RABBITMQ_MNESIA_BASE": folder,
        "RABBITMQ_LOG_BASE": folder,
        "RABBITMQ_CONFIG_FILE": f"{folder}/none",
        "RABBITMQ_CONF_ENV_FILE": f"{folder}/none",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/none",
        "HOME": folder,
    }
    return _start(program, environment=environment, folder=folder)


def _postgresql(port: int) -> "subprocess.Popen[bytes] | None":
    """It refuses to run as root; then it runs as the user that its package made."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    path = os.pathsep.join([str(installed[-1])] if installed else []) + os.pathsep + os.environ.get("PATH", "")
    initdb, postgres = shutil.which("initdb", path=path), shutil.which("postgres", path=path)
    if initdb is None or postgres is None:
        return None
    folder, user = _folder(), "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    made = [initdb, "-D", folder, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-k", folder]
    return _start(postgres, "-D", folder, "-p", str(port), *options, user=user)


def _folder() -> str:
    return mkdtemp(dir=os.environ[FOLDER])


STARTERS: Mapping[str, Callable[[int], "subprocess.Popen[bytes] | None"]] = {
    "postgresql": _postgresql,
    "redis": _redis,
    "rabbitmq": _rabbitmq,
}
