"""Touchpoints and calls find each other, in whatever order they come. On SQLite and on PostgreSQL."""

import itertools
import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from road import OPENED, drain
from sqlalchemy import func, select
from toolboxes import make_toolbox

from attribution.models import Model, Terms
from models.call import CallFacts, CallId, Direction, Touchpoint, Tracking
from models.errors import NotFound
from models.touchpoint import Visit
from models.upload import Upload
from pipeline import match
from pipeline.erase import erase_call
from pipeline.ingest import ingest_call
from pipeline.match import standing_call, take_touchpoints
from storage import calls, migrate, records, tables, workspaces

ANNA, OLEG, SHOWN, OTHER = "+12025550143", "+79161234567", "+12025550198", "+12025550197"
RANG = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def visit(name: str, minutes: float, source: str | None = None, **given: Any) -> Visit:
    at, clicks = RANG + timedelta(minutes=minutes), given.pop("click_ids", {})
    return Visit(id=name, at=at, touch=Touchpoint(at=at, source=source or name, click_ids=clicks), **given)


def upload(name: str, minutes: float = 0, **given: Any) -> Upload:
    tracking = Tracking(**{field: given.pop(field) for field in ("session_id", "click_ids") if field in given})
    at = RANG + timedelta(minutes=minutes)
    facts = CallFacts(provider="pbx", external_id=name, started_at=at, tracking=tracking, **given)
    named = {"started_at", *given, "tracking.session_id", "tracking.click_ids"}
    return Upload(facts=facts, named=frozenset(named))


class Business:
    """A toolbox; touchpoints are known by their source, calls by their external ids."""

    def __init__(self, tmp_path: Path, database_url: str | None) -> None:
        self.tools = make_toolbox(tmp_path, database_url=database_url)
        OPENED.append(self.tools)
        self.ids: dict[str, CallId] = {}

    def sees(self, *given: Visit) -> None:
        take_touchpoints(self.tools, given, workspace_id=1)
        drain(self.tools)

    def hears(self, given: Upload) -> CallId:
        call_id = ingest_call(self.tools, given, workspace_id=1).call_id
        self.ids[given.facts.external_id or ""] = call_id
        drain(self.tools)
        return call_id

    def comes(self, given: Visit | Upload) -> None:
        self.sees(given) if isinstance(given, Visit) else self.hears(given)

    def record(self, name: str = "call") -> dict[str, Any] | None:
        with self.tools.sessions.read() as session:
            change = records.of_call(session, call_id=self.ids[name])
        assert change is not None
        return change.body

    def path(self, name: str = "call") -> list[str]:
        """Each as `source matched_by`."""
        body = self.record(name)
        assert body is not None
        return [f"{step['source']} {step['matched_by']}" for step in body["tracked"]["path"]]

    def paths(self) -> dict[str, list[str]]:
        return {name: self.path(name) for name in sorted(self.ids)}

    def revision(self, name: str = "call") -> int:
        with self.tools.sessions.read() as session:
            change = records.of_call(session, call_id=self.ids[name])
        return change.revision if change else 0

    def left(self) -> list[str]:
        """Ids of touchpoints that are not erased, in the order of the ids."""
        table = tables.Touchpoint
        with self.tools.sessions.read() as session:
            return list(session.scalars(select(table.sender_id).where(~table.erased).order_by(table.sender_id)))


@pytest.fixture
def business(tmp_path: Path, database_url: str) -> Business:
    return Business(tmp_path, database_url)


LATE = {"caller_number": ANNA, "dialled_number": SHOWN, "session_id": "s"}
CASES: list[tuple[Upload, list[Visit], list[str]]] = [
    (upload("call", session_id="s"), [visit("vk", -9, session_id="s")], ["vk session"]),
    (upload("call", session_id="s"), [visit("vk", -9, session_id="t")], []),
    (upload("call", session_id="s"), [visit("vk", 1, session_id="s")], []),
    (upload("call", session_id="undefined"), [visit("vk", -9, session_id="undefined")], []),
    (upload("call", click_ids={"gclid": "g"}), [visit("vk", -9, click_ids={"gclid": "g"})], ["vk click_id"]),
    (upload("call", click_ids={"gclid": "g"}), [visit("vk", -9, click_ids={"yclid": "g"})], ["None call"]),
    (upload("call", click_ids={"gbraid": "g"}), [visit("vk", -9, click_ids={"gbraid": "g"})], ["None call"]),
    (upload("call", caller_number=ANNA), [visit("vk", -9, caller_number=ANNA)], ["vk caller_number"]),
    (upload("call", caller_number=ANNA), [visit("vk", -9, caller_number=OLEG)], []),
    (upload("call", caller_number=ANNA, direction=Direction.INTERNAL), [visit("vk", -9, caller_number=ANNA)], []),
    (
        upload("call", dialled_number=ANNA, direction=Direction.OUTBOUND),
        [visit("vk", -9, caller_number=ANNA)],
        ["vk caller_number"],
    ),
    # The number shown: the nearest session before, within the window (an hour).
    (upload("call", dialled_number=SHOWN), [visit("vk", -59, shown_number=SHOWN)], ["vk number_shown"]),
    (upload("call", dialled_number=SHOWN), [visit("vk", -61, shown_number=SHOWN)], []),
    (upload("call", dialled_number=SHOWN), [visit("vk", 1, shown_number=SHOWN)], []),
    (upload("call", dialled_number=SHOWN), [visit("vk", -5, shown_number=OTHER)], []),
    (
        upload("call", caller_number=SHOWN, direction=Direction.OUTBOUND),
        [visit("vk", -5, shown_number=SHOWN)],
        [],
    ),
    (
        upload("call", dialled_number=SHOWN),
        [visit("vk", -9, shown_number=SHOWN, session_id="a"), visit("bing", -8, shown_number=SHOWN, session_id="b")],
        ["bing number_shown"],
    ),
    (
        upload("call", dialled_number=SHOWN),
        [visit("vk", -90, session_id="a"), visit("bing", -8, shown_number=SHOWN, session_id="a")],
        ["vk number_shown", "bing number_shown"],
    ),
    (
        upload("call", dialled_number=SHOWN, session_id="s"),
        [visit("vk", -9, session_id="s"), visit("bing", -5, shown_number=SHOWN, session_id="t")],
        ["vk session"],
    ),
    (
        upload("call", dialled_number=SHOWN, caller_number=ANNA),
        [visit("vk", -9999, caller_number=ANNA), visit("bing", -5, shown_number=SHOWN)],
        ["vk caller_number", "bing number_shown"],
    ),
    # The visitor's other sessions come along, and nobody else's.
    (
        upload("call", session_id="s"),
        [
            visit("vk", -9000, visitor_id="v", session_id="r"),
            visit("bing", -9, visitor_id="v", session_id="s"),
            visit("yelp", -8, visitor_id="w", session_id="q"),
            visit("yandex", 5, visitor_id="v", session_id="s"),
        ],
        ["vk visitor", "bing session"],
    ),
    (
        upload("call", session_id="s"),
        [visit("vk", -90, visitor_id="v"), visit("bing", 5, visitor_id="v", session_id="s")],
        [],
    ),
    (
        upload("call", caller_number=ANNA, session_id="s"),
        [visit("vk", -9, caller_number=ANNA, session_id="s")],
        ["vk session"],
    ),
]


@pytest.mark.parametrize(("call", "visits", "expected"), CASES)
@pytest.mark.parametrize("is_late", [False, True], ids=["before", "after"])
def test_a_call_and_its_touchpoints_find_each_other(
    business: Business, call: Upload, visits: list[Visit], expected: list[str], is_late: bool
) -> None:
    order: list[Visit | Upload] = [call, *visits] if is_late else [*visits, call]
    for given in order:
        business.comes(given)
    assert business.path() == expected


def test_a_call_that_its_sender_names_is_found_until_it_is_erased(business: Business) -> None:
    call_id = business.hears(upload("call"))
    with business.tools.sessions.read() as session:
        public_id = calls.row(session, call_id).public_id
        assert standing_call(session, business.tools, public_id, workspace_id=1) == public_id
    business.sees(visit("vk", -9, call=public_id))
    assert business.path() == ["vk call_id"]
    erase_call(business.tools, call_id=call_id)
    with business.tools.sessions.read() as session, pytest.raises(NotFound, match="was erased"):
        standing_call(session, business.tools, public_id, workspace_id=1)


def test_whatever_the_order_the_records_are_the_same(tmp_path: Path) -> None:
    """Every seventh order of a small world: two people, two sessions, a shared number."""
    world: list[Visit | Upload] = [
        visit("vk", -50, visitor_id="v", session_id="r"),
        visit("bing", -10, visitor_id="v", session_id="s", shown_number=SHOWN),
        visit("yelp", -5, session_id="t", shown_number=SHOWN, caller_number=OLEG),
        upload("anna", 0, caller_number=ANNA, dialled_number=SHOWN, session_id="s"),
        upload("oleg", 1, caller_number=OLEG, dialled_number=SHOWN),
    ]
    wanted = {"anna": ["vk visitor", "bing session"], "oleg": ["yelp caller_number"]}
    for number, order in enumerate(itertools.islice(itertools.permutations(world), 0, None, 7)):
        folder = tmp_path / str(number)
        folder.mkdir()
        business = Business(folder, None)
        for given in order:
            business.comes(given)
        assert business.paths() == wanted, [getattr(one, "id", "call") for one in order]
        business.tools.sessions.engine.dispose()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_in_whatever_order_the_paths_are_the_same(tmp_path: Path, database_url: str, seed: int) -> None:
    dice = random.Random(seed)

    def some(**values: list[Any]) -> dict[str, Any]:
        return {name: value for name, choice in values.items() if (value := dice.choice(choice)) is not None}

    people = {"caller_number": [ANNA, OLEG, None, None], "session_id": ["s", "t", "r", None]}
    world: list[Visit | Upload] = [
        visit(
            f"t{number}",
            dice.randrange(-90, 30),
            dice.choice(["vk", "bing", "yelp"]),
            click_ids=some(gclid=["g", "h", None, None]),
            **some(**people, shown_number=[SHOWN, OTHER, None], visitor_id=["v", "w", None, None]),
        )
        for number in range(14)
    ]
    world += [
        upload(
            f"c{number}",
            dice.randrange(-60, 30),
            click_ids=some(gclid=["g", None, None]),
            **some(**people, dialled_number=[SHOWN, OTHER]),
        )
        for number in range(6)
    ]
    whole = Business(tmp_path, None)
    for given in world:
        whole.comes(given)
    shuffled = Business(tmp_path, database_url)
    dice.shuffle(world)
    for given in world:
        shuffled.comes(given)
    assert _bodies(shuffled) == _bodies(whole)
    assert any(whole.paths().values())


def _bodies(business: Business) -> dict[str, Any]:
    return {name: (business.record(name) or {})["tracked"] for name in sorted(business.ids)}


def test_what_a_call_is_told_of_later_finds_its_touchpoints(business: Business) -> None:
    business.sees(visit("vk", -9, session_id="s"), visit("bing", -8, caller_number=ANNA))
    business.hears(upload("call"))
    assert business.path() == []
    business.hears(upload("call", session_id="s"))
    assert business.path() == ["vk session"]
    business.hears(upload("call", session_id="t", caller_number=ANNA))
    assert business.path() == ["bing caller_number"]
    business.sees(visit("yelp", -7, session_id="s"))
    assert business.path() == ["bing caller_number"]


def test_the_record_shares_the_credit_by_the_model_of_the_toolbox(business: Business) -> None:
    business.sees(visit("vk", -9, session_id="s"), visit("yelp", -5, session_id="s"))
    business.hears(upload("before", session_id="s"))
    business.tools = replace(business.tools, credit_model=Model.POSITION_BASED, credit_terms=Terms(last=Fraction(0)))
    business.hears(upload("call", session_id="s"))
    shares = {name: (business.record(name) or {})["credit"] for name in business.ids}
    assert [one["share"] for one in shares["before"]["shares"]] == ["0.000000", "1.000000"]
    assert shares["call"] == {
        "model": "position_based",
        "shares": [
            {"channel": "vk", "touch": 0, "share": "1.000000"},
            {"channel": "yelp", "touch": 1, "share": "0.000000"},
        ],
    }


def test_a_record_that_says_the_same_is_told_to_nobody(business: Business) -> None:
    business.hears(upload("call", session_id="s"))
    business.sees(visit("vk", -9, session_id="s"))
    business.sees(visit("vk", -9, session_id="s"), visit("later", 9, session_id="s"), visit("none", -9, session_id="t"))
    assert business.revision() == 2


def test_what_was_kept_but_not_yet_matched_is_matched_by_the_next_sweep(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    business.hears(upload("call", session_id="s"))
    with monkeypatch.context() as killed:
        killed.setattr(match, "settle", lambda _: 0)
        business.sees(visit("vk", -9, session_id="s"))
    assert business.path() == []
    assert match.settle(business.tools) == 1
    assert match.settle(business.tools) == 0
    drain(business.tools)
    assert business.path() == ["vk session"]


def test_touchpoints_are_erased_with_their_call_unless_they_are_another_ones_too(business: Business) -> None:
    one = business.hears(upload("one", caller_number=ANNA, session_id="s", dialled_number=SHOWN))
    two = business.hears(upload("two", 60, caller_number=ANNA, session_id="t"))
    business.sees(
        visit("a", -9, session_id="s", visitor_id="v"),
        visit("after", 9, session_id="s"),
        visit("before", -900, visitor_id="v"),
        visit("both", -9, caller_number=ANNA),
        visit("guess", -1, shown_number=SHOWN),
        visit("others", -9, session_id="q"),
        visit("t", 50, session_id="t"),
    )
    erase_call(business.tools, call_id=one)
    assert business.left() == ["both", "guess", "others", "t"]
    erase_call(business.tools, call_id=two)
    assert business.left() == ["guess", "others"]
    with business.tools.sessions.read() as session:
        gone = session.scalars(select(tables.Touchpoint).where(tables.Touchpoint.erased)).all()
        assert session.scalar(select(func.count()).select_from(tables.CallKey)) == 0
        assert session.scalar(select(func.count()).select_from(tables.TouchKey)) == 2
    empty = dict.fromkeys(("source", "session_id", "visitor_id", "phone_cipher", "channel", "landing_page"))
    assert all({name: getattr(row, name) for name in empty} == empty for row in gone)
    business.sees(visit("a", -9, session_id="s"), visit("both", -9, caller_number=ANNA))
    assert business.left() == ["guess", "others"]


def test_a_guess_that_stands_on_the_record_is_erased_with_it(business: Business) -> None:
    call = business.hears(upload("call", dialled_number=SHOWN))
    business.sees(visit("guess", -1, shown_number=SHOWN), visit("vk", 5, caller_number=ANNA))
    assert business.path() == ["guess number_shown"]
    erase_call(business.tools, call_id=call)
    assert business.left() == ["vk"]
    assert business.record() is None


def test_calls_that_were_there_before_touchpoints_are_found(business: Business) -> None:
    business.hears(upload("call", caller_number=ANNA, dialled_number=SHOWN))
    business.hears(upload("web", session_id="s"))
    business.hears(upload("click", click_ids={"gclid": "g"}))
    engine = business.tools.sessions.engine
    before = _call_keys(business)
    migrate.downgrade(engine, "0004")
    migrate.upgrade(engine)
    assert _call_keys(business) == before
    business.sees(visit("vk", -9, session_id="s"), visit("bing", -9, caller_number=ANNA))
    assert business.paths() == {"call": ["bing caller_number"], "click": ["None call"], "web": ["vk session"]}


def _call_keys(business: Business) -> set[tuple[int, str, str]]:
    with business.tools.sessions.read() as session:
        return {(key.call_id, key.kind, key.value) for key in session.scalars(select(tables.CallKey))}


def test_a_workspaces_touchpoints_are_no_others(business: Business) -> None:
    with business.tools.sessions.write() as session:
        other = workspaces.ensure(session, "other").id
    business.hears(upload("call", session_id="s", caller_number=ANNA, dialled_number=SHOWN))
    taken = visit("vk", -9, session_id="s", caller_number=ANNA, shown_number=SHOWN)
    take_touchpoints(business.tools, [taken], workspace_id=other)
    drain(business.tools)
    assert (business.path(), business.revision()) == ([], 1)


@pytest.mark.servers
def test_a_touchpoint_that_comes_while_its_calls_record_is_written_is_not_lost(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    business = Business(tmp_path, postgresql_url)
    looks, threads = match.touches_of, list[threading.Thread]()

    def looks_and_is_slow(*given: Any) -> Any:
        seen = looks(*given)
        taken = [visit("vk", -9, session_id="s")]
        threads.append(
            threading.Thread(target=take_touchpoints, args=(business.tools, taken), kwargs={"workspace_id": 1})
        )
        threads[0].start()
        threads[0].join(0.5)  # it waits for us; without the lock it would be through, and have found no call
        return seen

    with monkeypatch.context() as slow:
        slow.setattr(match, "touches_of", looks_and_is_slow)
        call_id = ingest_call(business.tools, upload("call", session_id="s"), workspace_id=1).call_id
    threads[0].join()
    business.ids["call"] = call_id
    drain(business.tools)
    assert business.path() == ["vk session"]


@pytest.mark.servers
def test_calls_and_touchpoints_that_come_at_once_find_each_other(tmp_path: Path, postgresql_url: str) -> None:
    business = Business(tmp_path, postgresql_url)
    names = [str(number) for number in range(40)]
    start = threading.Barrier(4)

    def call(mine: list[str]) -> None:
        start.wait()
        for name in mine:
            given = upload(name, session_id=f"s{name}")
            business.ids[name] = ingest_call(business.tools, given, workspace_id=1).call_id

    def see(mine: list[str]) -> None:
        start.wait()
        for name in mine:
            take_touchpoints(business.tools, [visit(name, -9, "vk", session_id=f"s{name}")], workspace_id=1)

    threads = [threading.Thread(target=does, args=(names[part::2],)) for does in (call, see) for part in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    match.settle(business.tools)
    drain(business.tools)
    assert {name: business.path(name) for name in names} == {name: ["vk session"] for name in names}
