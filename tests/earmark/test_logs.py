import json
import logging
from pathlib import Path

import pytest
import structlog

from earmark.logs import set_up_logs, without_personal_data

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_both_kinds_of_loggers_end_in_one_file_as_json(tmp_path: Path) -> None:
    set_up_logs("info", file=tmp_path / "logs" / "earmark.log")
    structlog.get_logger("ours").info("stage failed", call_id=7)
    logging.getLogger("theirs").warning("slow %s", "disk")
    first, second = _lines(tmp_path / "logs" / "earmark.log")
    assert (first["event"], first["call_id"], first["level"]) == ("stage failed", 7, "info")
    assert (second["event"], second["logger"], second["level"]) == ("slow disk", "theirs", "warning")


def test_context_of_a_stage_is_on_every_line(tmp_path: Path) -> None:
    set_up_logs("info", file=tmp_path / "log")
    with structlog.contextvars.bound_contextvars(call_id=3):
        structlog.get_logger().info("here")
    assert _lines(tmp_path / "log")[0]["call_id"] == 3


def test_what_is_below_the_level_is_not_written(tmp_path: Path) -> None:
    set_up_logs("warning", file=tmp_path / "log")
    structlog.get_logger().info("chatter")
    logging.getLogger("theirs").info("chatter")
    logging.getLogger("kombu.transport").info("chatter")
    assert _lines(tmp_path / "log") == []


@pytest.mark.parametrize("name", ["kombu", "alembic.runtime.migration", "faster_whisper", "httpx"])
def test_libraries_are_quiet_at_info_and_speak_at_debug(tmp_path: Path, name: str) -> None:
    set_up_logs("info", file=tmp_path / "info")
    logging.getLogger(name).info("chatter")
    set_up_logs("debug", file=tmp_path / "debug")
    logging.getLogger(name).info("chatter")
    assert (len(_lines(tmp_path / "info")), len(_lines(tmp_path / "debug"))) == (0, 1)


def test_a_traceback_is_logged_without_the_numbers_it_quotes(tmp_path: Path) -> None:
    set_up_logs("info", file=tmp_path / "log")
    try:
        raise ValueError("no caller +12025550143 here")
    except ValueError:
        structlog.get_logger().exception("stage failed")
    (line,) = _lines(tmp_path / "log")
    assert "ValueError: no caller [phone] here" in str(line["exception"])


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("call from +1 (202) 555-0143 failed", "call from [phone] failed"),
        ("ask anna.b@example.com", "ask [email]"),
        ("at https://pbx.example/rec.wav?token=s3cr3t now", "at https://pbx.example/rec.wav?[query] now"),
        ("cannot reach amqp://guest:guest@localhost:5672//", "cannot reach amqp://[login]@localhost:5672//"),
        ("call 01JD2Z8K7Q4T took 12.5 s, 1732190000 bytes", "call 01JD2Z8K7Q4T took 12.5 s, 1732190000 bytes"),
    ],
)
def test_personal_data_is_blotted_out(said: str, logged: str) -> None:
    assert without_personal_data(None, "info", {"event": said, "count": 3}) == {"event": logged, "count": 3}


def test_a_terminal_is_written_to_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("info", "text")
    structlog.get_logger().info("worker started", queues="speech")
    assert "worker started" in capsys.readouterr().err
