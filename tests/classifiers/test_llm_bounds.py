"""What a language model may cost: how much of a call is sent, and how much in a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conversations import talk
from language_model import Answer, language_model
from llm_parts import CALL, GOOD, Instead, form, llm_tags, said
from structlog.testing import capture_logs

from classifiers.llm.ledger import BudgetSpent, Ledger, Prices, Spent
from classifiers.llm.question import BYTES_A_TOKEN, question_of
from models.channel import GROUP_OF
from models.context import Context
from models.conversation import Conversation
from models.errors import EngineFailed
from models.lead import LeadQuality, LostReason, NotALeadReason, Outcome

TODAY = date(2026, 2, 27)
LEAST = 4000
LONG = talk("a: first words", *["c: filling " * 30] * 400, "a: last words")
SHORT = 8000


def lines_of(call: Conversation, most: int) -> list[str]:
    user = question_of(call, Context(), most).messages[1]["content"].splitlines()
    return user[2:-2]


@pytest.mark.parametrize(
    ("call", "left_out"),
    [
        (CALL, ""),
        (LONG, "middle"),
        (talk("u: first " + "filling " * 50_000 + "last"), "0"),
        (talk("a: first", "c: " + "слово " * 50_000, "a: last", language="ru"), "1"),
        (talk("u: first " + "x" * 500_000 + " last"), ""),  # one word without end
    ],
    ids=["whole", "turns", "one speaker", "one long turn", "one word"],
)
@pytest.mark.parametrize("most", [LEAST, SHORT])
def test_of_a_long_call_beginning_and_end_are_sent(call: Conversation, left_out: str, most: int) -> None:
    question = question_of(call, Context(), most)
    assert question.most_tokens <= most
    assert sum(len(message["content"].encode()) for message in question.messages) <= most * BYTES_A_TOKEN
    lines = lines_of(call, most)
    assert lines[0].split(": ")[1].split()[0] in ("first", "Hello,")
    assert lines[-1].split()[-1] in ("last", "words", "is.")
    if left_out == "middle":
        first, last = map(int, question.left_out.split("-"))
        assert 0 < first < last < len(call.turns) - 1
        numbers = [int(line[1:].split("]")[0]) for line in lines if line.startswith("[")]
        assert set(numbers) == set(range(len(call.turns))) - set(range(first, last + 1))
    else:
        assert question.left_out == left_out
    assert any("left out" in line for line in lines) == bool(left_out)


def test_what_was_not_read_is_told_on_every_tag(tmp_path: Path) -> None:
    answer = form(outcome=said("lost", (401, "last words")))
    with language_model(Answer(form=answer)) as server:
        opinions = llm_tags(server, tmp_path, input_tokens=LEAST).classify(LONG, Context())
    read = question_of(LONG, Context(), LEAST)
    assert {one.detail["turns_not_read"] for one in opinions} == {read.left_out}


@pytest.mark.parametrize("words", [LeadQuality, NotALeadReason, Outcome, LostReason])
def test_the_question_explains_every_answer(words: Any) -> None:
    system = question_of(CALL, Context(), SHORT).messages[0]["content"]
    assert [word for word in words if word not in system] == []


def test_the_question_offers_every_channel_and_no_other(tmp_path: Path) -> None:
    with language_model(Answer(form=GOOD)) as server:
        llm_tags(server, tmp_path).classify(CALL, Context())
    schema = server.asked[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["channels"]["items"]["properties"]["channel"]["enum"] == list(GROUP_OF)


def test_tokens_are_booked_as_the_endpoint_counts_them_and_the_cost_is_told(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "tokens.json")
    usage = {"prompt_tokens": 2_000, "completion_tokens": 100}
    with language_model(Answer(form=GOOD, usage=usage)) as server, capture_logs() as logs:
        llm_tags(server, tmp_path, ledger=ledger, prices=Prices(read=0.5, written=10)).classify(CALL, Context())
    assert ledger.spent() == (Spent(2_000, 100), Spent(2_000, 100))
    assert (logs[0]["tokens_read"], logs[0]["tokens_written"], logs[0]["cost"]) == (2_000, 100, 0.002)


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        (Answer(form=GOOD, usage=None), 1_500, 4_500),  # estimated, where the endpoint does not say
        (Answer(form=GOOD, usage={"prompt_tokens": -5, "completion_tokens": True}), 1_500, 4_500),
        (Answer(status=400), 0, 0),  # nothing to be paid
        (Answer(form="no form"), 1_290, 1_290),  # paid all the same
        (Answer(late=True), 1_500, 4_500),  # may have been paid
        (Answer(breaks_off=True), 1_500, 4_500),
    ],
)
def test_what_fails_is_booked_as_far_as_it_may_be_paid(tmp_path: Path, answer: Answer, least: int, most: int) -> None:
    ledger = Ledger(tmp_path / "tokens.json")
    with language_model(answer) as server:
        tags = llm_tags(server, tmp_path, ledger=ledger, seconds=0.5 if answer.late else 20.0)
        tags.classify(CALL, Context())
    assert least <= ledger.spent()[0].tokens <= most


@pytest.mark.parametrize(
    ("bounds", "next_day", "next_month"),
    [({"per_day": 6_000}, True, True), ({"per_month": 6_000}, False, True), ({}, True, True)],
)
def test_a_spent_budget_sends_nothing_until_the_next(
    tmp_path: Path, bounds: dict[str, int], next_day: bool, next_month: bool
) -> None:
    day = [TODAY]
    ledger = Ledger(tmp_path / "tokens.json", **bounds, today=lambda: day[0])
    usage = {"prompt_tokens": 2_000, "completion_tokens": 500}
    with language_model(Answer(form=GOOD, usage=usage)) as server:
        tags = llm_tags(server, tmp_path, ledger=ledger, instead=Instead(), clock=lambda: 1e9 * len(server.asked))

        def is_asked() -> bool:
            before = len(server.asked)
            opinions = tags.classify(CALL, Context())
            assert opinions
            return len(server.asked) > before

        assert is_asked()
        with capture_logs() as logs:
            assert is_asked() is not bool(bounds)
        if bounds:
            variable = "EARMARK_LLM_TOKENS_PER_DAY" if "per_day" in bounds else "EARMARK_LLM_TOKENS_PER_MONTH"
            assert f"2,500 of 6,000 tokens are spent ({variable})" in logs[0]["why"]
        day[0] = date(2026, 2, 28)
        assert is_asked() is next_day
        day[0] = date(2026, 3, 1)
        assert is_asked() is next_month


def test_many_at_once_spend_no_more_than_allowed(tmp_path: Path) -> None:
    """Each has a ledger of its own, as processes have."""

    def book(_: int) -> bool:
        try:
            Ledger(tmp_path / "tokens.json", per_day=1_000, today=lambda: TODAY).book(Spent(90, 10))
        except BudgetSpent:
            return False
        return True

    with ThreadPoolExecutor(8) as many:
        booked = list(many.map(book, range(40)))
    assert sum(booked) == 10
    assert Ledger(tmp_path / "tokens.json", today=lambda: TODAY).spent()[0].tokens == 1_000


def test_old_days_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    for day in (date(2025, 11, 1), date(2026, 1, 31), TODAY):
        Ledger(path, today=lambda day=day: day).book(Spent(1, 1))  # type: ignore[misc]
    assert "2025" not in path.read_text()
    assert "2026-01-31" in path.read_text()


@pytest.mark.parametrize("written", ["{", "[]", '{"yesterday": [1, 2]}', '{"2026-02-27": 7}', "\udcff"])
def test_a_ledger_that_cannot_be_read_is_named_and_nothing_is_sent(tmp_path: Path, written: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(written.encode("utf-8", "surrogateescape"))
    with language_model(Answer(form=GOOD)) as server, capture_logs() as logs:
        assert llm_tags(server, tmp_path, ledger=Ledger(path)).classify(CALL, Context()) == []
    assert server.asked == []
    assert str(path) in logs[0]["why"]


def test_a_ledger_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineFailed, match=r"file/tokens\.json: "):
        Ledger(tmp_path / "file" / "tokens.json").book(Spent(1, 1))
