import pytest
from celery.worker import state

from workers.growth import FIRST_STAGES, MOST_GROWTH, SPARE_BYTES, Growth
from workers.working import _end_when_grown

USUAL = 2 * 1024**3
LIMIT = round(USUAL * MOST_GROWTH) + SPARE_BYTES


@pytest.fixture
def should_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "should_stop", None)


@pytest.mark.parametrize(("later", "stops"), [(USUAL, False), (LIMIT, False), (LIMIT + 1, True)])
def test_a_process_that_holds_far_more_than_at_first_ends(should_stop: None, later: int, stops: bool) -> None:
    held = iter([USUAL // 2, *[USUAL] * (FIRST_STAGES - 1), later])
    growth = Growth(lambda: next(held))
    for _ in range(FIRST_STAGES):
        _end_when_grown(growth)
    assert state.should_stop is None
    _end_when_grown(growth)
    assert (state.should_stop == 0 and state.should_stop is not None) is stops


def test_loading_the_engines_is_no_growth(should_stop: None) -> None:
    held = iter([number * USUAL for number in range(FIRST_STAGES)])
    growth = Growth(lambda: next(held))
    assert not any(growth.is_too_much() for _ in range(FIRST_STAGES))


def test_the_memory_of_this_process_is_what_is_asked() -> None:
    growth = Growth()
    assert not growth.is_too_much()
    assert growth.limit > SPARE_BYTES
