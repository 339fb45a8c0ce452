"""A Whisper with random weights: it speaks nonsense, and takes every road that a real one takes."""

from pathlib import Path

import pytest

from benchmarks.random_whisper import build


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that faster-whisper wants, small enough to build in a moment."""
    return build(tmp_path_factory.mktemp("weights") / "tiny-random", "nano")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection is an error: engines must not ask a hub behind our back."""
    import socket

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
