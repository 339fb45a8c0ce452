"""Calls told of again, by another name or at the same moment: updated, never doubled. On SQLite and on PostgreSQL."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from road import drain, facts, recording, toolbox
from sqlalchemy import func, select

from models.call import CallId, CallState, Tracking
from models.conversation import Role
from models.errors import BadRecording, EarmarkError, FetchFailed
from models.upload import DeliveredTranscript, SpokenTurn, Upload
from pipeline.correct import correct_tag
from pipeline.erase import erase_call
from pipeline.ingest import Ingested, ingest_call
from pipeline.retry import retry_call
from pipeline.sweep import sweep_work
from pipeline.toolbox import Toolbox
from storage import calls, records, tables

URL = "https://pbx.example/recordings/1.wav?token=a"


def take(tools: Toolbox, known: CallId | None = None, **given: object) -> Ingested:
    about = given.pop("facts", None) or facts()
    return ingest_call(tools, Upload(facts=about, **given), workspace_id=1, known=known)  # type: ignore[arg-type]


def state(tools: Toolbox, call_id: CallId) -> CallState:
    with tools.sessions.read() as session:
        return calls.get(session, tools.vault, call_id=call_id).state


def listed(tools: Toolbox) -> list[CallId]:
    with tools.sessions.read() as session:
        return [call.id for call in calls.page(session, tools.vault, workspace_id=1, limit=99)]


def count(tools: Toolbox, table: type[tables.Row]) -> int:
    with tools.sessions.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def feed(tools: Toolbox) -> list[records.Change]:
    with tools.sessions.read() as session:
        return records.feed(session, workspace_id=1, after=0, limit=999)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> dict[str, Path | EarmarkError]:
    """What is to be had under which address; every fetch is noted under its number."""
    there: dict[str, Path | EarmarkError] = {}

    def fetch(url: str, into: Path, **_: object) -> None:
        found = there[url]
        there[f"fetch {len(there)}"] = found
        if isinstance(found, EarmarkError):
            raise found
        into.write_bytes(found.read_bytes())

    monkeypatch.setattr("pipeline.fetch_recording.fetch_url", fetch)
    return there


def fetches(web: dict[str, Path | EarmarkError]) -> int:
    return sum(name.startswith("fetch ") for name in web)


def at_once(*doing: Callable[[], object]) -> list[object]:
    """All begin together; what they returned. The first error is raised."""
    ready, done, errors = threading.Barrier(len(doing)), [], []

    def run(one: Callable[[], object]) -> None:
        ready.wait()
        try:
            done.append(one())
        except Exception as error:  # noqa: BLE001  (told to the test)
            errors.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in doing]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return done


def test_an_address_told_twice_is_fetched_once(tmp_path: Path, database_url: str, web: dict[str, object]) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    web[URL] = recording(tmp_path / "a.wav")
    made = take(tools, url=URL)
    take(tools, url=URL)
    drain(tools)
    web[URL] = EarmarkError("the link has ended")
    again = take(tools, url=URL, facts=facts(agent="Ann"), named=frozenset({"agent"}))
    drain(tools)
    assert (again.call_id, again.created) == (made.call_id, False)
    assert state(tools, made.call_id) is CallState.FINISHED
    assert (fetches(web), heard.times) == (1, 1)  # type: ignore[arg-type]
    (change,) = feed(tools)
    assert change.body is not None
    assert change.body["agent"] == "Ann"


def test_a_recording_that_can_be_had_an_hour_later_is_waited_for(
    tmp_path: Path, database_url: str, web: dict[str, object]
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    web[URL] = FetchFailed("404")
    made = take(tools, url=URL)
    drain(tools)
    for _ in range(5):
        late(tools)
        drain(tools)
    assert state(tools, made.call_id) is CallState.WORKING
    web[URL] = recording(tmp_path / "a.wav")
    late(tools)
    drain(tools)
    assert state(tools, made.call_id) is CallState.FINISHED


def test_another_address_for_a_known_call_runs_the_road_again(
    tmp_path: Path, database_url: str, web: dict[str, object]
) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    web[URL], web["https://b"] = recording(tmp_path / "a.wav"), recording(tmp_path / "b.wav", seed=2)
    for url in (URL, "https://b"):
        take(tools, url=url)
        drain(tools)
    assert heard.times == 2
    sweep_work(tools)
    assert len(list(tools.objects.list("recordings/"))) == 1, "nobody has the first one any more"


def test_words_that_come_for_a_call_whose_sound_cannot_be_had_are_worked_on(
    tmp_path: Path, database_url: str, web: dict[str, object]
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    web[URL] = BadRecording("a web page")
    made = take(tools, url=URL)
    drain(tools)
    assert state(tools, made.call_id) is CallState.FAILED
    said = DeliveredTranscript(turns=(SpokenTurn(Role.CALLER, "A neighbor told me about you."),), language="en")
    take(tools, transcript=said)
    drain(tools)
    assert state(tools, made.call_id) is CallState.FINISHED
    (change,) = feed(tools)
    assert change.body is not None
    assert [stated["channel"] for stated in change.body["stated_channels"]] == ["referral"]


def test_the_same_bytes_behind_two_addresses_are_one_call_that_knows_what_both_said(
    tmp_path: Path, database_url: str, web: dict[str, object]
) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    web[URL] = web["https://b"] = recording(tmp_path / "a.wav")
    about = facts(None, caller_number="+12025550117", tracking=Tracking(source="google"))
    first = take(tools, url=URL, facts=about, named=frozenset({"caller_number", "tracking.source"}))
    drain(tools)
    second = take(tools, url="https://b", facts=facts(None, agent="Ann"), named=frozenset({"agent"}))
    drain(tools)
    assert heard.times == 1
    assert listed(tools) == [first.call_id]
    assert len(list(tools.objects.list("recordings/"))) == 1
    with tools.sessions.read() as session:
        found = calls.get_public(session, tools.vault, workspace_id=1, public_id=second.public_id)
    assert found.id == first.call_id
    assert (found.facts.agent, found.facts.caller_number, found.facts.tracking.source) == (
        "Ann",
        "+12025550117",
        "google",
    )
    (change,) = feed(tools)
    assert change.body is not None
    assert (change.body["agent"], change.body["tracked"]["source"]) == ("Ann", "google")


def test_a_double_that_was_in_the_feed_leaves_it(tmp_path: Path, database_url: str, web: dict[str, object]) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    web[URL], web["https://b"] = recording(tmp_path / "a.wav"), BadRecording("not yet")
    first = take(tools, url=URL, facts=facts(None))
    double = take(tools, url="https://b", facts=facts(None))
    drain(tools)
    assert {change.call_id for change in feed(tools)} == {first.call_id, double.call_id}
    web["https://b"] = web[URL]
    retry_call(tools, call_id=double.call_id)
    drain(tools)
    last = {change.call_id: change.type for change in feed(tools)}
    assert last[double.call_id] == "call.erased"
    assert listed(tools) == [first.call_id]


def test_metadata_that_names_a_known_call_brings_it_the_recording(tmp_path: Path, database_url: str) -> None:
    """The phone system told of the call first; its recording landed without a name, and the name came last."""
    tools, _ = toolbox(tmp_path, database_url=database_url)
    told = take(tools, recording_expected=True, facts=facts(agent="Ann"), named=frozenset({"agent"}))
    tools.objects.put_file("inbox/a.wav", recording(tmp_path / "a.wav"))
    landed = take(tools, object_key="inbox/a.wav", facts=facts(None, branch="North"), named=frozenset({"branch"}))
    drain(tools)
    named = take(tools, known=landed.call_id)
    drain(tools)
    assert named.call_id == told.call_id
    assert listed(tools) == [told.call_id]
    with tools.sessions.read() as session:
        call = calls.get(session, tools.vault, call_id=told.call_id)
        assert calls.standing_for(session, landed.call_id) == told.call_id
    assert (call.facts.agent, call.facts.branch, call.has_recording) == ("Ann", "North", True)
    assert call.state is CallState.FINISHED
    later = take(tools, known=landed.call_id, facts=facts(None, branch="South"), named=frozenset({"branch"}))
    assert later.call_id == told.call_id
    assert count(tools, tables.Recording) == 1


def test_the_same_call_told_of_by_many_at_once_is_one_call(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    paths = [recording(tmp_path / f"{number}.wav") for number in range(4)]
    number = frozenset({"caller_number"})
    about = facts(caller_number="+12025550117")
    made = at_once(*(lambda path=path: take(tools, file=path, facts=about, named=number) for path in paths))
    drain(tools)
    assert len({one.call_id for one in made}) == 1  # type: ignore[attr-defined]
    assert sum(one.created for one in made) == 1  # type: ignore[attr-defined]
    assert heard.times == 1
    sweep_work(tools)
    assert len(list(tools.objects.list("recordings/"))) == 1, "those who came second left nothing in the store"


def test_the_same_bytes_sent_by_many_at_once_are_one_call(tmp_path: Path, database_url: str) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    paths = [recording(tmp_path / f"{number}.wav") for number in range(4)]
    made = at_once(*(lambda path=path: take(tools, file=path, facts=facts(None)) for path in paths))
    assert len({one.call_id for one in made}) == 1  # type: ignore[attr-defined]
    assert count(tools, tables.Call) == count(tools, tables.Recording) == 1


def test_the_same_bytes_fetched_by_two_at_once_are_one_call(
    tmp_path: Path, database_url: str, web: dict[str, object]
) -> None:
    tools, _ = toolbox(tmp_path, database_url=database_url)
    urls = [f"https://{number}" for number in range(3)]
    for url in urls:
        web[url] = recording(tmp_path / "a.wav")
        take(tools, url=url, facts=facts(None))
    at_once(*[lambda: drain(tools)] * 3)
    late(tools)
    drain(tools)
    assert len(listed(tools)) == 1
    sweep_work(tools)
    assert len(list(tools.objects.list("recordings/"))) == 1


def late(tools: Toolbox) -> None:
    with tools.sessions.write() as session:
        for row in session.scalars(select(tables.Work).where(tables.Work.state == "due")):
            row.due_at = row.due_at.replace(year=2020)


def test_an_uploaded_recording_that_is_missing_in_the_store_is_stored_anew(tmp_path: Path, database_url: str) -> None:
    tools, heard = toolbox(tmp_path, database_url=database_url)
    path = recording(tmp_path / "a.wav")
    tools.objects.put_file("inbox/a.wav", path)
    take(tools, object_key="inbox/a.wav", facts=facts("1"))
    drain(tools)
    tools.objects.delete("inbox/a.wav")
    second = take(tools, file=path, facts=facts("2"))
    drain(tools)
    assert state(tools, second.call_id) is CallState.FINISHED
    assert heard.times == 2


def test_all_that_can_happen_to_a_call_at_once_leaves_a_feed_without_gaps(tmp_path: Path, database_url: str) -> None:
    """Ingest, work, correct, erase and sweep, over few calls: no deadlock, no lost number, nothing after an erasure."""
    tools, _ = toolbox(tmp_path, database_url=database_url)
    paths = [recording(tmp_path / f"{number}.wav", seconds=1.0, seed=number) for number in range(3)]
    ids = [take(tools, file=paths[number], facts=facts(str(number))).call_id for number in range(3)]

    def tell() -> None:
        for turn in range(6):
            take(tools, file=paths[turn % 2], facts=facts(str(turn % 2), agent=str(turn)), named=frozenset({"agent"}))

    def correct() -> None:
        for turn in range(6):
            outcome = ("lost", "sale_closed")[turn % 2]
            correct_tag(tools, call_id=ids[turn % 2], kind="outcome", values=(outcome,), who="anna")

    def sweep() -> None:
        for _ in range(6):
            sweep_work(tools)

    at_once(tell, correct, sweep, lambda: drain(tools), lambda: drain(tools), lambda: erase_call(tools, call_id=ids[2]))
    drain(tools)
    with tools.sessions.read() as session:
        numbers = list(session.scalars(select(tables.Event.seq).order_by(tables.Event.seq)))
    assert numbers == list(range(1, len(numbers) + 1))
    assert [state(tools, call_id) for call_id in ids] == [CallState.FINISHED, CallState.FINISHED, CallState.ERASED]
    assert {change.call_id: change.body is None for change in feed(tools)} == dict(
        zip(ids, (False, False, True), strict=True)
    )
