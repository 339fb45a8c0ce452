import subprocess
import sys
from pathlib import Path

import pytest
from command_line import Earmark

from earmark import cli
from models.errors import EngineFailed, NotFound, SettingsError


def test_help_names_every_command(earmark: Earmark) -> None:
    said = earmark("--help")
    commands = (
        "serve worker scheduler demo ingest calls show retry erase tag setup migrate doctor health settings version"
    )
    groups = "keys sources destinations models"
    assert said.status == 0
    for name in f"{commands} {groups}".split():
        assert f" {name} " in said.out


def test_help_loads_no_heavy_library() -> None:
    check = (
        "import sys; from earmark.cli import run; run(['--help']); "
        "heavy = {'sqlalchemy', 'celery', 'pydantic', 'spacy', 'faster_whisper', 'numpy'} & set(sys.modules); "
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["show"], "Missing argument 'ID'"),
        (["calls", "--limit", "0"], "greater than or equal to 1"),
        (["calls", "--state", "lost"], "'lost'"),
        (["serve", "--only", "disco"], "'disco'"),
    ],
)
def test_a_wrong_command_line_is_said_with_status_2(earmark: Earmark, arguments: list[str], says: str) -> None:
    said = earmark(*arguments)
    assert said.status == 2
    assert says in " ".join(said.err.split())


@pytest.mark.parametrize(
    ("error", "status"),
    [(SettingsError("set it"), 2), (NotFound("not there"), 2), (EngineFailed("it broke"), 1)],
)
def test_an_error_of_ours_is_one_line_and_a_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, status: int
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    assert cli.run([]) == status
    assert capsys.readouterr().err == f"{error}\n"


def test_what_nobody_expected_is_one_line_and_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(cli, "app", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert cli.run([]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    (file,) = tmp_path.glob("earmark-error-*.log")
    assert line.startswith("something broke that should not: ZeroDivisionError: by nothing")
    assert str(file) in line
    assert "Traceback" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_debug_shows_the_traceback(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--debug", "show", "nothing"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_is_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "app", interrupted)
    assert cli.run([]) == 130


def test_version_is_said(earmark: Earmark) -> None:
    assert earmark("--version").out.startswith("earmark ")
    assert "celery 5" in earmark("version").out


def test_a_wrong_setting_names_its_variable(earmark: Earmark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_PORT", "many")
    said = earmark("calls")
    assert said.status == 2
    assert "EARMARK_PORT is 'many'" in said.err


def test_a_data_folder_that_cannot_be_made_is_a_setting(earmark: Earmark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_DATA_DIR", "/dev/null/data")
    said = earmark("calls")
    assert said.status == 2
    assert "/dev/null/data" in said.err
    assert "EARMARK_DATA_DIR" in said.err


def test_a_database_that_is_away_is_said_without_its_password(
    earmark: Earmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_DATABASE_URL", "postgresql://someone:s3cret@127.0.0.1:1/calls")
    said = earmark("calls")
    assert said.status == 2
    assert "127.0.0.1:1/calls cannot be used" in said.err
    assert "s3cret" not in said.err


@pytest.mark.parametrize("arguments", [["worker", "--queues", "disco"], ["worker", "--lanes", "fast"]])
def test_a_worker_for_what_there_is_not_is_refused(earmark: Earmark, arguments: list[str]) -> None:
    said = earmark(*arguments)
    assert said.status == 2
    assert arguments[-1] in said.err


def test_migrate_makes_a_database_and_again_does_nothing(earmark: Earmark, data_dir: Path) -> None:
    assert earmark("migrate").status == 0
    assert (data_dir / "earmark.sqlite").exists()
    assert "has this version's schema" in earmark("migrate").err


def test_setup_makes_ready_and_says_what(earmark: Earmark) -> None:
    said = earmark("setup")
    assert said.status == 0
    assert "the object store can be written and read" in said.err


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(("variable", "value"), [("TRANSCRIBER", "wisper"), ("DIARIZER", "ears"), ("CLASSIFIERS", "x")])
def test_what_runs_does_not_start_with_an_engine_that_there_is_not(
    earmark: Earmark, monkeypatch: pytest.MonkeyPatch, command: str, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"EARMARK_{variable}", value)
    monkeypatch.setenv("EARMARK_PORTT", "1")
    said = earmark(command)
    assert said.status == 2
    assert f"EARMARK_{variable} is '{value}'" in said.err
    assert "EARMARK_PORTT is no setting" in said.err
