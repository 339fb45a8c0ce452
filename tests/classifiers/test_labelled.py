import json

import pytest

from classifiers.labelled import read_conversation, results
from models.conversation import Role
from models.errors import BadInput
from models.tag import Evidence, Source, Tag, TagKind, TagStatus, WithheldReason

LINE = {
    "id": "a-1",
    "language": "en-US",
    "vertical": "florist",
    "labels": {"outcome": "lost"},
    "turns": [
        {"speaker": "agent", "text": "Rose & Thorn,  hello?"},
        {"speaker": "caller", "text": "I saw you\u00a0on Facebook —  no, wait."},
        {"speaker": "Narrator", "text": "  "},
    ],
}


def made(kind: TagKind, value: str | None, **rest: object) -> Tag:
    given = {"confidence": 0.8, "status": TagStatus.GIVEN, "source": Source.RULES, "version": "t1", **rest}
    return Tag(kind=kind, value=value, **given)  # type: ignore[arg-type]


def test_words_are_numbered_through_the_call_and_empty_turns_keep_their_place() -> None:
    conversation = read_conversation(LINE)
    assert [turn.role for turn in conversation.turns] == [Role.AGENT, Role.CALLER, Role.UNKNOWN]
    assert [turn.numbers for turn in conversation.turns] == [(0, 1, 2, 3), (4, 5, 6, 7, 8, 9, 10, 11), ()]
    assert conversation.language == "en"
    assert conversation.turns[1].words[4].text == "Facebook"


def test_times_of_a_turn_are_spread_over_its_words() -> None:
    line = {"id": 7, "turns": [{"speaker": "caller", "text": "ab abcd", "start": 1, "end": 4}]}
    words = read_conversation(line).turns[0].words
    assert [(word.start, word.end) for word in words] == [(1.0, 2.0), (2.0, 4.0)]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ([1, 2], "[1, 2]"),
        ("text", "'text'"),
        ({"turns": []}, "`id`"),
        ({"id": True, "turns": []}, "True"),
        ({"id": " ", "turns": []}, "`id`"),
        ({"id": "a"}, "`turns`"),
        ({"id": "a", "turns": "hello"}, "'hello'"),
        ({"id": "a", "turns": [{}, 3]}, "turns[0].text"),
        ({"id": "a", "turns": ["x"]}, "turns[0]"),
        ({"id": "a", "turns": [{"text": 5}]}, "5"),
        ({"id": "a", "turns": [{"text": "x", "speaker": 1}]}, "turns[0].speaker"),
        ({"id": "a", "turns": [{"text": "x", "start": "soon", "end": 1}]}, "'soon'"),
        ({"id": "a", "turns": [{"text": "x", "start": float("nan"), "end": 1}]}, "nan"),
        ({"id": "a", "turns": [{"text": "x", "start": 3, "end": 1}]}, "turns[0].end"),
        ({"id": "a", "language": 3, "turns": []}, "`language`"),
    ],
)
def test_a_line_that_is_no_call_is_refused_by_name(line: object, named: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_conversation(line)  # type: ignore[arg-type]
    assert named in str(refused.value)


def test_quotes_are_cut_from_the_original_text_with_its_odd_spaces() -> None:
    tags = [
        made(TagKind.STATED_CHANNEL, "facebook", item="facebook", evidence=(Evidence(6, 9, 1),)),
        made(TagKind.MENTION, "facebook", item="0", evidence=(Evidence(8, 8, 1),), detail={"role": "discovery"}),
    ]
    line = results(LINE, tags)
    evidence = line["tags"]["stated_channels"][0]["evidence"][0]
    assert evidence["quote"] == "you\u00a0on Facebook —"
    assert LINE["turns"][1]["text"][evidence["start"] : evidence["end"]] == evidence["quote"]  # type: ignore[index]
    assert evidence["unit"] == "characters"
    assert line["stated_channels"] == ["facebook"]
    assert line["mentions"][0] | {"quote": "Facebook", "speaker": "caller", "role": "discovery"} == line["mentions"][0]


def test_evidence_has_seconds_where_the_line_has_times() -> None:
    line = {"id": "b", "turns": [{"speaker": "caller", "text": "ab abcd", "start": 1, "end": 4}]}
    found = results(line, [made(TagKind.OUTCOME, "lost", evidence=(Evidence(1, 1, 0),))])
    evidence = found["tags"]["outcome"]["evidence"][0]
    assert (evidence["start"], evidence["end"], evidence["unit"]) == (2.0, 4.0, "seconds")


def test_a_withheld_answer_is_printed_as_best_guess_with_its_status() -> None:
    tags = [
        made(
            TagKind.LEAD_QUALITY,
            "warm",
            score=50,
            confidence=0.31234,
            status=TagStatus.WITHHELD,
            reason=WithheldReason.LOW_CONFIDENCE,
        ),
        made(TagKind.STATED_CHANNEL, None),
    ]
    line = results(LINE, tags)
    assert (line["lead_quality"], line["score"], line["outcome"]) == ("warm", 50, None)
    assert line["stated_channels"] == []
    assert line["tags"]["stated_channels"][0]["value"] is None
    shown = line["tags"]["lead_quality"]
    assert (shown["status"], shown["reason"], shown["confidence"]) == ("withheld", "low_confidence", 0.312)
    assert json.loads(json.dumps(line, ensure_ascii=False)) == line
