"""The object store's own token: it opens the door for notifications, and no other."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from pipeline.toolbox import Toolbox

TOKEN = "what the store sends, as it was set"
EVENTS = "/api/v1/storage-events"


@pytest.fixture
def told(tools: Toolbox) -> Iterator[TestClient]:
    with TestClient(create_app(tools, storage_events_token=TOKEN)) as client:
        yield client


def ask(client: TestClient, path: str, token: str) -> int:
    headers = {"Authorization": token}
    answer = client.post(path, json={}, headers=headers) if path == EVENTS else client.get(path, headers=headers)
    return answer.status_code


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer {TOKEN}", TOKEN])
def test_the_stores_token_opens_its_door(told: TestClient, given: str) -> None:
    assert ask(told, EVENTS, given) == 200


@pytest.mark.parametrize("path", ["/api/v1/calls", "/api/v1/attribution-records"])
def test_the_stores_token_opens_no_other_door(told: TestClient, path: str) -> None:
    assert ask(told, path, f"Bearer {TOKEN}") == 401


@pytest.mark.parametrize("given", ["Bearer nearly", f"Bearer {TOKEN}x", "Bearer", "Bearer é"])
def test_another_token_is_refused(told: TestClient, given: str) -> None:
    assert told.post(EVENTS, json={}, headers={b"Authorization": given.encode()}).status_code == 401


def test_without_a_token_set_only_keys_open(client: TestClient) -> None:
    assert ask(client, EVENTS, f"Bearer {TOKEN}") == 401
    assert ask(client, EVENTS, "Bearer None") == 401
