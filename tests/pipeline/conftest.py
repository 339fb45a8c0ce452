"""No connection outlives its test."""

from collections.abc import Iterator

import pytest
from road import OPENED


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().sessions.engine.dispose()
