"""A toolbox for tests: a real, migrated SQLite and a folder store under `tmp_path`; engines where a test gives them."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from attribution.exporter import Exporter
from classifiers.classifier import Classifier
from diarization.diarizer import Diarizer
from models.errors import NoEngine
from pipeline.toolbox import Limits, Toolbox
from storage import migrate, workspaces
from storage.database import Sessions, connect
from storage.deliveries import Destination
from storage.objects.folder import FolderStore
from storage.objects.store import ObjectStore
from storage.vault import Vault
from storage.work import DueWork
from transcription.transcriber import Transcriber

T = TypeVar("T")

SECRET = "a secret of the tests, long enough to be one"

Sent = list[Sequence[DueWork]]
"""What the workers were told, in order: one member a message."""


def make_toolbox(
    tmp_path: Path,
    *,
    sent: Sent | None = None,
    database_url: str | None = None,
    objects: ObjectStore | None = None,
    transcriber: Transcriber | None = None,
    diarizer: Diarizer | None = None,
    classifiers: Sequence[Classifier] = (),
    exporter: Callable[[Destination], Exporter] | None = None,
    limits: Limits | None = None,
    owner: str = "tests/1/0",
) -> Toolbox:
    """A second one on the same `tmp_path` (another `owner`) shares the database and the store of the first.

    `database_url` must lead to a migrated database. Every toolbox has the workspace `main`.
    """
    tools = Toolbox(
        sessions=Sessions(connect(database_url or _sqlite(tmp_path / "earmark.sqlite"))),
        objects=objects or FolderStore(tmp_path / "store"),
        vault=Vault(SECRET),
        transcriber=_engine(transcriber, "transcriber"),
        diarizer=_engine(diarizer, "diarizer"),
        classifiers=lambda: classifiers,
        exporter=exporter or _engine(None, "exporter"),
        send=(sent if sent is not None else []).append,
        owner=owner,
        scratch=tmp_path / "scratch",
        limits=limits or Limits(),
    )
    with tools.sessions.write() as session:
        workspaces.ensure(session)
    return tools


def _engine(given: T | None, name: str) -> Callable[..., T]:
    def engine(*_: object) -> T:
        if given is None:
            raise NoEngine(f"this test gave no {name}")
        return given

    return engine


def _sqlite(path: Path) -> str:
    if not path.exists():
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    """An empty database with our schema; migrated once, copied for each test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite"
        engine = connect(f"sqlite:///{path}")
        migrate.upgrade(engine)
        engine.dispose()
        return path.read_bytes()
