"""The pages, the description of the API, and whether it is ready to work."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, cast

import pytest
from doors import Door
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from sqlalchemy import text

from api.app import create_app
from api.readiness import KEPT_SECONDS, Readiness
from models.errors import StoreFailed
from pipeline.toolbox import Toolbox
from storage import migrate
from storage.database import Sessions, connect
from storage.objects import ObjectStore


class Links(HTMLParser):
    """Every address that a page loads or leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def links(page: str) -> list[str]:
    parser = Links()
    parser.feed(page)
    return parser.found


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/problems"])
def test_a_page_needs_nothing_from_elsewhere_and_each_of_its_links_leads_somewhere(
    client: TestClient, path: str
) -> None:
    page = client.get(path)
    assert page.status_code == 200
    found = [link for link in links(page.text) if link != "data:,"]
    assert found
    for link in found:
        assert re.fullmatch(r"/[^/].*", link), link
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/problems"])
def test_a_page_runs_and_wears_only_what_is_its_own(client: TestClient, path: str) -> None:
    page = client.get(path)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    for element in ("script", "style"):
        for inline in re.findall(rf"<{element}>(.*?)</{element}>", page.text, re.DOTALL):
            assert f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'" in policy


def test_the_first_page_says_what_this_is(client: TestClient) -> None:
    page = client.get("/").text
    assert "recorded phone calls" in page
    assert 'href="/docs"' in page
    assert "1.2.3" in page


def test_a_page_behind_a_prefix_leads_to_that_prefix(tools: Toolbox) -> None:
    client = TestClient(create_app(tools), root_path="/earmark")
    assert all(link.startswith("/earmark/") for link in links(client.get("/").text))
    assert '"/earmark" + "/openapi.json"' in client.get("/docs").text


def test_an_asset_that_is_not_listed_is_not_served(client: TestClient) -> None:
    for name in ("redoc.standalone.js", "..%2f__init__.py", "nothing.js"):
        assert client.get(f"/docs/assets/{name}").status_code == 404


def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(client: TestClient) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document(client)["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def test_the_description_is_whole(client: TestClient) -> None:
    whole = document(client)
    schemas = whole["components"]["schemas"]
    assert {ref.removeprefix("#/components/schemas/") for ref in references(whole)} <= set(schemas)
    assert "HTTPValidationError" not in schemas
    assert whole["info"]["version"] == "1.2.3"
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert name == "_Part" or not name.startswith("_")


def test_every_operation_is_described_with_its_answers_and_its_problems(client: TestClient) -> None:
    ids = []
    for name, operation in operations(client):
        ids.append(operation["operationId"])
        assert operation["description"], name
        assert operation["tags"], name
        assert any(status.startswith("2") for status in operation["responses"]), name
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
        if "security" in operation:
            assert {"401", "403", "500", "503"} <= set(operation["responses"]), name
        if name.split(" ")[0] in ("post", "put") and "retry" not in name:
            assert operation["requestBody"]["required"], name
    assert len(set(ids)) == len(ids)


def test_the_examples_of_the_description_work_as_they_stand(door: Door) -> None:
    content = document(door.client)["paths"]["/api/v1/calls"]["post"]["requestBody"]["content"]
    examples = content["application/json"]["examples"]
    for name, example in examples.items():
        sent = {name: value for name, value in example["value"].items() if name != "url"}
        assert door.post("/calls", json=sent).status_code == 202, name
    schema = document(door.client)
    call_in = {"$ref": "#/components/schemas/CallIn", "components": schema["components"]}
    for example in examples.values():
        Draft202012Validator(call_in).validate(example["value"])


def test_what_is_answered_fits_the_description(door: Door) -> None:
    call = door.spoken()
    whole = document(door.client)
    answers = {
        "/api/v1/calls": door.get("/calls"),
        "/api/v1/calls/{call_id}": door.get(f"/calls/{call}"),
        "/api/v1/calls/{call_id}/transcript": door.get(f"/calls/{call}/transcript"),
        "/api/v1/calls/{call_id}/tags": door.get(f"/calls/{call}/tags"),
        "/api/v1/calls/{call_id}/record": door.get(f"/calls/{call}/record"),
        "/api/v1/attribution-records": door.get("/attribution-records"),
        "/readyz": door.client.get("/readyz"),
    }
    for path, answer in answers.items():
        schema = whole["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": whole["components"]}).validate(answer.json())
    problem = {"$ref": "#/components/schemas/ProblemOut", "components": whole["components"]}
    Draft202012Validator(problem).validate(door.get("/calls?limit=0").json())


def test_health_asks_neither_database_nor_store(tools: Toolbox, tmp_path: Path) -> None:
    nowhere = replace(tools, sessions=Sessions(connect("postgresql://nobody@127.0.0.1:1/none")))
    client = TestClient(create_app(nowhere, version="1.2.3"), raise_server_exceptions=False)
    assert client.get("/healthz").json() == {"status": "ok", "version": "1.2.3"}
    away = client.get("/readyz")
    assert (away.status_code, away.json()["type"]) == (503, "/docs/problems#not-ready")
    assert "EARMARK_DATABASE_URL" in away.json()["detail"]
    assert "nobody" not in away.text
    assert client.get("/api/v1/calls", headers={"X-API-Key": "em_1_2"}).json()["type"] == "/docs/problems#database-away"


def test_an_old_schema_is_not_ready_and_says_what_to_run(door: Door) -> None:
    assert door.client.get("/readyz").json()["status"] == "ready"
    with door.tools.sessions.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not migrate.is_current(door.tools.sessions.engine)
    client = TestClient(create_app(door.tools))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    (fault,) = answer.json()["errors"]
    assert (fault["field"], "earmark migrate" in fault["detail"]) == ("database", True)


class Away:
    """A store that is asked whether it is there."""

    def __init__(self) -> None:
        self.asked = 0

    def check(self) -> None:
        self.asked += 1
        raise StoreFailed("the store does not answer: start it")


def test_a_store_that_is_away_is_said_and_not_asked_by_every_caller(tools: Toolbox) -> None:
    store, now = Away(), [0.0]
    readiness = Readiness(replace(tools, objects=cast(ObjectStore, store)), clock=lambda: now[0])
    database, away = readiness.checks()
    assert (database.ok, away.ok, away.detail) == (True, False, "the store does not answer: start it")
    now[0] += KEPT_SECONDS / 2
    readiness.checks()
    assert store.asked == 1
    now[0] += KEPT_SECONDS
    readiness.checks()
    assert store.asked == 2


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_may_be_asked_with_head(client: TestClient, path: str) -> None:
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")
