"""Calls of one number fold into leads, and their records say so. On SQLite and on PostgreSQL.

The words of a call are its tags: `google_ads hot sale_closed`, `-` for one that is withheld.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from road import OPENED, drain
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from toolboxes import make_toolbox

from attribution.leads import fold
from models.call import CallFacts, CallId, CallState, Direction
from models.context import Context
from models.conversation import Conversation, Role
from models.lead import LeadCall
from models.tag import Opinion, TagKind
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline import follow
from pipeline.correct import correct_tag
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.leads import fold_anew
from pipeline.record import write_record
from pipeline.toolbox import Toolbox
from storage import calls, lead_list, leads, migrate, records, tables, workspaces

ANNA, OLEG, NIMA = "+12025550143", "+79161234567", "+989123456789"
START = datetime(2025, 11, 1, 9, tzinfo=UTC)
KINDS = (TagKind.STATED_CHANNEL, TagKind.LEAD_QUALITY, TagKind.OUTCOME)


class Literal:
    """Takes what is said for the tags."""

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        words = conversation.turns[0].text.split()
        return [
            Opinion(kind=kind, item=word if kind is TagKind.STATED_CHANNEL else "", value=word, confidence=0.9)
            for kind, word in zip(KINDS, words, strict=True)
            if word != "-"
        ]


class Business:
    """A toolbox, and its calls by their external ids."""

    def __init__(self, tmp_path: Path, database_url: str) -> None:
        self.tools = make_toolbox(tmp_path, database_url=database_url, classifiers=[Literal()])  # type: ignore[list-item]
        OPENED.append(self.tools)
        self.ids: dict[str, CallId] = {}

    def hears(self, name: str, day: float | None, number: str | None, said: str = "", **given: Any) -> None:
        facts: dict[str, Any] = {"caller_number": number, **given}
        if day is not None:
            facts["started_at"] = START + timedelta(days=day)
        turns = (SpokenTurn(role=Role.CALLER, text=said, start=0.0, end=3.0),)
        upload = Upload(
            facts=CallFacts(provider="pbx", external_id=name, **facts),
            named=frozenset(facts),
            transcript=DeliveredTranscript(turns=turns, language="en") if said else None,
        )
        self.ids[name] = ingest_call(self.tools, upload, workspace_id=1).call_id
        drain(self.tools)

    def told(self) -> dict[str, Any]:
        """What the records say of leads."""
        changes = self.changes()
        return {name: (changes[call_id].body or {}).get("lead") for name, call_id in self.ids.items()}

    def changes(self) -> dict[CallId, records.Change]:
        with self.tools.sessions.read() as session:
            found = records.feed(session, workspace_id=1, after=0, limit=9999)
        return {change.call_id: change for change in found}

    def revisions(self) -> dict[str, int]:
        changes = self.changes()
        return {name: changes[call_id].revision for name, call_id in self.ids.items()}

    def leads(self) -> list[str]:
        """Each as `members channel quality outcome`, the earliest first."""
        names = {call_id: name for name, call_id in self.ids.items()}
        wanted = lead_list.Wanted(with_not_a_lead=True)
        with self.tools.sessions.read() as session:
            found = lead_list.page(session, self.tools.vault, wanted, workspace_id=1, limit=9999)
            ids = session.execute(select(tables.Call.public_id, tables.Call.id))
            public = {row.public_id: CallId(row.id) for row in ids}
            members = {
                one.id: [names[public[call.public_id]] for call in lead_list.calls_of(session, lead_id=one.id)]
                for one in found
            }
        found.sort(key=lambda one: (one.started_at, members[one.id]))
        assert all(one.calls == len(members[one.id]) for one in found)
        return [
            f"{' '.join(members[one.id])}: {one.channel or '-'} {one.quality or '-'} {one.outcome or '-'}"
            for one in found
        ]


@pytest.fixture
def business(tmp_path: Path, database_url: str) -> Business:
    return Business(tmp_path, database_url)


def test_calls_of_one_number_are_one_lead_and_each_record_says_so(business: Business) -> None:
    business.hears("a", 0, ANNA, "google_ads warm quote_given")
    business.hears("b", 2, OLEG, "referral cold lost")
    business.hears("c", 3, ANNA, "facebook hot appointment_booked")
    assert business.leads() == ["a c: google_ads hot appointment_booked", "b: referral cold lost"]
    with business.tools.sessions.read() as session:
        named = calls.row(session, business.ids["a"]).public_id
    together = {
        "id": named,
        "first_stated_channel": "google_ads",
        "best_quality": "hot",
        "latest_outcome": "appointment_booked",
    }
    told = business.told()
    assert told["a"] == {"number": 1, "is_repeat": False, **together}
    assert told["c"] == {"number": 2, "is_repeat": True, **together}
    assert told["b"]["id"] != named


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"number": None}, {"number": None}),
        ({"number": "101"}, {"number": "101"}),
        ({"number": "+1202"}, {"number": "+1202"}),
        ({"number": "+12025550199"}, {"number": "+12025550199"}),  # the business's own
        ({"number": OLEG}, {"number": ANNA}),
        ({"number": ANNA}, {"number": OLEG, "dialled_number": ANNA}),
    ],
)
def test_nobodys_calls_stay_apart(business: Business, first: dict[str, Any], second: dict[str, Any]) -> None:
    with business.tools.sessions.write() as session:
        workspaces.set_own_numbers(session, 1, ["+12025550199"])
    business.hears("a", 0, said="tv warm lost", **first)
    business.hears("b", 1, said="- hot -", **second)
    assert business.leads() == ["a: tv warm lost", "b: - hot -"]
    assert [told["is_repeat"] for told in business.told().values()] == [False, False]
    assert set(business.revisions().values()) == {1}


def test_a_call_that_the_business_makes_is_of_the_number_it_dialled(business: Business) -> None:
    business.hears("in", 0, ANNA, "tv warm callback_agreed", dialled_number="+12025550199")
    business.hears("out", 1, "+12025550199", "- hot sale_closed", dialled_number=ANNA, direction=Direction.OUTBOUND)
    assert business.leads() == ["in out: tv hot sale_closed"]


def test_a_call_inside_the_business_is_in_no_lead(business: Business) -> None:
    business.hears("a", 0, ANNA, "tv warm -")
    business.hears("b", 1, ANNA, "- hot -", direction=Direction.INTERNAL)
    assert business.leads() == ["a: tv warm -"]
    assert business.told()["b"] is None
    business.hears("b", None, ANNA, direction=Direction.INBOUND)
    assert business.leads() == ["a b: tv hot -"]
    business.hears("b", None, ANNA, direction=Direction.INTERNAL)
    assert (business.leads(), business.told()["b"]) == (["a: tv warm -"], None)


def test_receivers_hear_of_changed_records_once_and_of_no_others(business: Business) -> None:
    business.hears("a", 0, ANNA, "tv warm quote_given")
    business.hears("b", 1, ANNA, "yelp warm quote_given")  # says nothing new of the lead
    assert business.revisions() == {"a": 1, "b": 1}
    business.hears("c", 2, ANNA, "yelp hot -")
    assert business.revisions() == {"a": 2, "b": 2, "c": 1}
    business.hears("z", 2, OLEG, "yelp hot -")
    business.hears("o", -1, ANNA, "referral cold lost")  # an older one: all numbers and the channel are others now
    assert business.revisions() == {"a": 3, "b": 3, "c": 2, "z": 1, "o": 1}
    correct_tag(business.tools, call_id=business.ids["c"], kind="lead_quality", values=("warm",), who="Ann")
    drain(business.tools)
    assert business.revisions() == {"a": 4, "b": 4, "c": 3, "z": 1, "o": 2}
    correct_tag(business.tools, call_id=business.ids["b"], kind="outcome", values=("lost",), who="Ann")
    drain(business.tools)
    assert business.leads() == ["o a b c: referral warm lost", "z: yelp hot -"]
    fold_anew(business.tools)
    drain(business.tools)
    assert sum(business.revisions().values()) == len(_events(business.tools))


def _events(tools: Toolbox) -> list[int]:
    with tools.sessions.read() as session:
        return list(session.scalars(select(tables.Event.seq)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda b: b.hears("b", 90, ANNA), ["a c: tv warm lost", "b: yelp hot -"]),
        (lambda b: b.hears("b", None, OLEG), ["a c: tv warm lost", "b: yelp hot -"]),
        (lambda b: b.hears("b", None, None), ["a c: tv warm lost", "b: yelp hot -"]),
        (lambda b: b.hears("b", None, "8000"), ["a c: tv warm lost", "b: yelp hot -"]),
        (lambda b: b.hears("a", None, OLEG), ["a: tv warm quote_given", "b c: yelp hot lost"]),
        (lambda b: erase_call(b.tools, call_id=b.ids["a"]), ["b c: yelp hot lost"]),
        (lambda b: erase_call(b.tools, call_id=b.ids["b"]), ["a c: tv warm lost"]),
        (lambda b: b.hears("n", 2.5, ANNA, "- - sale_closed"), ["a b c n: tv hot sale_closed"]),
        (lambda b: b.hears("n", 30, ANNA), ["a b c n: tv hot lost"]),  # missed: nobody knows what it was for
        (lambda b: b.hears("n", 33, ANNA), ["a b c: tv hot lost", "n: - - -"]),
        (lambda b: b.hears("c", None, ANNA, "vk cold sale_closed"), ["a b c: tv hot sale_closed"]),
    ],
)
def test_what_changes_later_leaves_the_same_leads_as_if_known_at_once(
    business: Business, change: Callable[[Business], None], expected: list[str]
) -> None:
    business.hears("a", 0, ANNA, "tv warm quote_given")
    business.hears("b", 1, ANNA, "yelp hot -")
    business.hears("c", 2, ANNA, "- cold lost")
    change(business)
    drain(business.tools)
    assert business.leads() == expected
    _check_records(business)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_leads_are_those_of_the_calls(business: Business, seed: int) -> None:
    dice = random.Random(seed)
    numbers = [ANNA, ANNA, ANNA, OLEG, NIMA, None, "101"]
    for step in range(25):
        name = dice.choice([*business.ids, f"new {step}", f"new {step}"])
        happening = dice.random()
        if name not in business.ids:
            said = " ".join(dice.choice(words) for words in (("tv", "vk", "-"), ("hot", "cold", "-"), ("lost", "-")))
            business.hears(name, dice.randrange(120), dice.choice(numbers), said)
        elif happening < 0.2:
            erase_call(business.tools, call_id=business.ids.pop(name))
        elif happening < 0.5:
            quality = dice.choice(["hot", "warm", "cold", "not_a_lead"])
            correct_tag(business.tools, call_id=business.ids[name], kind="lead_quality", values=(quality,), who="A")
        else:
            business.hears(name, dice.randrange(120), dice.choice(numbers))
    drain(business.tools)
    _check_records(business)
    assert business.leads() == _at_once(business)


def test_another_silence_folds_anew_and_tells_those_that_it_touches(business: Business) -> None:
    business.hears("a", 0, ANNA, "tv warm -")
    business.hears("b", 20, ANNA, "vk hot -")
    business.hears("c", 90, ANNA, "- cold -")
    business.hears("z", 0, OLEG, "- cold -")
    assert fold_anew(business.tools) == 0
    with business.tools.sessions.write() as session:
        workspaces.set_lead_silence(session, 1, 10)
    assert fold_anew(business.tools) == 2
    drain(business.tools)
    assert business.leads() == ["a: tv warm -", "z: - cold -", "b: vk hot -", "c: - cold -"]
    assert business.revisions() == {"a": 3, "b": 2, "c": 1, "z": 1}
    business.tools = replace(business.tools, lead_silence=timedelta(days=99))  # the workspace's own goes before
    assert fold_anew(business.tools) == 0
    with business.tools.sessions.write() as session:
        workspaces.set_lead_silence(session, 1, None)
    fold_anew(business.tools)
    drain(business.tools)
    assert business.leads() == ["a b c: tv hot -", "z: - cold -"]
    _check_records(business)


def test_a_number_that_becomes_the_businesss_own_folds_no_more(business: Business) -> None:
    business.hears("a", 0, ANNA, "tv warm -")
    business.hears("b", 1, ANNA, "vk hot -")
    for own, expected in (([ANNA], ["a: tv warm -", "b: vk hot -"]), ([], ["a b: tv hot -"])):
        with business.tools.sessions.write() as session:
            workspaces.set_own_numbers(session, 1, own)
            leads.unsettle(session, business.tools.vault, workspace_id=1, numbers=[ANNA])
        assert fold_anew(business.tools) == 1
        drain(business.tools)
        assert business.leads() == expected
        _check_records(business)


def test_calls_that_were_there_before_leads_fold_without_being_told_again(business: Business) -> None:
    business.hears("a", 0, ANNA, "tv warm -")
    business.hears("b", 20, ANNA, "vk hot lost")
    business.hears("c", 20, None, "vk - -")
    business.hears("i", 20, None, direction=Direction.INTERNAL)
    revisions = business.revisions()
    engine = business.tools.sessions.engine
    migrate.downgrade(engine, "0003")
    migrate.upgrade(engine)
    assert business.leads() == ["a: tv warm -", "b: vk hot lost", "c: vk - -"]
    fold_anew(business.tools)
    drain(business.tools)
    assert business.leads() == ["a b: tv hot lost", "c: vk - -"]
    assert business.revisions() == revisions
    business.hears("d", 21, ANNA, "vk - sale_closed")
    assert business.revisions() == {"a": 3, "b": 2, "c": 1, "i": 1, "d": 1}
    _check_records(business)


def test_a_record_that_breaks_holds_up_no_other(business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    for day, name in enumerate("abc"):
        business.hears(name, day, ANNA, "tv warm -")

    def breaks(session: Session, tools: Toolbox, call_id: CallId) -> None:
        if call_id == business.ids["a"]:
            raise RuntimeError("a cannot be written")
        write_record(session, tools, call_id)

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.follow.write_record", breaks)
        business.hears("d", 4, ANNA, "tv hot -")
    assert business.revisions() == {"a": 1, "b": 2, "c": 2, "d": 1}
    with business.tools.sessions.write() as session:  # the next attempt's time has come
        session.execute(
            update(tables.Work).where(tables.Work.state == "due").values(due_at=START - timedelta(days=900))
        )
    drain(business.tools)
    assert business.revisions() == {"a": 2, "b": 2, "c": 2, "d": 1}
    with business.tools.sessions.read() as session:
        assert calls.row(session, business.ids["d"]).state == CallState.FINISHED


def test_what_becomes_stale_while_others_follow_follows_too(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work row is running then, and is not made due by whoever changes the lead."""
    business.hears("a", 0, ANNA, "tv warm -")
    finish = follow._finish

    def late(*given: Any) -> None:
        monkeypatch.setattr(follow, "_finish", finish)
        with business.tools.sessions.write() as session:
            session.execute(update(tables.LeadCall).values(stale=True))
        finish(*given)

    monkeypatch.setattr(follow, "_finish", late)
    business.hears("b", 1, ANNA, "tv hot -")
    _check_records(business)


def test_calls_of_one_number_that_come_at_once_are_one_lead(business: Business) -> None:
    """They lock one another's rows in no order that could make two wait for each other."""
    errors: list[Exception] = []

    def hear(name: str) -> None:
        try:
            for day in (1, 5, 3):
                business.hears(f"{name}{day}", day, ANNA, f"tv {'hot' if name == 'b' else 'cold'} lost")
                business.hears(f"{name}{day}", day + 0.5, ANNA)
            erase_call(business.tools, call_id=business.ids.pop(f"{name}5"))
        except Exception as error:  # noqa: BLE001  (told to the test)
            errors.append(error)

    threads = [threading.Thread(target=hear, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    drain(business.tools)
    with business.tools.sessions.read() as session:
        assert session.scalars(select(tables.Work.attempt).where(tables.Work.attempt > 1)).all() == []
    (lead,) = business.leads()
    assert sorted(lead.partition(":")[0].split()) == sorted(business.ids)
    assert lead.endswith(": tv hot lost")
    _check_records(business)


def _check_records(business: Business) -> None:
    """Each says what is stored; nothing waits to be told."""
    told = business.told()
    with business.tools.sessions.read() as session:
        assert session.scalar(select(func.count()).select_from(tables.LeadCall).where(tables.LeadCall.stale)) == 0
        for name, call_id in business.ids.items():
            if calls.row(session, call_id).state == CallState.ERASED:
                continue
            place = leads.place(session, call_id=call_id)
            if place is None:
                assert told[name] is None
                continue
            assert (told[name]["id"], told[name]["number"]) == (place.lead, place.number)
            assert told[name]["best_quality"] == (place.quality or "unknown")
            assert told[name]["first_stated_channel"] == place.channel
            assert told[name]["latest_outcome"] == (place.outcome or "unknown")


def _at_once(business: Business) -> list[str]:
    """What the calls fold to when all that is known of them is looked at anew."""
    names = {call_id: name for name, call_id in business.ids.items()}
    by_number: dict[str, list[LeadCall]] = {}
    with business.tools.sessions.read() as session:
        for call_id in names:
            call = calls.get(session, business.tools.vault, call_id=call_id)
            number = call.facts.caller_number
            placed = leads.placed(session, call_id=call_id)
            assert placed is not None
            assert call.facts.started_at is not None
            brought = replace(placed.call, started_at=call.facts.started_at)
            by_number.setdefault(number if number in {ANNA, OLEG, NIMA} else f"nobody {call_id}", []).append(brought)
    found = [lead for own in by_number.values() for lead in fold(own, silence=timedelta(days=30))]
    said = [
        (
            lead.calls[0].started_at,
            [names[one.call_id] for one in lead.calls],
            f"{lead.channel or '-'} {lead.quality or '-'} {lead.outcome or '-'}",
        )
        for lead in found
    ]
    return [f"{' '.join(members)}: {words}" for _, members, words in sorted(said)]
