"""The command line as a user meets it: arguments in, exit status and two streams out."""

import io
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from earmark.cli import run
from earmark.logs import OURS, QUIET


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str


Earmark = Callable[..., Said]


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    level, levels = root.level, {name: logging.getLogger(name).level for name in QUIET}
    yield
    logging.captureWarnings(False)
    for handler in [handler for handler in root.handlers if handler.get_name() == OURS]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logging_as_it_was: None) -> Path:
    """A data folder of its own, and a working folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARMARK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EARMARK_FETCH_MODELS", "false")
    return tmp_path / "data"


@pytest.fixture
def earmark(data_dir: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Run a command; whatever it is, nobody sees a traceback."""

    def command(*arguments: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = run(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Said(status, said.out, said.err)

    return command
