"""The API over a real database and a folder store, with keys, and calls that have come all the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.typing import EventDict
from toolboxes import Sent, make_toolbox

from api.app import create_app
from models.context import Context
from models.conversation import Conversation
from models.tag import Evidence, Opinion, TagKind
from pipeline import stages
from pipeline.toolbox import Toolbox
from storage import access, workspaces

TRANSCRIPT = {
    "language": "en",
    "turns": [
        {"role": "agent", "text": "Good morning, how did you find us?", "start": 0.0, "end": 2.0},
        {"role": "caller", "text": "I saw your ad on Google.", "start": 2.5, "end": 4.0},
    ],
}


class Fixed:
    """A classifier that always thinks the same of the second turn."""

    version = "fixed/1"

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        turn = conversation.turns[1]
        said = (Evidence(turn.numbers[2], turn.numbers[-1], 1),)
        return [
            self._opinion(TagKind.STATED_CHANNEL, "google_ads", 0.9, said, item="google_ads"),
            self._opinion(TagKind.LEAD_QUALITY, "warm", 0.8, said, score=60),
            self._opinion(TagKind.OUTCOME, "information_given", 0.2, ()),
        ]

    def _opinion(
        self, kind: TagKind, value: str, confidence: float, evidence: tuple[Evidence, ...], **rest: Any
    ) -> Opinion:
        return Opinion(kind=kind, value=value, confidence=confidence, evidence=evidence, version=self.version, **rest)


@dataclass(frozen=True, slots=True)
class Door:
    """The API as somebody with a key meets it."""

    client: TestClient
    tools: Toolbox
    sent: Sent
    key: str

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._with(headers))

    def head(self, path: str, **headers: str) -> Any:
        return self.client.head(f"/api/v1{path}", headers=self._with(headers))

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/api/v1{path}", headers=self._with({}))

    def post(self, path: str, **request: Any) -> Any:
        return self.client.post(f"/api/v1{path}", headers=self._with(request.pop("headers", {})), **request)

    def put(self, path: str, **request: Any) -> Any:
        return self.client.put(f"/api/v1{path}", headers=self._with(request.pop("headers", {})), **request)

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }

    def call(self, external_id: str, **metadata: Any) -> str:
        """Take one in; its public id."""
        answer = self.post("/calls", json={"provider": "pbx", "external_id": external_id, **metadata})
        assert answer.status_code == 202, answer.text
        public_id: str = answer.json()["id"]
        return public_id

    def work(self) -> None:
        """Do what is due, as workers would."""
        while self.sent:
            for due in self.sent.pop(0):
                stages.run(self.tools, due.id)

    def spoken(self, external_id: str = "spoken", **metadata: Any) -> str:
        """A call that has come all the way; its public id."""
        public_id = self.call(external_id, transcript=TRANSCRIPT, **metadata)
        self.work()
        return public_id


@pytest.fixture(autouse=True)
def logged() -> Iterator[Sequence[EventDict]]:
    """What was logged, with what is bound to the request."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as entries:
        yield entries


@pytest.fixture
def sent() -> Sent:
    return []


@pytest.fixture
def tools(tmp_path: Path, sent: Sent) -> Iterator[Toolbox]:
    tools = make_toolbox(tmp_path, sent=sent, classifiers=[Fixed()])
    yield tools
    tools.sessions.engine.dispose()


@pytest.fixture
def client(tools: Toolbox) -> Iterator[TestClient]:
    with TestClient(create_app(tools, version="1.2.3"), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def door(client: TestClient, tools: Toolbox, sent: Sent) -> Door:
    return Door(client, tools, sent, make_key(tools))


def make_key(tools: Toolbox, *scopes: str, workspace: str = "main", name: str = "tests") -> str:
    """With all scopes unless some are named."""
    with tools.sessions.write() as session:
        owner = workspaces.ensure(session, workspace)
        return access.create_key(session, workspace_id=owner.id, name=name, scopes=scopes or tuple(access.SCOPES))


@pytest.fixture
def stranger(client: TestClient, tools: Toolbox, sent: Sent) -> Door:
    """Somebody of another workspace, with all rights there."""
    return Door(client, tools, sent, make_key(tools, workspace="another"))
