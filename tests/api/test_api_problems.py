"""Every error is a problem that says the value and what to do, and none shows our insides."""

from collections.abc import Sequence
from typing import Any

import pytest
from doors import Door
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError, ProgrammingError
from structlog.typing import EventDict

from api.problems import BY_ERROR, KINDS, TYPE_PREFIX, of_error
from models import errors
from models.errors import EarmarkError, EngineFailed, LeaseLost, SettingsError, StoreFailed
from storage import calls


def problem(answer: Any, status: int, kind: str | None) -> dict[str, Any]:
    """The body, once what holds for every problem is checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == (f"/docs/problems#{kind}" if kind else "about:blank")
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


def all_errors() -> list[type[EarmarkError]]:
    return [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, EarmarkError)]


@pytest.mark.parametrize("error", all_errors())
def test_each_of_our_errors_has_a_kind_of_its_own(error: type[EarmarkError]) -> None:
    assert error in BY_ERROR
    assert of_error(error("why")).kind is BY_ERROR[error]
    assert of_error(error("why")).detail == "why"


def test_names_of_kinds_are_unique_and_all_are_explained(client: TestClient) -> None:
    names = [kind.name for kind in KINDS]
    assert len(set(names)) == len(names)
    page = client.get("/docs/problems").text
    assert TYPE_PREFIX.startswith("/docs/problems#")
    assert [name for name in names if f'id="{name}"' not in page] == []


def test_an_unknown_address_is_a_problem(client: TestClient) -> None:
    body = problem(client.get("/api/v1/cals?token=secret"), 404, None)
    assert "/api/v1/cals" in body["detail"]
    assert "secret" not in body["detail"]
    problem(client.get("/api/v1/calls/"), 404, None)


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    answer = client.delete("/api/v1/calls")
    assert "takes GET, POST" in problem(answer, 405, None)["detail"]
    assert answer.headers["allow"] == "GET, POST"
    assert client.put("/api/v1/calls/x").headers["allow"] == "DELETE, GET"


@pytest.mark.parametrize(
    ("body", "status", "kind", "said"),
    [
        (b"", 400, "not-json", "Expecting value at line 1, column 1"),
        (b'{"a": 1,}', 400, "not-json", "line 1, column 9"),
        (b'{"agent": "a", "agent": "b"}', 400, "not-json", "'agent' stands twice"),
        (b'{"agent": "\xff"}', 400, "not-json", "is not UTF-8: byte 11 is 0xff"),
        (b"[" * 100_000, 400, "not-json", "nested too deeply"),
        (b'{"ring_seconds": ' + b"1" * 5000 + b"}", 400, "not-json", "thousands of digits"),
        (b'{"ring_seconds": NaN, "external_id": "a"}', 400, "not-json", "NaN"),
        (b'{"agent": "\\ud800"}', 400, "not-json", "half a character"),
        (b'{"tracking": {"click_ids": {"\\u0000": "x"}}}', 400, "not-json", "a NUL"),
        (b"[]", 422, "invalid", "must be a JSON object"),
        (b"{}", 422, "bad-input", "needs an external_id"),
    ],
)
def test_a_body_that_is_no_call_says_why(door: Door, body: bytes, status: int, kind: str, said: str) -> None:
    answer = door.post("/calls", content=body, headers={"Content-Type": "application/json"})
    assert said in problem(answer, status, kind)["detail"]


def test_a_body_of_another_kind_is_not_taken(door: Door) -> None:
    answer = door.post("/calls", content=b"RIFF", headers={"Content-Type": "audio/wav"})
    assert "'audio/wav'" in problem(answer, 415, "media-type")["detail"]


def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not(door: Door) -> None:
    big = b" " * (8 * 1024**2 + 1)
    problem(door.post("/calls", content=big, headers={"Content-Type": "application/json"}), 413, "too-large")
    pieces = (big[:1000] for _ in range(9000))
    answer = door.post("/calls", content=pieces, headers={"Content-Type": "application/json"})
    assert "8,388,608 bytes" in problem(answer, 413, "too-large")["detail"]


@pytest.mark.parametrize("path", ["/calls/%00", "/calls?external_id=%00", "/calls/x/tags/%00"])
def test_an_address_with_a_nul_is_refused_before_the_database_sees_it(door: Door, path: str) -> None:
    answer = door.put(path, json={"values": []}) if "tags" in path else door.get(path)
    assert "NUL" in problem(answer, 422, "invalid")["detail"]


def test_a_text_of_many_letters_is_no_half_character(door: Door) -> None:
    answer = door.post("/calls", content=b'{"external_id": "a", "agent": "\\u0410\\ud83d\\ude00"}')
    assert answer.json()["agent"] == "А😀"


def test_each_fault_is_told(door: Door) -> None:
    body = problem(door.post("/calls", json={"external_id": [5], "answered": "x", "nmae": 1}), 422, "invalid")
    assert [fault["field"] for fault in body["errors"]] == ["nmae", "external_id", "answered"]
    assert [fault["value"] for fault in body["errors"]] == [1, "[5]", "x"]
    assert "(2 more in `errors`)" in body["detail"]


def break_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(calls, "page", broken)


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (StoreFailed("the store is away"), 503, "store-failed"),
        (EngineFailed("it broke"), 503, "engine-failed"),
        (SettingsError("EARMARK_X is wrong"), 500, "settings"),
        (LeaseLost("too late"), 409, "lease-lost"),
    ],
)
def test_our_errors_are_told_in_their_own_words(
    door: Door, monkeypatch: pytest.MonkeyPatch, error: EarmarkError, status: int, kind: str
) -> None:
    break_with(monkeypatch, error)
    answer = door.get("/calls")
    assert problem(answer, status, kind)["detail"] == str(error)
    assert answer.headers.get("retry-after") == ("5" if status == 503 else None)


def test_a_database_that_is_away_is_a_problem_of_ours_that_passes(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    break_with(monkeypatch, OperationalError("SELECT secret", {}, Exception("connection to 10.0.0.5 refused")))
    answer = door.get("/calls")
    body = problem(answer, 503, "database-away")
    assert "10.0.0.5" not in answer.text
    assert "Try again" in body["detail"]


@pytest.mark.parametrize(
    "error", [ValueError("a secret"), ProgrammingError("SELECT a secret", {}, Exception("a secret"))]
)
def test_what_nobody_expected_is_told_without_our_insides_and_logged_with_them(
    door: Door, monkeypatch: pytest.MonkeyPatch, logged: Sequence[EventDict], error: Exception
) -> None:
    break_with(monkeypatch, error)
    answer = door.get("/calls", x_request_id="trace-7")
    body = problem(answer, 500, "unexpected")
    assert body["request_id"] == "trace-7"
    assert "a secret" not in answer.text
    assert "Traceback" not in answer.text
    (entry,) = [entry for entry in logged if entry["event"] == "request broke"]
    assert (entry["log_level"], entry["request_id"], entry["exc_info"]) == ("error", "trace-7", True)


def test_a_request_is_one_line_without_what_is_personal(door: Door, logged: Sequence[EventDict]) -> None:
    door.get("/calls/+12025550143?token=secret", x_request_id="trace-8")
    (line,) = [entry for entry in logged if entry["event"] == "request"]
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "request_id": "trace-8",
        "method": "GET",
        "route": "/api/v1/calls/{call_id}",
        "status": 404,
        "key": door.key.split("_")[1],
    }


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "\u0430"])
def test_a_request_id_that_would_spoil_the_log_is_replaced(client: TestClient, given: str) -> None:
    answer = client.get("/healthz", headers=[(b"x-request-id", given.encode())])
    assert len(answer.headers["x-request-id"]) == 26


def test_answers_carry_security_headers(door: Door) -> None:
    for answer in (door.get("/calls"), door.client.get("/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["cache-control"] == "no-store"
