"""Services of `docker-compose.yml` as processes of this machine, by their own command, environment and health check."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from compose_file import entrypoint

STOP_SECONDS = 20
LOCAL = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where on this machine the servers are that the file calls postgres, redis and minio."""

    database_url: str
    broker_url: str
    s3_endpoint: str
    port: int
    """Of the API."""
    folder: Path
    """Stands for all volumes."""
    more: Mapping[str, str] = field(default_factory=dict)
    """What a user's `.env` would say besides."""

    def environment(self, service: Mapping[str, Any], name: str) -> dict[str, str]:
        """As the file says, but for hosts, what the local servers let in, and where a volume lies."""
        own = {**self.more, **service["environment"]}
        own["EARMARK_DATABASE_URL"] = _moved(own["EARMARK_DATABASE_URL"], "postgres:5432", self.database_url)
        own["EARMARK_BROKER_URL"] = _moved(own["EARMARK_BROKER_URL"], "redis:6379", self.broker_url)
        own["EARMARK_S3_ENDPOINT"] = _moved(own["EARMARK_S3_ENDPOINT"], "minio:9000", f"http://{self.s3_endpoint}")
        own["EARMARK_DATA_DIR"] = str(self._volume(service, name, own["EARMARK_DATA_DIR"]))
        own["EARMARK_HOST"] = LOCAL  # a container is alone with its 0.0.0.0, we are not
        own["EARMARK_PORT"] = str(self.port)
        beside = Path(sys.executable).parent
        home = {"HOME": str(self.folder), "LANG": "C.UTF-8", "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}"}
        return home | own

    def _volume(self, service: Mapping[str, Any], name: str, at: str) -> Path:
        mounted = [volume.partition(":") for volume in service.get("volumes", ())]
        volume = next((source for source, _, target in mounted if target == at), f"none of {name}")
        folder = self.folder / volume
        folder.mkdir(exist_ok=True)
        return folder


def _moved(url: str, host: str, to: str) -> str:
    """The same kind of address, elsewhere; its name of a host must be that of a service."""
    given, there = urlsplit(url), urlsplit(to)
    assert given.netloc.rpartition("@")[2] == host, url
    assert given.scheme == there.scheme
    return urlunsplit((given.scheme, there.netloc, there.path or given.path, "", ""))


class Running:
    """One service at work."""

    def __init__(self, name: str, service: Mapping[str, Any], here: Here) -> None:
        self.name = name
        self.environment = here.environment(service, name)
        self.log = here.folder / f"{name}.log"
        self._test = service["healthcheck"].get("test")
        with self.log.open("wb") as log:
            command = [*entrypoint(), *service["command"]]
            self.process = subprocess.Popen(command, env=self.environment, cwd=here.folder, stdout=log, stderr=log)

    def is_healthy(self) -> bool:
        """By its own health check."""
        kind, *command = self._test
        assert kind == "CMD", self._test
        assert self.process.poll() is None, f"{self.name} has ended: {self.said()}"
        return (
            subprocess.run(command, env=self.environment, check=False, capture_output=True, timeout=30).returncode == 0
        )

    def run(self, *command: str) -> str:
        """What another command says in the same container."""
        done = subprocess.run(
            [*entrypoint(), *command], env=self.environment, check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")[-4000:]

    def stop(self) -> int:
        """As Docker does it; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=STOP_SECONDS)


@contextmanager
def started(
    names: tuple[str, ...], services: Mapping[str, Mapping[str, Any]], here: Here
) -> Iterator[dict[str, Running]]:
    """What still runs at the end is killed. When the body fails, the test's output shows what they said."""
    running: dict[str, Running] = {}
    try:
        for name in names:
            running[name] = Running(name, services[name], here)
        yield running
    except BaseException:
        for service in running.values():
            sys.stdout.write(f"--- {service.name}\n{service.said()}\n")
        raise
    finally:
        for service in running.values():
            service.process.kill()
            service.process.wait()
