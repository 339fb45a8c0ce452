import json
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Earmark
from stored_calls import work_it_off

from earmark.commands.calls import find
from earmark.commands.opening import open_here
from models.call import CallState
from models.errors import BadInput

WORDS = {
    "provider": "pbx",
    "external_id": "17",
    "started_at": "2026-03-02T09:14:05-05:00",
    "language": "en",
    "tracking": {"source": "google", "medium": "cpc"},
    "transcript": {
        "language": "en",
        "turns": [
            {"speaker": "agent", "text": "Riverside Plumbing, how can I help?", "start": 0.0, "end": 2.0},
            {"speaker": "caller", "text": "Hello, I saw your ad on Facebook.", "start": 2.5, "end": 5.0},
        ],
    },
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def file(name: str, content: object) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return str(path)

    return file


def test_a_finished_transcript_goes_the_whole_road(earmark: Earmark, write: Callable[..., str]) -> None:
    taken = earmark("ingest", write("17.json", WORDS))
    public_id, state, name = taken.out.split()
    assert (taken.status, state, name) == (0, "new", "17.json")
    assert "start `earmark serve`" in taken.err
    work_it_off()
    shown = earmark("show", "17")
    assert shown.status == 0
    said = (public_id, "facebook", "saw your ad on Facebook", "conflicts: ", "google_ads", "caller")
    for words in (*said, "[greet", "handling"):
        assert words in shown.out
    record = json.loads(earmark("show", public_id.lower(), "--json").out)
    assert record["verdict"] == "conflicts"
    listed = earmark("calls").out
    assert "finished" in listed
    assert "facebook" in listed


def test_the_same_call_again_is_known(earmark: Earmark, write: Callable[..., str]) -> None:
    file = write("17.json", WORDS)
    first, second = earmark("ingest", file), earmark("ingest", file)
    assert first.out.split()[0] == second.out.split()[0]
    assert second.out.split()[1] == "known"
    assert len(earmark("calls", "--json").out.splitlines()) == 1


def test_a_json_beside_a_recording_is_its_metadata(earmark: Earmark, write: Callable[..., str]) -> None:
    write("day/one.wav", b"RIFF....")
    write("day/one.json", {"external_id": "one"})
    write("day/two.mp3", b"ID3")
    write("day/two.mp3.json", {"external_id": "two"})
    write("day/deep/three.json", WORDS)
    folder = str(Path(write("day/notes.txt", b"buy milk")).parent)
    said = earmark("ingest", folder)
    assert said.status == 0
    assert [line.split()[2] for line in said.out.splitlines()] == ["three.json", "one.wav", "two.mp3"]
    assert "notes.txt" in said.err
    ids = {json.loads(line)["external_id"] for line in earmark("calls", "--json").out.splitlines()}
    assert ids == {"one", "two", "17"}


def test_metadata_may_be_named(earmark: Earmark, write: Callable[..., str]) -> None:
    said = earmark("ingest", write("a.wav", b"RIFF"), "--metadata", write("b.json", {"external_id": "b"}))
    assert said.status == 0
    assert json.loads(earmark("calls", "--json").out)["external_id"] == "b"


@pytest.mark.parametrize(
    ("files", "arguments", "status", "says"),
    [
        ({}, ["missing.wav"], 2, "there is no file or folder 'missing.wav'"),
        ({}, ["ftp://x.example/a.wav"], 2, "only http:// and https:// are fetched"),
        ({}, ["http://"], 2, "names no host"),
        ({}, ["https://x.example:99999/a.wav"], 2, "there is no port 99999"),
        ({"empty/.hidden": b""}, ["empty"], 2, "there is no recording in empty"),
        ({"a.json": b"{bad"}, ["a.json"], 1, "a.json: the metadata is no JSON"),
        ({"a.json": b"null"}, ["a.json"], 1, "in braces, not 'null'"),
        ({"a.json": b""}, ["a.json"], 1, "it is empty"),
        ({"a.json": {"colour": "red"}}, ["a.json"], 1, "a.json: colour"),
        ({"a.json": {"agent": "Anna"}}, ["a.json"], 1, "needs an external_id"),
        ({"a.json": b" " * 9_000_000}, ["a.json"], 1, "9,000,000 bytes"),
        ({"a.wav": b"", "b.wav": b""}, ["a.wav", "b.wav", "--metadata", "x.json"], 2, "x.json is for one call"),
        ({"a.wav": b""}, ["a.wav", "--metadata", "x.json"], 1, "x.json cannot be read"),
    ],
)
def test_what_cannot_be_taken_is_named(  # noqa: PLR0917
    earmark: Earmark, write: Callable[..., str], files: dict[str, object], arguments: list[str], status: int, says: str
) -> None:
    for name, content in files.items():
        write(name, content)
    said = earmark("ingest", *arguments)
    assert said.status == status
    assert says in said.err


def test_one_bad_file_does_not_stop_the_others(earmark: Earmark, write: Callable[..., str]) -> None:
    said = earmark("ingest", write("bad.json", b"{"), write("17.json", WORDS))
    assert said.status == 1
    assert "17.json" in said.out


def test_a_file_that_is_no_recording_is_kept_with_the_reason_and_may_be_tried_again(
    earmark: Earmark, write: Callable[..., str]
) -> None:
    earmark("ingest", write("call.wav", b"hello there, this is a text\n"))
    work_it_off()
    failed = earmark("calls", "--state", CallState.FAILED)
    assert "text" in failed.out
    call = json.loads(earmark("calls", "--json").out)
    assert call["reason"]
    assert call["reason"] in earmark("show", call["id"]).out
    assert earmark("retry", call["id"]).status == 0
    assert json.loads(earmark("calls", "--json").out)["state"] == "working"


def test_only_a_failed_call_is_tried_again(earmark: Earmark, write: Callable[..., str]) -> None:
    earmark("ingest", write("17.json", WORDS))
    said = earmark("retry", "17")
    assert said.status == 2
    assert "only a failed call" in said.err


def test_a_url_is_listed_without_what_is_secret_in_it(earmark: Earmark) -> None:
    said = earmark("ingest", "https://pbx.example/rec/1.wav?token=s3cret")
    assert said.status == 0
    assert "https://pbx.example/rec/1.wav" in said.out
    assert "s3cret" not in said.out + said.err


def test_erasing_asks_first(earmark: Earmark, write: Callable[..., str]) -> None:
    earmark("ingest", write("17.json", WORDS))
    assert earmark("erase", "17", stdin=b"n\n").status == 1
    assert json.loads(earmark("calls", "--json").out)["state"] != "erased"
    assert earmark("erase", "17", "--yes").status == 0
    assert json.loads(earmark("calls", "--json").out)["state"] == "erased"


@pytest.mark.parametrize("command", ["show", "retry", "erase"])
def test_a_call_that_is_not_there_is_said(earmark: Earmark, command: str) -> None:
    said = earmark(command, "nothing")
    assert said.status == 2
    assert "there is no call 'nothing'" in said.err


def test_an_id_of_two_phone_systems_needs_the_longer_one(earmark: Earmark, write: Callable[..., str]) -> None:
    earmark("ingest", write("a.json", WORDS), write("b.json", WORDS | {"provider": "other"}))
    with pytest.raises(BadInput, match="more than one call has the external id '17'"):
        find(open_here(), "17")


def test_an_empty_list_says_how_to_fill_it(earmark: Earmark) -> None:
    assert "earmark ingest" in earmark("calls").err


def test_a_missed_call_shows_why_it_has_no_tags_and_whence_its_start(
    earmark: Earmark, write: Callable[..., str]
) -> None:
    earmark("ingest", write("missed.json", {"external_id": "missed", "answered": False}))
    work_it_off()
    shown = earmark("show", "missed").out
    assert "UTC, " in shown
    assert "no other" in shown
    assert "none: there are no words on it" in shown


def test_agent_and_caller_are_swapped(earmark: Earmark, write: Callable[..., str]) -> None:
    earmark("ingest", write("17.json", WORDS))
    work_it_off()
    assert earmark("roles", "17", "--swap", "--who", "anna").status == 0
    work_it_off()
    shown = earmark("show", "17").out
    assert "agent   Hello, I saw your ad" in shown
    assert "caller  Riverside Plumbing" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "or --swap: one of the two"),
        (("--swap", "0=agent"), "or --swap: one of the two"),
        (("0:agent",), "'0:agent' is no SPEAKER=ROLE"),
        (("0=boss",), "'0=boss' is no SPEAKER=ROLE"),
        (("9=agent",), "there is no speaker 9"),
        (("0=unknown",), "with one of: agent, caller, machine"),
        (("9" * 5000 + "=agent",), "is no SPEAKER=ROLE"),
        (("0=agent", "0=caller"), "speaker 0 is named twice"),
        (("--swap", "--who", "\udcff"), "nobody can read"),
    ],
)
def test_roles_that_cannot_be_are_said(
    earmark: Earmark, write: Callable[..., str], arguments: tuple[str, ...], said: str
) -> None:
    earmark("ingest", write("17.json", WORDS))
    work_it_off()
    answer = earmark("roles", "17", *arguments)
    assert answer.status == 2
    assert said in answer.err
