"""Who may do what: keys, scopes, and what answers without one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from doors import Door, make_key
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from api.dependencies import SCOPE_OF
from pipeline.toolbox import Toolbox
from storage import access, tables
from storage.access import SCOPES

PUBLIC = {"/healthz", "/readyz"}


def operations(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    paths = client.get("/openapi.json").json()["paths"]
    return [(method, path, operation) for path, methods in paths.items() for method, operation in methods.items()]


def test_nothing_but_health_answers_without_a_key(client: TestClient) -> None:
    asked = 0
    for method, path, operation in operations(client):
        answer = client.request(method, path.replace("{call_id}", "x").replace("{kind}", "outcome"))
        if path in PUBLIC:
            assert answer.status_code == 200, path
            continue
        asked += 1
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == 'Bearer realm="earmark"'
        assert answer.headers["content-type"] == "application/problem+json"
        if method != "head":
            assert answer.json()["type"] == "/docs/problems#no-key"
            assert "earmark keys create" in answer.json()["detail"]
        assert operation["security"] == [{"bearer_key": []}, {"header_key": []}]
    assert asked >= 13


def test_every_operation_has_a_scope_and_every_scope_opens_one(client: TestClient) -> None:
    with_key = {operation["operationId"] for _, path, operation in operations(client) if path not in PUBLIC}
    assert with_key == set(SCOPE_OF)
    assert set(SCOPE_OF.values()) == set(SCOPES)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_opens_what_its_scope_says_and_nothing_else(client: TestClient, tools: Toolbox, scope: str) -> None:
    key = make_key(tools, scope)
    for method, path, operation in operations(client):
        if path in PUBLIC:
            continue
        url = path.replace("{call_id}", "x").replace("{kind}", "outcome")
        answer = client.request(method, url, headers={"Authorization": f"Bearer {key}"})
        if SCOPE_OF[operation["operationId"]] == scope:
            assert answer.status_code not in (401, 403), path
        else:
            assert answer.status_code == 403, path
            assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
            assert method == "head" or SCOPE_OF[operation["operationId"]] in answer.json()["detail"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer {key}"},
        {"Authorization": "bearer  {key} "},
        {"Authorization": "{key}"},
        {"X-API-Key": "{key}"},
    ],
)
def test_a_key_is_taken_in_each_way_that_clients_send_one(door: Door, headers: dict[str, str]) -> None:
    sent = {name: value.format(key=door.key) for name, value in headers.items()}
    assert door.client.get("/api/v1/calls", headers=sent).status_code == 200


@pytest.mark.parametrize("key", ["em_12345678_nonsense", "nonsense", "em_", "Basic dXNlcjpwYXNz", "em_\u00e9_x"])
def test_an_unknown_key_is_refused(client: TestClient, key: str) -> None:
    answer = client.get("/api/v1/calls", headers=[(b"authorization", f"Bearer {key}".encode())])
    assert (answer.status_code, answer.json()["type"]) == (401, "/docs/problems#no-key")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_revoked_key_and_one_that_ran_out_are_refused(door: Door) -> None:
    with door.tools.sessions.write() as session:
        access.revoke_key(session, workspace_id=1, name="tests")
        past = access.create_key(
            session,
            workspace_id=1,
            name="past",
            scopes=["calls:read"],
            until=datetime.now(UTC) - timedelta(seconds=1),
        )
    assert "was revoked on" in door.get("/calls").json()["detail"]
    answer = door.client.get("/api/v1/calls", headers={"X-API-Key": past})
    assert answer.status_code == 401
    assert "ran out on" in answer.json()["detail"]


def test_the_use_of_a_key_is_noted_once_a_minute(door: Door) -> None:
    def last_used() -> datetime | None:
        with door.tools.sessions.read() as session:
            return session.scalars(select(tables.ApiKey.last_used_at)).one()

    assert last_used() is None
    door.get("/calls")
    first = last_used()
    assert first is not None
    door.get("/calls")
    assert last_used() == first
    with door.tools.sessions.write() as session:
        session.scalars(select(tables.ApiKey)).one().last_used_at = first - timedelta(seconds=61)
    door.get("/calls")
    noted = last_used()
    assert noted is not None
    assert noted >= first


def test_a_use_that_cannot_be_noted_refuses_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(access, "used", locked)
    assert door.get("/calls").status_code == 200


def test_a_wrong_body_of_somebody_without_a_key_is_not_read(client: TestClient) -> None:
    def body() -> Any:
        raise AssertionError("it was read")
        yield b""

    answer = client.post("/api/v1/calls", content=b"{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 401
