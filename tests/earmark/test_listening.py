"""The port that was asked for, or the next that is free."""

import socket
from collections.abc import Iterator

import pytest

from earmark.listening import TRIES, free_port, listen
from models.errors import SettingsError


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_moves_to_the_next(taken: int) -> None:
    with listen("127.0.0.1", taken) as listening:
        assert taken < listening.getsockname()[1] < taken + TRIES


def test_what_listens_takes_connections() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()[:2], timeout=5):
        accepted, _ = listening.accept()
        accepted.close()


def test_the_free_port_is_free_again_afterwards(taken: int) -> None:
    found = free_port("127.0.0.1", taken)
    assert found != taken
    with listen("127.0.0.1", found) as listening:
        assert listening.getsockname()[1] == found


@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.7"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(SettingsError, match=host):
        listen(host, 0)
