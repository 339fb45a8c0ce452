"""Forms with a recording: bounded as they come in, whatever their sender says; and nothing left behind."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from doors import Door
from fastapi.testclient import TestClient

from api import multipart
from api.app import create_app
from pipeline.toolbox import Limits

LINE = b"\r\n"


def form(*parts: tuple[str, bytes], end: bytes = b"--x--\r\n") -> bytes:
    """Parts by what stands in their Content-Disposition."""
    written = b"".join(
        b"--x\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + body + LINE for head, body in parts
    )
    return written + end


def posted(door: Door, body: bytes | Iterator[bytes], kind: str = "multipart/form-data; boundary=x") -> tuple[int, str]:
    answer = door.post("/calls", content=body, headers={"Content-Type": kind})
    return answer.status_code, answer.text


@pytest.fixture
def small(door: Door) -> Door:
    """A door that takes recordings of at most 1,000 bytes."""
    app = create_app(replace(door.tools, limits=Limits(bytes=1000)))
    return replace(door, client=TestClient(app, raise_server_exceptions=False))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


@pytest.mark.parametrize("size", [0, 1, 1000])
def test_a_recording_up_to_the_limit_is_taken_as_it_is(small: Door, scratch: Path, size: int) -> None:
    sound = bytes(number % 256 for number in range(size))
    status, text = posted(small, form(('name="recording"; filename="a.wav"', sound)))
    assert status == 202, text
    assert small.get(f"/calls/{json.loads(text)['id']}/recording").content == sound
    assert list(scratch.iterdir()) == []


def test_a_recording_over_the_limit_is_refused_while_it_comes_in(small: Door, scratch: Path) -> None:
    sent = []

    def pieces() -> Iterator[bytes]:
        yield form(('name="recording"; filename="a.wav"', b""), end=b"")[: -len(LINE)]
        for number in range(10_000):
            sent.append(number)
            yield b"s" * 500

    status, text = posted(small, pieces())
    assert status == 413
    assert "the part recording has more than the 1,000 bytes" in text
    assert list(scratch.iterdir()) == []
    assert small.get("/calls").json()["calls"] == []


def test_a_form_that_says_itself_that_it_is_too_long_is_not_read(small: Door) -> None:
    status, text = posted(small, form(('name="recording"; filename="a.wav"', b"s" * 9_000_000)))
    assert (status, "the form has more than" in text) == (413, True)


def test_pieces_of_any_size_make_the_same_recording(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "GATHERED_BYTES", 100)
    sound = bytes(range(256)) * 4 + b"\r\n--y not the end\r\n-"
    whole = form(('name="metadata"', b'{"external_id": "a"}'), ('name="recording"; filename="a.wav"', sound))
    for size in (1, 7, 4096):
        pieces = (whole[start : start + size] for start in range(0, len(whole), size))
        status, text = posted(door, pieces)
        assert status == 202, text
    assert door.get(f"/calls/{json.loads(text)['id']}/recording").content == sound


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (form(('name="file"; filename="a.wav"', b"s")), 422, "the form has a part 'file'; there are: recording"),
        (form(("nothing", b"s")), 422, "the form has a part ''"),
        (form(('name="recording"', b"a"), ('name="recording"', b"b")), 422, "recording twice"),
        (form(('name="metadata"', b"{}"), ('name="metadata"', b"{}")), 422, "metadata twice"),
        (form(('name="metadata"', b"{")), 400, "the part metadata is not JSON"),
        (form(('name="metadata"', b'{"externl_id": "a"}')), 422, "did you mean external_id?"),
        (form(('name="metadata"', b" " * 8_400_000)), 413, "the part metadata has more than"),
        (form(('name="recording"', b"s"), end=b""), 400, "breaks off before its last boundary"),
        (form(('name="recording"', b"s"))[:40], 400, "breaks off before its last boundary"),
        (b"", 400, "breaks off"),
        (b"no form at all", 400, "the form cannot be read"),
        (form(), 422, "needs an external_id"),
    ],
)
def test_a_form_that_cannot_be_taken_says_why(door: Door, scratch: Path, body: bytes, status: int, said: str) -> None:
    got, text = posted(door, body)
    assert (got, said in json.loads(text)["detail"]) == (status, True), text
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("kind", ["multipart/form-data", f"multipart/form-data; boundary={'b' * 300}"])
def test_a_form_without_a_boundary_is_refused(door: Door, kind: str) -> None:
    status, text = posted(door, form(), kind)
    assert (status, "boundary" in text) == (400, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ('"call.wav"', "call.wav"),
        ('"../../etc/passwd"', "passwd"),
        ('"C:\\\\calls\\\\a.wav"', "a.wav"),
        ('"запись.wav"', "запись.wav"),
        ("\"x.wav\"; filename*=UTF-8''%D8%AA%D9%85%D8%A7%D8%B3.wav", "x.wav"),
        (f'"{"n" * 300}"', "n" * 200),
    ],
)
def test_a_file_name_is_its_last_part(tmp_path: Path, given: str, kept: str) -> None:
    with (tmp_path / "recording").open("wb") as file:
        reader = multipart._Reader(multipart.Form(), file, 10)
        reader._headers = {"content-disposition": f'form-data; name="recording"; filename={given}'}
        reader._named()
    assert reader.form.name == kept


def test_a_full_disk_is_said(door: Door, monkeypatch: pytest.MonkeyPatch, scratch: Path) -> None:
    def full(self: multipart._Reader) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(multipart._Reader, "_write_gathered", full)
    status, text = posted(door, form(('name="recording"; filename="a.wav"', b"s")))
    assert (status, "No space left on device" in text) == (503, True)
    assert list(scratch.iterdir()) == []
