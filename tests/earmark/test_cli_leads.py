import json

import pytest
from command_line import Earmark

from earmark.commands.opening import open_here
from models.call import CallFacts
from models.upload import Upload
from pipeline.ingest import ingest_call
from pipeline.leads import fold_anew


def hear(name: str, number: str | None) -> None:
    opened = open_here()
    facts = CallFacts(external_id=name, caller_number=number)
    ingest_call(opened.tools, Upload(facts=facts, named=frozenset({"caller_number"})), workspace_id=opened.workspace_id)


def members(earmark: Earmark, *arguments: str) -> list[list[str]]:
    lines = earmark("leads", "--json", "--calls", *arguments).out.splitlines()
    return sorted([call["external_id"] for call in json.loads(line)["page"]] for line in lines)


def test_leads_are_listed_with_their_calls(earmark: Earmark) -> None:
    assert "no such lead" in earmark("leads").err
    for name, number in (("one", "+12025550143"), ("two", "+12025550143"), ("three", None)):
        hear(name, number)
    shown = earmark("leads", "--calls").out
    assert "+12025550143" in shown
    assert "withheld" in shown
    assert [name for name in ("one", "two", "three") if f"  {name}  none, unknown, unknown" in shown] == [
        "one",
        "two",
        "three",
    ]
    assert "  two  " not in earmark("leads").out
    assert members(earmark) == [["one", "two"], ["three"]]
    assert members(earmark, "--quality", "hot") == members(earmark, "--to", "2020-01-01") == []
    assert "call 2 of lead" in earmark("show", "two").out


def test_the_businesss_own_number_stands_apart_until_it_is_disowned(earmark: Earmark) -> None:
    hear("one", "+12025550143")
    hear("two", "+12025550143")
    assert earmark("callers", "region", "us").status == 0
    assert earmark("callers", "own", "(۲۰۲) ۵۵۵-۰۱۴۳").status == 0
    fold_anew(open_here().tools)
    assert members(earmark) == [["one"], ["two"]]
    assert earmark("callers", "silence", "12").status == 0
    shown = earmark("callers", "show").out.splitlines()
    assert [line.split() for line in shown] == [["region", "US"], ["silence", "12", "days"], ["own", "+12025550143"]]
    assert earmark("callers", "disown", "+12025550143").status == 0
    fold_anew(open_here().tools)
    assert members(earmark) == [["one", "two"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("callers", "own", "101"), "'101' is no phone number"),
        (("callers", "own", "anonymous"), "'anonymous' is no phone number"),
        (("callers", "disown", "+12025550143"), "+12025550143 is not among"),
        (("callers", "region", "XX"), "'XX' is no region"),
        (("callers", "silence", "0"), "'0' is no number of days"),
        (("callers", "silence", "soon"), "'soon' is no number of days"),
        (("leads", "--quality", "good"), "'good'"),
        (("leads", "--channel", "gogle"), "'gogle'"),
        (("leads", "--from", "yesterday"), "'yesterday'"),
    ],
)
def test_what_cannot_be_is_refused(earmark: Earmark, arguments: tuple[str, ...], said: str) -> None:
    answer = earmark(*arguments)
    assert answer.status == 2
    assert said in answer.err
