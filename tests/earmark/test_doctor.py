import json
import socket
from pathlib import Path

import pytest
from command_line import Earmark

from earmark import doctor
from earmark.doctor import Finding, Level, examine, is_broken, languages_read
from earmark.health import fault_of
from earmark.settings import read_settings
from models.errors import BadInput
from storage import workers
from storage.database import Sessions, connect
from storage.workers import SeenWorker
from transcription.choose import Choice
from workers.presence import this_process


def _found(**given: object) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(read_settings(**given))}


def test_a_fresh_machine_is_not_broken(data_dir: Path) -> None:
    found = _found()
    assert not is_broken(list(found.values()))
    assert found["speech en"].level is Level.WEAK
    assert "earmark models fetch" in found["speech en"].mend
    assert "made on first use" in found["database"].says


def test_every_fault_says_how_to_mend_it(data_dir: Path) -> None:
    found = _found(
        database_url="postgresql://someone:s3cret@127.0.0.1:1/x",
        broker_url="redis://:s3cret@127.0.0.1:1/0",
        s3_endpoint="127.0.0.1:1",
        s3_access_key="someone",
        s3_secret_key="s3cret-s3cret",
    )
    for name in ("database", "broker", "store"):
        assert found[name].level is Level.BROKEN
        assert "127.0.0.1" in found[name].says
    assert "s3cret" not in repr(found)
    assert "EARMARK_DATABASE_URL" in found["database"].mend
    assert "EARMARK_BROKER_URL" in found["broker"].mend


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        ({"broker_url": "kafka://x"}, "broker", "'kafka'"),
        ({"database_url": "mysql://x"}, "database", "'mysql'"),
        ({"s3_endpoint": "s3.example"}, "store", "EARMARK_S3_ACCESS_KEY"),
        ({"classifiers": ("mentions", "moods")}, "classifiers", "EARMARK_CLASSIFIERS is 'moods'"),
        ({"thresholds": ("moods=0.5",)}, "classifiers", "EARMARK_THRESHOLDS: 'moods=0.5'"),
        ({"transcriber": "wisper"}, "speech", "EARMARK_TRANSCRIBER is 'wisper'"),
        ({"diarizer": "ears"}, "diarizer", "EARMARK_DIARIZER is 'ears'"),
        ({"transcriber": "whisper", "whisper_model": "./nothing"}, "speech", "nothing"),
        ({"data_dir": Path("/dev/null/x")}, "data folder", "/dev/null/x"),
        ({"data_dir": Path("/proc/x")}, "store", "of the store cannot be made"),
    ],
)
def test_a_wrong_setting_is_broken_and_named(data_dir: Path, given: dict[str, object], name: str, says: str) -> None:
    finding = _found(**given)[name]
    assert finding.level is Level.BROKEN
    assert says in finding.says


def test_work_without_a_worker_is_broken(earmark: Earmark, tmp_path: Path) -> None:
    call = {"external_id": "1", "transcript": {"turns": [{"speaker": "caller", "text": "Hello"}]}}
    (tmp_path / "call.json").write_text(json.dumps(call))
    earmark("ingest", str(tmp_path / "call.json"))
    found = _found()
    assert found["queue speech"].level is Level.BROKEN
    assert "1 to do" in found["queue speech"].says
    assert "earmark worker --queues speech" in found["queue speech"].mend
    assert found["queue text"].level is Level.WEAK


def test_a_worker_that_lives_is_seen(earmark: Earmark, data_dir: Path) -> None:
    earmark("migrate")
    _saw(data_dir, this_process("speech"))
    found = _found()
    assert found["queue speech"].level is Level.GOOD
    assert found["queue text"].level is Level.WEAK


def test_a_full_disk_is_broken(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NO_DISK", 2**62)
    assert _found()["disk"].level is Level.BROKEN


def test_a_misspelt_variable_is_pointed_out(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_PROT", "1")
    assert any("EARMARK_PROT is no setting" in finding.says for finding in examine(read_settings()))


def test_machines_that_share_a_database_need_one_secret(data_dir: Path) -> None:
    findings = [one for one in examine(read_settings(database_url="postgresql://127.0.0.1:1/x")) if one.mend]
    assert any("EARMARK_SECRET_KEY" in one.says for one in findings)


def test_the_command_marks_and_counts(earmark: Earmark, monkeypatch: pytest.MonkeyPatch) -> None:
    well = earmark("doctor")
    assert well.status == 0
    assert "✓ data folder" in well.out
    assert "→ run `earmark models fetch" in well.out
    monkeypatch.setenv("EARMARK_BROKER_URL", "redis://127.0.0.1:1/0")
    broken = earmark("doctor")
    assert broken.status == 1
    assert "✗ broker" in broken.out


def test_settings_that_cannot_be_read_are_a_finding(earmark: Earmark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_PORT", "many")
    said = earmark("doctor", "--json")
    finding = json.loads(said.out)
    assert said.status == 1
    assert (finding["name"], finding["level"]) == ("settings", "broken")
    assert "EARMARK_PORT is 'many'" in finding["says"]


@pytest.mark.parametrize(
    ("choice", "languages"),
    [
        (Choice("pocketsphinx", None, ""), ("en",)),
        (Choice("whisper", Path("/m/Systran--faster-whisper-small"), ""), ("en", "ru", "fa")),
        (Choice("whisper", Path("/m/Systran--faster-whisper-small.en"), ""), ("en",)),
    ],
)
def test_an_engine_reads_its_languages(choice: Choice, languages: tuple[str, ...]) -> None:
    assert languages_read(choice) == languages


def test_health_of_an_api_that_is_not_there(data_dir: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = read_settings(port=free.getsockname()[1], host="0.0.0.0")
    assert "127.0.0.1" in (fault_of(settings, "api") or "")


@pytest.mark.parametrize("part", ["speech", "text", "scheduler"])
def test_health_of_a_worker_is_that_it_was_seen_here(earmark: Earmark, data_dir: Path, part: str) -> None:
    earmark("migrate")
    assert f"no {part} has been seen" in (fault_of(read_settings(), part) or "")
    elsewhere = SeenWorker("elsewhere/1/0", "elsewhere", 1, "0", part)
    _saw(data_dir, elsewhere)
    assert fault_of(read_settings(), part)
    _saw(data_dir, this_process(part))
    assert fault_of(read_settings(), part) is None


def test_health_of_what_there_is_not(earmark: Earmark) -> None:
    said = earmark("health", "soul")
    assert said.status == 2
    assert "'soul'" in said.err
    with pytest.raises(BadInput):
        fault_of(read_settings(), "soul")


def test_health_without_a_database_is_a_fault_not_a_crash(data_dir: Path) -> None:
    assert "does not answer" in (fault_of(read_settings(), "speech") or "")


def _saw(data_dir: Path, worker: SeenWorker) -> None:
    engine = connect(f"sqlite:///{data_dir / 'earmark.sqlite'}")
    with Sessions(engine).write() as session:
        workers.saw(session, worker)
    engine.dispose()
