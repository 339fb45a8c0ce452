"""`earmark eval`: on labelled lines, and on what people corrected."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import Earmark
from stored_calls import correct, store

TURNS = [{"speaker": "caller", "text": "Hello, I saw your ad on Facebook. My tap leaks."}]
EVERY = {
    "stated_channels": ["facebook"],
    "possible_channels": [],
    "denied_channels": [],
    "incidental_channels": [],
    "lead_quality": "warm",
    "outcome": "information_given",
}


def line(name: str, labels: object, **rest: object) -> str:
    return json.dumps({"id": name, "language": "en", "turns": TURNS, "labels": labels, **rest}) + "\n"


@pytest.mark.parametrize("kept", [("stated_channels",), ("lead_quality",), ("outcome", "lost_reason"), ("mood",)])
def test_a_line_is_scored_on_the_labels_that_it_has(earmark: Earmark, tmp_path: Path, kept: tuple[str, ...]) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text(line("a", {name: EVERY.get(name) for name in kept}))
    said = earmark("eval", str(file), "--picture", str(tmp_path / "out.svg"))
    first = next(row.split() for row in said.out.splitlines() if row.startswith("all "))
    assert (said.status, first[:2]) == (0, ["all", "1"])
    assert first[5:].count("-") == 2 * (("lead_quality" not in kept) + ("outcome" not in kept))


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("nonsense\n", "no JSON"),
        ("[1]\n", "must be a JSON object"),
        ('{"id": "x", "labels": {"outcome": "lost"}}\n', "`turns` must be a list"),
        (line("x", ["lost"]), "`labels` must be an object"),
        (line("x", {"stated_channels": "tv"}), "`labels.stated_channels` must be a list of channels, not 'tv'"),
        (line("x", {"outcome": ["lost"]}), "`labels.outcome` must be text, not ['lost']"),
    ],
)
def test_a_line_that_is_no_labelled_call_is_named_and_the_rest_go_on(
    earmark: Earmark, tmp_path: Path, bad: str, says: str
) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text(line("a", EVERY) + bad + line("b", EVERY))
    said = earmark("eval", str(file))
    assert said.status == 1
    assert "line 2: " in said.err
    assert says in said.err
    assert "2 calls scored, 1 lines refused" in said.err


def test_the_picture_has_every_answer_with_counts_and_shares(earmark: Earmark, tmp_path: Path) -> None:
    file, picture = tmp_path / "calls.jsonl", tmp_path / "out.svg"
    file.write_text("".join(line(str(number), EVERY) for number in range(3)))
    assert str(picture) in earmark("eval", str(file), "--picture", str(picture)).err
    root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    texts = [element.text for element in root.iter() if element.text]
    assert {"lead quality", "outcome", "warm", "information given", "3", "100%"} <= set(texts)
    assert "cannot be written" in earmark("eval", str(file), "--picture", "/nowhere/out.svg").err


def test_without_a_file_the_shipped_calls_are_scored(earmark: Earmark, monkeypatch: pytest.MonkeyPatch) -> None:
    from earmark.commands import evaluating

    monkeypatch.setattr(evaluating, "held_back", lambda: [json.loads(line("a", EVERY))])
    assert "facebook" not in earmark("eval").out
    assert earmark("eval").out.splitlines()[1].split()[:3] == ["all", "1", "1.000"]


def test_corrections_are_scored_by_tag_language_and_version(earmark: Earmark, tmp_path: Path) -> None:
    """Confirmed in English, put right in Russian, and Persian is no label for nobody spoke on it."""
    store(earmark, tmp_path, "en", "ru", "fa")
    correct("en", stated_channel=("facebook",))
    correct("ru", stated_channel=("radio",), outcome=("lost",))
    said = earmark("eval", "--corrections", "--picture", str(tmp_path / "out.svg"))
    rows = [row.split() for row in said.out.splitlines()]
    stated = {row[1]: row for row in rows if row[:1] == ["stated_channels"]}
    assert said.status == 0
    assert stated.keys() == {"all", "en", "ru"}
    assert [stated[name][2:4] for name in ("all", "en", "ru")] == [["2", "0.500"], ["1", "1.000"], ["1", "0.000"]]
    assert rows[0][:4] == ["made", "by", "learned-3", "weights"]
    assert {row[1] for row in rows if row[:1] == ["outcome"] and len(row) > 8} == {"ru"}
    assert not any(row[:1] == ["lead_quality"] for row in rows)
    assert (tmp_path / "out.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((), "nobody has corrected a tag yet"), (("calls.jsonl",), "leave out the files"), (("--hard",), "--hard")],
)
def test_corrections_that_are_not_there_are_said(earmark: Earmark, arguments: tuple[str, ...], says: str) -> None:
    said = earmark("eval", "--corrections", *arguments)
    assert (said.status, says in said.err) == (2, True)
