"""`earmark trackers`: as its user meets it."""

import json
from pathlib import Path

import pytest
from command_line import Earmark
from stored_calls import work_it_off

from earmark.commands.opening import open_here
from models.call import CallFacts
from models.conversation import Role
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline.ingest import ingest_call

FILE = """
trackers:
  - name: spring offer
    phrases: {en: [spring offer], ru: [весеннее предложение], fa: [پیشنهاد بهاره]}
    said_by: caller
  - name: twenty
    phrases: [twenty percent flyer]
    channel: flyer
    campaign: Autumn
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "trackers.yaml"
    path.write_text(FILE, encoding="utf-8")
    return str(path)


def take(*said: str) -> None:
    opened = open_here()
    for number, text in enumerate(said):
        turns = (SpokenTurn(role=Role.AGENT, text="How did you hear of us?"), SpokenTurn(role=Role.CALLER, text=text))
        upload = Upload(facts=CallFacts(external_id=str(number)), transcript=DeliveredTranscript(turns=turns))
        ingest_call(opened.tools, upload, workspace_id=opened.workspace_id)


def test_trackers_are_tried_kept_switched_and_removed(earmark: Earmark, file: str) -> None:
    take("I got your 20% flyer", "The spring offers, please", "پیشنهاد بهارتون")
    work_it_off()
    tried = earmark("trackers", "test", file)
    assert tried.status == 0, tried.err
    assert "stated flyer" in tried.out
    assert "caller: “\u2068spring offers,\u2069”" in tried.out
    counts = [line.split() for line in tried.out.splitlines()[-3:]]
    assert counts == [
        ["tracker", "calls", "places", "of", "3", "calls"],
        ["spring", "offer", "2", "2", "67%"],
        ["twenty", "1", "1", "33%"],
    ]
    assert earmark("trackers", "test", file, "--last", "1").out.splitlines()[-3].endswith("of 1 calls")
    assert "2 trackers kept; new ones are off" in earmark("trackers", "add", file).err
    assert "3 calls are looked through" in earmark("trackers", "on", "spring offer", "twenty").err
    assert "3 calls are still to be looked through" in earmark("trackers", "list").err
    work_it_off()
    listed = earmark("trackers", "list")
    assert listed.err == ""
    assert listed.out.splitlines()[1].split() == [
        "on",
        "2",
        "spring",
        "offer",
        "caller",
        "spring",
        "offer",
        "…",
        "2",
        "more",
    ]
    shown = earmark("show", "0").out
    assert "flyer “\u2068Autumn\u2069”" in shown
    assert "tracker" in shown
    assert "1 calls are looked through" in earmark("trackers", "off", "twenty").err
    assert earmark("trackers", "remove", "spring offer").status == 0
    work_it_off()
    assert [line.split()[:3] for line in earmark("trackers", "list").out.splitlines()[1:]] == [["off", "0", "twenty"]]
    assert "tracker " not in earmark("show", "0").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("on", "nobody"), "there is no tracker 'nobody'"),
        (("off", "nobody"), "there is no tracker 'nobody'"),
        (("remove", "nobody"), "there is no tracker 'nobody'"),
        (("add", "nowhere.yaml"), "nowhere.yaml cannot be read"),
        (("test", "wrong.toml"), "wrong.toml: tracker 'a': `said_by` is 'boss'"),
    ],
)
def test_what_is_wrong_is_named(earmark: Earmark, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    Path("wrong.toml").write_text('[[trackers]]\nname = "a"\nphrases = ["x"]\nsaid_by = "boss"\n')
    answer = earmark("trackers", *arguments)
    assert answer.status == 2
    assert said in answer.err


def test_finished_transcripts_are_tagged_with_trackers_of_a_file(earmark: Earmark, tmp_path: Path, file: str) -> None:
    line = {"id": 1, "turns": [{"speaker": "agent", "text": "How did you hear of us?"}]}
    line["turns"].append({"speaker": "caller", "text": "I got your 20% flyer"})  # type: ignore[attr-defined]
    (tmp_path / "calls.jsonl").write_text(json.dumps(line))
    answer = earmark("tag", str(tmp_path / "calls.jsonl"), "--trackers", file)
    assert answer.status == 0, answer.err
    found = json.loads(answer.out)
    assert [(one["value"], one["hits"], one["evidence"][0]["quote"]) for one in found["trackers"]] == [
        ("twenty", 1, "20% flyer")
    ]
    assert [(one["value"], one["campaign"]) for one in found["tags"]["stated_channels"]] == [("flyer", "Autumn")]
    assert json.loads(earmark("tag", str(tmp_path / "calls.jsonl")).out)["trackers"] == []
