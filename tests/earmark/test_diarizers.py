"""Which diarizer the settings stand for, and what is said of it."""

import re
from pathlib import Path

import pytest

from diarization.engines.embedded import Embedded
from earmark.diarizers import is_fetched_later, make_diarizer
from earmark.doctor import Finding, Level, examine
from earmark.settings import read_settings
from earmark.wiring import check_names
from models.errors import SettingsError

FOLDER = "/nowhere/at/all"


@pytest.fixture(autouse=True)
def _no_own_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no token"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "no cache"))


def _set_installed(monkeypatch: pytest.MonkeyPatch, version: str | None) -> None:
    for module in ("diarization.choose", "earmark.diarizers", "earmark.doctor"):
        monkeypatch.setattr(f"{module}.installed", lambda: version)


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    _set_installed(monkeypatch, "4.0.7")


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    _set_installed(monkeypatch, None)


def _found(**given: object) -> Finding:
    return next(finding for finding in examine(read_settings(**given)) if finding.name == "diarizer")


@pytest.mark.parametrize(
    ("given", "level", "says"),
    [
        ({}, Level.WEAK, "embedded.*EARMARK_HUB_TOKEN"),
        ({"hub_token": "hf_right", "fetch_models": True}, Level.WEAK, "pyannote.*fetched at the first recording"),
        ({"hub_token": "hf_right", "fetch_models": False}, Level.WEAK, "embedded.*no model"),
        ({"diarizer": "pyannote", "fetch_models": True}, Level.WEAK, "pyannote.*fetched at the first recording"),
        ({"diarizer": "pyannote", "fetch_models": False}, Level.BROKEN, "no model"),
        (
            {"pyannote_model": FOLDER, "hub_token": "hf_right", "fetch_models": True},
            Level.WEAK,
            f"embedded.*no folder {FOLDER}",
        ),
        ({"diarizer": "pyannote", "pyannote_model": FOLDER}, Level.BROKEN, f"no folder {FOLDER}"),
        ({"diarizer": "embedded"}, Level.GOOD, "embedded, as it is set"),
    ],
)
@pytest.mark.usefixtures("package", "data_dir")
def test_the_doctor_says_which_and_why(given: dict[str, object], level: Level, says: str) -> None:
    finding = _found(**given)
    assert finding.level is level
    assert re.search(says, finding.says)


@pytest.mark.usefixtures("no_package", "data_dir")
def test_without_the_package_embedded_is_good_enough_unless_pyannote_was_asked_for() -> None:
    assert _found(hub_token="hf_right").level is Level.GOOD
    asked = _found(diarizer="pyannote", hub_token="hf_right")
    assert (asked.level, "earmark[pyannote]" in asked.says) == (Level.BROKEN, True)


@pytest.mark.usefixtures("no_package", "data_dir")
def test_workers_refuse_a_diarizer_that_cannot_be_had() -> None:
    check_names(read_settings())
    for name, says in (("pyannote", r"earmark\[pyannote\]"), ("ears", "EARMARK_DIARIZER is 'ears'")):
        with pytest.raises(SettingsError, match=says):
            check_names(read_settings(diarizer=name))


@pytest.mark.usefixtures("package", "data_dir")
def test_auto_asks_the_hub_once_and_only_with_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def fetch(model: str, folder: Path, *, token: str | None) -> Path:
        asked.append((model, token))
        raise SettingsError("the hub is down")

    monkeypatch.setattr("diarization.weights.fetch", fetch)
    monkeypatch.setenv("EARMARK_FETCH_MODELS", "true")
    assert isinstance(make_diarizer(read_settings()), Embedded)
    assert asked == []
    assert is_fetched_later(read_settings(hub_token="hf_right"))
    assert asked == []
    assert isinstance(make_diarizer(read_settings(hub_token="hf_right", pyannote_model="3.1")), Embedded)
    assert asked == [("3.1", "hf_right")]
    with pytest.raises(SettingsError, match="the hub is down"):
        make_diarizer(read_settings(diarizer="pyannote"))
