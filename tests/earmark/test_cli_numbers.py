"""`earmark numbers`: as its user meets it."""

import pytest
from command_line import Earmark
from stored_calls import work_it_off

from earmark.commands.opening import open_here
from models.call import CallFacts
from models.upload import Upload
from pipeline.ingest import ingest_call

BOARD = ("numbers", "add", "+12025550143", "--channel", "billboard", "--campaign", "Main St")


def hear(name: str, dialled: str) -> None:
    opened = open_here()
    facts = CallFacts(external_id=name, dialled_number=dialled)
    upload = Upload(facts=facts, named=frozenset({"dialled_number"}))
    ingest_call(opened.tools, upload, workspace_id=opened.workspace_id)


def test_numbers_are_added_listed_and_removed(earmark: Earmark) -> None:
    hear("one", "+12025550143")
    added = earmark(*BOARD)
    assert (added.status, added.out) == (0, "")
    assert "+12025550143 stands for billboard at all times; the records of calls that dialled it follow" in added.err
    work_it_off()
    assert "billboard" in earmark("show", "one").out
    assert earmark("numbers", "remove", "+1 202 555 0143").status == 0
    work_it_off()
    assert "billboard" not in earmark("show", "one").out
    for days in (("--to", "2026-11-30"), ("--from", "2026-12-01")):
        assert earmark(*BOARD, *days).status == 0
    listed = earmark("numbers", "list").out.splitlines()
    assert [line.split()[:6] for line in listed[1:]] == [
        ["+12025550143", "billboard", "Main", "St", "2026-11-30", listed[1].split()[-1]],
        ["+12025550143", "billboard", "Main", "St", "2026-12-01", listed[2].split()[-1]],
    ]
    several = earmark("numbers", "remove", "+12025550143")
    assert several.status == 2
    assert "'+12025550143' stands for 2 things; name one by its id" in several.err
    assert earmark("numbers", "remove", listed[1].split()[-1]).status == 0
    assert len(earmark("numbers", "list").out.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("add", "101", "--channel", "tv"), 2, "'101' is no phone number"),
        (("add", "+12025550144"), 2, "neither channel nor source"),
        (("add", "+12025550144", "--channel", "pigeon"), 2, "channel 'pigeon' is none"),
        (("add", "+12025550144", "--channel", "tv", "--from", "soon"), 2, "--from 'soon' is no date"),
        (("add", "+12025550143", "--channel", "tv"), 2, "stands for billboard at all times already"),
        (("remove", "nobody"), 2, "there is no tracking number 'nobody'"),
    ],
)
def test_what_is_wrong_is_named(earmark: Earmark, arguments: tuple[str, ...], status: int, said: str) -> None:
    earmark(*BOARD)
    answer = earmark("numbers", *arguments)
    assert answer.status == status
    assert said in answer.err
