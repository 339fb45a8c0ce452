"""The API over PostgreSQL: the same doors, the other database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from doors import Door, Fixed, make_key
from fastapi.testclient import TestClient
from toolboxes import Sent, make_toolbox

from api.app import create_app

pytestmark = pytest.mark.servers


@pytest.fixture
def over(postgresql_url: str, tmp_path: Path) -> Iterator[Door]:
    sent: Sent = []
    tools = make_toolbox(tmp_path, sent=sent, database_url=postgresql_url, classifiers=[Fixed()])
    with TestClient(create_app(tools), raise_server_exceptions=False) as client:
        yield Door(client, tools, sent, make_key(tools))
    tools.sessions.engine.dispose()


def test_a_call_comes_in_is_read_corrected_and_erased(over: Door) -> None:
    assert over.client.get("/readyz").status_code == 200
    call = over.spoken(caller_number="+12025550143", tracking={"source": "facebook"})
    assert over.get(f"/calls/{call}").json()["caller_number"] == "+12025550143"
    assert over.get(f"/calls/{call}/transcript").json()["turns"][1]["role"] == "caller"
    assert over.put(f"/calls/{call}/tags/outcome", json={"values": ["lost"]}).status_code == 200
    first = over.get("/attribution-records").json()
    assert [record["type"] for record in first["records"]] == ["call.corrected"]
    assert over.delete(f"/calls/{call}").status_code == 204
    (tombstone,) = over.get(f"/attribution-records?after={first['next']}").json()["records"]
    assert tombstone["record"] is None


def test_pages_of_calls_of_one_start_are_whole(over: Door) -> None:
    known = {over.call(f"c{number}", started_at="2026-11-03T00:00:00Z") for number in range(5)}
    first = over.get("/calls?limit=2").json()
    second = over.get(f"/calls?limit=3&before={first['next']}").json()
    assert {call["id"] for call in first["calls"] + second["calls"]} == known


@pytest.mark.parametrize("path", ["/calls/%00", "/calls?external_id=%00"])
def test_a_nul_is_refused_before_the_database_refuses_it(over: Door, path: str) -> None:
    assert over.get(path).status_code == 422
