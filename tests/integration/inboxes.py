"""An inbox, in a folder and in a bucket, as a phone system and as Earmark see it."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from s3_server import S3Server
from sqlalchemy import select, update
from toolboxes import Sent, make_toolbox

from classifiers.kinds import mentions
from models.call import Call
from pipeline import sources as drops
from pipeline.sources import notice_object, sweep_drops
from pipeline.stages import run
from pipeline.toolbox import Limits, Toolbox
from storage import calls, records, sources, tables
from storage.objects import BucketOptions, BucketStore, FolderStore, ObjectStore
from transcription.engines import scripted

SETTLE = timedelta(seconds=10)
SAID = "hello I saw your truck on the road"
WORDS = [
    {"text": text, "start": number * 0.4, "end": number * 0.4 + 0.3, "channel": 1}
    for number, text in enumerate(SAID.split())
]
METADATA = {"provider": "pbx", "external_id": "42", "agent": "Mark", "tracking": {"source": "google", "medium": "cpc"}}
TRANSCRIPT = {"language": "en", "turns": [{"role": "caller", "text": "A neighbor told me about you."}]}


@dataclass(frozen=True, slots=True)
class Inbox:
    """A source as a phone system and as Earmark see it."""

    tools: Toolbox
    sent: Sent
    objects: ObjectStore
    scratch: Path

    def put(self, name: str, content: bytes | dict[str, Any]) -> str:
        path = self.scratch / "content"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        self.objects.put_file(f"inbox/{name}", path)
        return f"inbox/{name}"

    def told(self, name: str, content: bytes | dict[str, Any]) -> None:
        """Put, and the store tells of it."""
        notice_object(self.tools, self.put(name, content))

    def rest(self) -> None:
        """What has been seen has stood still for long enough."""
        with self.tools.sessions.write() as session:
            session.execute(update(tables.DroppedObject).values(seen_at=datetime.now(UTC) - 2 * SETTLE))

    def swept(self) -> int:
        """Look, wait, look again; how many were taken."""
        first = sweep_drops(self.tools)
        self.rest()
        return first + sweep_drops(self.tools)

    def work(self) -> None:
        """Do what is due, as workers would."""
        while self.sent:
            for due in self.sent.pop(0):
                run(self.tools, due.id)

    def calls(self) -> list[Call]:
        with self.tools.sessions.read() as session:
            found = calls.page(session, self.tools.vault, workspace_id=1, limit=100)
        return sorted(found, key=lambda call: call.id)

    def call(self) -> Call:
        """The only one."""
        (found,) = self.calls()
        return found

    def record(self) -> dict[str, Any]:
        """That of the only call."""
        (change,) = self.feed()
        assert change.body is not None
        return change.body

    def feed(self) -> list[records.Change]:
        with self.tools.sessions.read() as session:
            return records.feed(session, workspace_id=1, after=0, limit=100)

    def errors(self) -> dict[str, str]:
        """By the name of the object."""
        with self.tools.sessions.read() as session:
            return {seen.key.removeprefix("inbox/"): str(seen.error) for seen in sources.refused(session)}

    def known(self) -> list[str]:
        with self.tools.sessions.read() as session:
            return sorted(session.scalars(select(tables.DroppedObject.key)))

    def source(self, **given: Any) -> None:
        """In place of the default one."""
        with self.tools.sessions.write() as session:
            sources.remove_source(session, workspace_id=1, name=sources.DEFAULT)
            sources.add_source(session, workspace_id=1, name="pbx", prefix="inbox/", **given)


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.servers)])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    server: S3Server = request.getfixturevalue("s3_server")
    store = BucketStore(
        BucketOptions(
            endpoint=server.endpoint,
            access_key=server.access_key,
            secret_key=server.secret_key,
            bucket=f"drops-{secrets.token_hex(4)}",
            secure=False,
            may_create=True,
            temporary_folder=tmp_path / "downloads",
        )
    )
    store.check()
    return store


@pytest.fixture
def inbox(tmp_path: Path, objects: ObjectStore) -> Iterator[Inbox]:
    sent: Sent = []
    tools = make_toolbox(
        tmp_path,
        sent=sent,
        objects=objects,
        transcriber=scripted.create(script={"words": WORDS, "language": "en"}),
        classifiers=[mentions.create()],
        limits=Limits(drop_settle_seconds=SETTLE.total_seconds()),
    )
    drops.ensure_default(tools)
    yield Inbox(tools, sent, objects, tmp_path)
    tools.sessions.engine.dispose()
