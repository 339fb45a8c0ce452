"""Which engine a process reads with, and when it is made, fetched and loaded."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import tiny_onnx
from structlog.testing import capture_logs

from audio.sound import Sound
from earmark import engines
from earmark.engines import Engines
from earmark.settings import read_settings
from models.context import Context
from models.errors import NoEngine, SettingsError
from transcription.by_language import ByLanguage
from transcription.engines.onnx import Onnx
from transcription.engines.pocketsphinx import PocketSphinx
from transcription.engines.whisper import WELL_READ
from transcription.transcriber import HeardLanguage

FILES = ("config.json", "model.bin", "tokenizer.json", "vocabulary.json")


@dataclass
class Stand:
    """In a Whisper's place: it keeps what it was made with."""

    options: dict[str, Any]
    version: str = "stand"
    loads: list[str] = field(default_factory=list)

    def load(self) -> str:
        self.loads.append(threading.current_thread().name)
        return "stand on cpu"

    def language_of(self, sound: Sound, context: Context) -> HeardLanguage:
        raise AssertionError("nothing is heard here")

    def transcribe(self, sound: Sound, context: Context, *, progress: Callable[[float], None]) -> Any:
        raise AssertionError("nothing is written here")


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch) -> list[Stand]:
    """Those that were made."""
    made: list[Stand] = []

    def create(**options: Any) -> Stand:
        made.append(Stand(options))
        return made[-1]

    monkeypatch.setattr(engines, "find", lambda _folder, _name: create)
    return made


def whisper_in(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).touch()
    return folder


def made(transcriber: str, **given: object) -> Engines:
    return Engines(read_settings(transcriber=transcriber, fetch_models=False, **given))


def test_one_engine_for_all_languages_is_made_once(data_dir: Path) -> None:
    chosen = made("pocketsphinx")
    assert isinstance(chosen.engine(None), PocketSphinx)
    assert chosen.engine("ru") is chosen.engine(None)


def test_languages_have_their_engines(data_dir: Path, stands: list[Stand], tmp_path: Path) -> None:
    whisper = whisper_in(tmp_path / "w")
    chosen = made(f"ru=whisper:{whisper}, de=whisper:{whisper}, *=pocketsphinx")
    assert chosen.engine("ru") is chosen.engine("de")
    assert chosen.engine("ru") is not chosen.engine("en")
    assert len(stands) == 2


def test_an_onnx_model_is_made_from_its_folder(data_dir: Path, tmp_path: Path) -> None:
    folder = tiny_onnx.gigaam_ctc(tmp_path / "models" / "onnx--gigaam-v3-e2e-ctc")
    chosen = made("ru=onnx:gigaam-v3-e2e-ctc, *=pocketsphinx", models_dir=folder.parent)
    engine = chosen.engine("ru")
    assert isinstance(engine, Onnx)
    assert "gigaam-v3-e2e-ctc" in engine.version


@pytest.mark.parametrize(
    ("language", "error", "says"),
    [("ru", SettingsError, "earmark models fetch onnx:t-one"), ("de", NoEngine, "no engine is set for 'de'")],
)
def test_what_cannot_be_had_is_said(data_dir: Path, language: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        made("ru=onnx:t-one").engine(language)


def test_an_unknown_language_is_heard_first_where_there_are_several_engines(data_dir: Path) -> None:
    chosen = made("en=pocketsphinx, *=pocketsphinx")
    assert isinstance(chosen.engine(None), ByLanguage)
    assert isinstance(chosen.engine("en"), PocketSphinx)
    assert isinstance(made("auto").engine(None), PocketSphinx)


def test_the_general_whisper_hears_before_any_other(data_dir: Path, stands: list[Stand], tmp_path: Path) -> None:
    persian, general = whisper_in(tmp_path / "fa"), whisper_in(tmp_path / "all")
    chosen = made(f"fa=whisper:{persian}, *=whisper:{general}")
    assert chosen._hearing() is chosen.engine("en")
    chosen = made(f"fa=whisper:{persian}, *=pocketsphinx")
    assert chosen._hearing() is chosen.engine("fa")
    assert made("ru=onnx:t-one, *=pocketsphinx")._hearing() is None
    with capture_logs() as logs:
        assert made("fa=whisper:small, *=pocketsphinx")._hearing() is None
    assert logs[-1]["event"] == "cannot hear the language"


def test_a_tuned_model_is_told_what_it_reads_well(data_dir: Path, stands: list[Stand], tmp_path: Path) -> None:
    mine, stock = whisper_in(tmp_path / "mine"), whisper_in(tmp_path / "Systran--faster-whisper-small")
    chosen = made(f"fa=whisper:{mine}, *=whisper:{stock}")
    chosen.engine("fa")
    chosen.engine("en")
    assert stands[0].options["well_read"] == WELL_READ | {"fa"}
    assert "well_read" not in stands[1].options


def test_pocketsphinx_makes_way_for_a_model_that_comes_later(data_dir: Path, stands: list[Stand]) -> None:
    chosen = made("auto", whisper_model="small")
    fallback = chosen.engine(None)
    whisper_in(data_dir / "models" / "Systran--faster-whisper-small")
    assert chosen.engine(None) is not fallback
    assert stands[-1].options["model"] == "small"


class TestWarm:
    def test_what_is_here_is_loaded_and_said(self, data_dir: Path, stands: list[Stand], tmp_path: Path) -> None:
        whisper = whisper_in(tmp_path / "w")
        chosen = made(f"ru=onnx:t-one, *=whisper:{whisper}")
        with capture_logs() as logs:
            chosen.warm()
        assert [len(stand.loads) for stand in stands] == [1]
        said = {entry["event"]: entry for entry in logs}
        assert said["speech engine is loaded"]["engine"] == "stand on cpu"
        assert "earmark models fetch onnx:t-one" in said["speech engine is not loaded"]["why"]
        assert chosen.engine("en") is stands[0]

    def test_nothing_is_fetched_for_it(
        self, data_dir: Path, stands: list[Stand], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[bool] = []

        def fetch(*_: object, **__: object) -> Path:
            asked.append(True)
            raise SettingsError("no network")

        monkeypatch.setattr("transcription.choose.fetch", fetch)
        chosen = Engines(read_settings(transcriber="auto", whisper_model="small", fetch_models=True))
        chosen.warm()
        assert asked == []
        chosen.engine(None)
        chosen.engine(None)
        assert asked == [True]

    def test_once_a_call_has_asked_it_loads_nothing_beside_it(
        self, data_dir: Path, stands: list[Stand], tmp_path: Path
    ) -> None:
        chosen = made(f"*=whisper:{whisper_in(tmp_path / 'w')}")
        chosen.engine(None)
        chosen.warm()
        assert stands[0].loads == []
