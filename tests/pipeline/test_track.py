"""Trackers over stored calls: tried, switched on and off, while other things happen. On SQLite and on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from road import drain, toolbox
from sqlalchemy import select

from classifiers.campaigns import tracked
from classifiers.tagging import opinions_of
from models.call import CallFacts, CallId, CallState, Stage
from models.conversation import Role
from models.errors import BadInput, NotFound
from models.tag import TagKind
from models.tracker import Phrase, Tracker
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline import stages, track
from pipeline.correct import correct_tag
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.toolbox import Toolbox
from storage import calls, deliveries, records, tables, tags, trackers, work, workspaces

OFFER = Tracker(name="offer", phrases=(Phrase("spring offer"),))
FLYER = Tracker(name="flyer", phrases=(Phrase("twenty percent flyer"),), channel="flyer", campaign="Twenty")
SAID = ("About the spring offers, please.", "I got your 20% flyer.", "How much is mowing?")


@pytest.fixture
def tools(tmp_path: Path, database_url: str) -> Toolbox:
    """With three calls in which each of `SAID` is said."""
    made, _ = toolbox(tmp_path, database_url=database_url)
    for number, text in enumerate(SAID):
        spoken(made, text, number)
    drain(made)
    return made


def spoken(tools: Toolbox, text: str, number: int) -> CallId:
    turns = (
        SpokenTurn(role=Role.AGENT, text="Hello, how did you hear about us?", start=0.0, end=2.0),
        SpokenTurn(role=Role.CALLER, text=text, start=2.0, end=4.0),
    )
    facts = CallFacts(provider="pbx", external_id=str(number), language="en")
    upload = Upload(facts=facts, transcript=DeliveredTranscript(turns=turns))
    return ingest_call(tools, upload, workspace_id=1).call_id


def put(tools: Toolbox, *given: Tracker, is_on: bool | None = True) -> int:
    return track.put_trackers(tools, given, workspace_id=1, is_on=is_on)


def switch(tools: Toolbox, *names: str, is_on: bool) -> int:
    return track.switch_trackers(tools, names, workspace_id=1, is_on=is_on)


def tagged(tools: Toolbox) -> list[list[str | None]]:
    """Of each call the trackers that its record has, the oldest call first."""
    with tools.sessions.read() as session:
        changes = sorted(records.feed(session, workspace_id=1, after=0, limit=99), key=lambda one: one.call_id)
        return [[one["tracker"] for one in (change.body or {}).get("trackers", [])] for change in changes]


def body(tools: Toolbox, number: int) -> dict[str, Any]:
    with tools.sessions.read() as session:
        change = records.of_call(session, call_id=CallId(number))
    assert change is not None
    assert change.body is not None
    return change.body


def revisions(tools: Toolbox) -> list[int]:
    with tools.sessions.read() as session:
        rows = session.execute(select(tables.Record.call_id, tables.Record.revision).order_by(tables.Record.call_id))
        return [row.revision for row in rows]


def waiting(tools: Toolbox) -> int:
    with tools.sessions.read() as session:
        return trackers.waiting(session, workspace_id=1)


def test_old_calls_are_tagged_when_a_tracker_is_switched_on_and_untagged_when_off(tools: Toolbox) -> None:
    assert put(tools, OFFER, FLYER, is_on=None) == 0, "new ones are off"
    drain(tools)
    assert (tagged(tools), revisions(tools)) == ([[], [], []], [1, 1, 1])
    assert (switch(tools, "offer", "flyer", is_on=True), waiting(tools)) == (3, 3)
    drain(tools)
    assert (tagged(tools), waiting(tools)) == ([["offer"], ["flyer"], []], 0)
    assert revisions(tools) == [2, 2, 1], "only what has changed is told"
    (stated,) = body(tools, 2)["stated_channels"]
    assert (stated["channel"], stated["campaign"], stated["status"]) == ("flyer", "Twenty", "given")
    (quote,) = body(tools, 1)["trackers"][0]["quotes"]
    assert (quote["text"], quote["speaker"], quote["start"]) == (
        "spring offers,",
        "caller",
        pytest.approx(2.8, abs=0.5),
    )
    assert switch(tools, "flyer", is_on=False) == 1, "only those that have it"
    drain(tools)
    assert (tagged(tools), revisions(tools)) == ([["offer"], [], []], [2, 3, 1])
    assert [one["campaign"] for one in body(tools, 2)["stated_channels"]] == [None]
    assert track.remove_trackers(tools, ["offer"], workspace_id=1) == 1
    drain(tools)
    assert (tagged(tools), revisions(tools)) == ([[], [], []], [3, 3, 1])


def test_new_calls_are_tagged_on_their_way(tools: Toolbox) -> None:
    put(tools, OFFER)
    drain(tools)
    spoken(tools, "Is the spring offer still on?", 9)
    drain(tools)
    assert (tagged(tools)[3], revisions(tools)[3]) == (["offer"], 1)


def test_what_is_looked_for_may_change_while_it_is_on(tools: Toolbox) -> None:
    put(tools, OFFER)
    drain(tools)
    assert put(tools, OFFER, is_on=None) == 0, "nothing has changed"
    assert put(tools, Tracker(name="offer", phrases=(Phrase("mowing"),)), is_on=None) == 3
    drain(tools)
    assert (tagged(tools), revisions(tools)) == ([[], [], ["offer"]], [3, 1, 2])


def test_a_correction_stays_when_campaign_words_come(tools: Toolbox) -> None:
    correct_tag(tools, call_id=CallId(2), kind="stated_channel", values=("radio",), who="Ann")
    put(tools, FLYER)
    drain(tools)
    assert [one["channel"] for one in body(tools, 2)["stated_channels"]] == ["radio"]
    assert tagged(tools)[1] == ["flyer"]


def test_an_erased_call_is_left_alone(tools: Toolbox) -> None:
    put(tools, OFFER)
    erase_call(tools, call_id=CallId(1))
    drain(tools)
    assert tagged(tools) == [[], [], []]
    assert switch(tools, "offer", is_on=False) == 0


def test_a_receiver_gets_each_changed_record_once(tools: Toolbox) -> None:
    with tools.sessions.write() as session:
        deliveries.add_destination(
            session, tools.vault, workspace_id=1, name="crm", exporter="webhook", options={}, secret="s", quotes=True
        )
    put(tools, OFFER, FLYER)
    assert open_deliveries(tools) == []
    track_all(tools)
    assert open_deliveries(tools) == [1, 2]
    put(tools, OFFER, FLYER)
    track_all(tools)
    assert open_deliveries(tools) == [1, 2]


def open_deliveries(tools: Toolbox) -> list[int]:
    with tools.sessions.read() as session:
        return list(session.scalars(select(tables.Delivery.call_id).order_by(tables.Delivery.id)))


def track_all(tools: Toolbox) -> None:
    with tools.sessions.read() as session:
        due = session.scalars(
            select(tables.Work.id).where(tables.Work.stage == Stage.TRACK.value, tables.Work.state == "due")
        ).all()
    for one in due:
        stages.run(tools, one)


def _switched_off(tools: Toolbox) -> None:
    switch(tools, "offer", is_on=False)


def _changed(tools: Toolbox) -> None:
    put(tools, Tracker(name="offer", phrases=(Phrase("mowing"),)), is_on=None)


@pytest.mark.parametrize(
    ("meanwhile", "found"), [(_switched_off, [[], [], []]), (_changed, [[], [], ["offer"]])], ids=["off", "changed"]
)
def test_what_is_switched_while_a_call_is_looked_through_is_done_in_the_end(
    tools: Toolbox, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Toolbox], None], found: list[list[str]]
) -> None:
    put(tools, OFFER)
    seen: list[int] = []

    def held(*given: Any) -> Any:
        if not seen:
            seen.append(1)
            meanwhile(tools)
        return tracked(*given)

    monkeypatch.setattr(stages, "tracked", held)
    drain(tools)
    assert (tagged(tools), waiting(tools)) == (found, 0)


def test_what_is_switched_while_a_call_is_classified_is_done_in_the_end(
    tools: Toolbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*given: Any) -> Any:
        found = opinions_of(*given)
        put(tools, OFFER)
        track_all(tools)  # too early: there is nothing yet that it could add to
        return found

    spoken(tools, "The spring offer, please", 9)
    monkeypatch.setattr(stages, "opinions_of", held)
    drain(tools)
    assert (tagged(tools)[3], waiting(tools)) == (["offer"], 0)
    with tools.sessions.read() as session:
        assert calls.get(session, tools.vault, call_id=CallId(4)).state is CallState.FINISHED


def test_a_worker_that_dies_leaves_what_another_one_finishes(tools: Toolbox) -> None:
    put(tools, OFFER, FLYER)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stages, "settle_tags", _killed)
        with pytest.raises(KeyboardInterrupt):
            track_all(tools)
    assert waiting(tools) == 3
    drain(tools)
    assert (tagged(tools), waiting(tools)) == ([["offer"], ["flyer"], []], 0)


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_call_keeps_its_tags_when_its_trackers_break(tools: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise BadInput("no such words")

    put(tools, OFFER)
    monkeypatch.setattr(stages, "tracked", broken)
    drain(tools)
    with tools.sessions.read() as session:
        assert calls.get(session, tools.vault, call_id=CallId(1)).state is CallState.FINISHED
        assert TagKind.LEAD_QUALITY in {tag.kind for tag in tags.of_call(session, call_id=CallId(1))}
        assert not work.is_open(session, call_id=CallId(1))
    assert (waiting(tools), revisions(tools)) == (0, [1, 1, 1])


def test_trackers_are_tried_on_the_newest_calls_and_nothing_changes(tools: Toolbox) -> None:
    count, found = track.try_trackers(tools, [OFFER, FLYER], workspace_id=1)
    hits = [hit for of_call in found for hit in of_call]
    assert (count, [(hit.tracker, hit.places, hit.kind) for hit in hits]) == (
        3,
        [("flyer", 1, TagKind.STATED_CHANNEL), ("offer", 1, None)],
    )
    assert [quote.text for quote in hits[0].quotes] == ["20% flyer."]
    count, found = track.try_trackers(tools, [OFFER, FLYER], workspace_id=1, last=1)
    assert (count, [hit for of_call in found for hit in of_call]) == (1, [])
    drain(tools)
    assert (tagged(tools), revisions(tools)) == ([[], [], []], [1, 1, 1])


def test_a_call_that_is_erased_while_trackers_are_tried_is_passed_over(tools: Toolbox) -> None:
    count, found = track.try_trackers(tools, [OFFER], workspace_id=1)
    erase_call(tools, call_id=CallId(1))
    assert (count, list(found)) == (3, [[], [], []])


def test_another_workspace_has_trackers_of_its_own(tools: Toolbox) -> None:
    with tools.sessions.write() as session:
        other = workspaces.ensure(session, "another").id
    track.put_trackers(tools, [OFFER], workspace_id=other, is_on=True)
    assert (waiting(tools), track.try_trackers(tools, [OFFER], workspace_id=other)[0]) == (0, 0)
    with pytest.raises(NotFound, match="no tracker 'offer'"):
        switch(tools, "offer", is_on=True)


def test_no_more_trackers_are_kept_than_can_be_looked_for(tools: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(track, "MOST", 1)
    put(tools, OFFER)
    with pytest.raises(BadInput, match="at most 1 are kept"):
        put(tools, FLYER)
