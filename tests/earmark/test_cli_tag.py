import json
from pathlib import Path

import pytest
from command_line import Earmark

CALL = {"id": "a", "language": "en", "turns": [{"speaker": "caller", "text": "Hello, I saw your ad on Facebook."}]}
FIELDS = {
    "id",
    "stated_channels",
    "possible_channels",
    "denied_channels",
    "incidental_channels",
    "mentions",
    "lead_quality",
    "score",
    "not_a_lead_reason",
    "outcome",
}


def _line(**changes: object) -> bytes:
    return json.dumps(CALL | changes).encode() + b"\n"


def test_a_call_a_line_in_and_a_result_a_line_out(earmark: Earmark, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(_line() + _line(id="b"))
    said = earmark("tag", str(file))
    first, second = map(json.loads, said.out.splitlines())
    assert said.status == 0
    assert [first["id"], second["id"]] == ["a", "b"]
    assert first["stated_channels"] == ["facebook"]
    assert set(first) >= FIELDS
    assert "2 calls tagged" in said.err


def test_stdin_is_read_and_needs_neither_settings_nor_data(
    earmark: Earmark, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_PORT", "many")
    said = earmark("tag", "-", stdin=_line())
    assert (said.status, json.loads(said.out)["id"]) == (0, "a")
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{bad\n", "no JSON"),
        (b"[1, 2]\n", "must be a JSON object"),
        (b'{"turns": []}\n', "`id`"),
        (b'{"id": "x"}\n', "`turns` must be a list"),
        (b'{"id": "x", "turns": [{"speaker": "caller"}]}\n', "`turns[0].text`"),
        (b'{"id": "x", "turns": [{"text": "hi", "start": -1}]}\n', "`turns[0].start`"),
        (b"\xff\xfe\x00\n", "not UTF-8"),
        (b"[" * 100_000 + b"\n", "no JSON"),
    ],
)
def test_a_line_that_is_no_call_is_named_and_the_rest_go_on(earmark: Earmark, line: bytes, says: str) -> None:
    said = earmark("tag", "-", stdin=b"\n" + line + _line())
    assert said.status == 1
    assert "line 2: " in said.err
    assert says in said.err
    assert json.loads(said.out)["id"] == "a"
    assert "1 calls tagged, 1 lines refused" in said.err


def test_a_byte_order_mark_is_no_fault(earmark: Earmark) -> None:
    assert earmark("tag", "-", stdin=b"\xef\xbb\xbf" + _line()).status == 0


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_said(earmark: Earmark, name: str) -> None:
    said = earmark("tag", name)
    assert said.status == 2
    assert f"{name} cannot be read" in said.err


def test_output_goes_to_a_file_that_is_whole_or_not_there(earmark: Earmark, tmp_path: Path) -> None:
    said = earmark("tag", "-", "--output", str(tmp_path / "out.jsonl"), stdin=_line())
    assert (said.status, said.out) == (0, "")
    assert json.loads((tmp_path / "out.jsonl").read_text())["id"] == "a"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_output_that_cannot_be_written_is_said(earmark: Earmark) -> None:
    said = earmark("tag", "-", "--output", "/nowhere/out.jsonl", stdin=_line())
    assert said.status == 2
    assert "/nowhere/out.jsonl cannot be written" in said.err


@pytest.mark.parametrize("text", ["سلام، تو اینستاگرام دیدمتون", "Здравствуйте, нашла вас на Авито"])
def test_letters_stay_letters(earmark: Earmark, text: str) -> None:
    said = earmark("tag", "-", stdin=_line(turns=[{"speaker": "caller", "text": text}], language=None))
    assert "\\u" not in said.out
