"""`earmark models`: what is needed, what is here, and whether a carried folder is whole."""

import shutil
from functools import partial
from pathlib import Path

import pytest
import tiny_onnx
from command_line import Earmark
from model_hub import serve_models

from diarization import weights as pyannote_weights
from earmark import weights
from earmark.settings import read_settings
from earmark.weights import Model, named, needed
from transcription import manifest


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("small", Model("whisper", "small")),
        ("whisper:me/mine", Model("whisper", "me/mine")),
        ("me/mine", Model("whisper", "me/mine")),
        ("onnx:t-one", Model("onnx", "t-one")),
        ("pyannote:community-1", Model("pyannote", "community-1")),
        (r"C:\models\mine", Model("whisper", r"C:\models\mine")),
    ],
)
def test_a_model_is_named_with_its_engine(text: str, model: Model) -> None:
    assert named(text) == model
    assert named(str(model)) == model


def test_a_name_without_a_model_is_refused(earmark: Earmark) -> None:
    said = earmark("models", "fetch", "onnx:")
    assert said.status == 2
    assert "'onnx:' names no model" in said.err


@pytest.mark.parametrize(
    ("given", "need"),
    [
        ({"transcriber": "auto"}, {"large-v3-turbo": "all"}),
        ({"transcriber": "pocketsphinx"}, {}),
        (
            {"transcriber": "ru=onnx:t-one, fa=whisper:me/fa, *=whisper:small"},
            {"onnx:t-one": "ru", "me/fa": "fa", "small": "all"},
        ),
        ({"transcriber": "ru=onnx:t-one, uk=whisper, *=auto"}, {"onnx:t-one": "ru", "large-v3-turbo": "uk, all"}),
        (
            {"transcriber": "pocketsphinx", "diarizer": "pyannote", "pyannote_model": "3.1"},
            {"pyannote:3.1": "speakers"},
        ),
    ],
)
def test_the_settings_say_what_is_needed(given: dict[str, str], need: dict[str, str]) -> None:
    assert {str(model): use for model, use in needed(read_settings(**given)).items()} == need


def test_the_list_shows_what_is_here_and_what_for(
    earmark: Earmark, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_TRANSCRIBER", "ru=onnx:gigaam-v3-e2e-ctc, *=whisper:small")
    monkeypatch.setenv("COLUMNS", "400")
    tiny_onnx.gigaam_ctc(data_dir / "models" / "onnx--gigaam-v3-e2e-ctc")
    said = earmark("models", "list")
    lines = {line.split()[0]: line for line in said.out.splitlines() if line.strip()}
    assert said.status == 0
    assert lines["onnx:gigaam-v3-e2e-ctc"].split()[4:6] == ["ru", "yes"]
    assert lines["small"].split()[4] == "all"
    assert "yes" not in lines["small"]
    assert str(data_dir / "models") in said.err
    assert "Apache-2.0" in lines["onnx:t-one"]
    assert "pyannote:community-1" in lines
    assert "earmark models fetch small" in said.err


def test_fetch_brings_what_the_settings_need_and_verify_reads_it(
    earmark: Earmark, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARMARK_TRANSCRIBER", "ru=onnx:gigaam-v3-e2e-ctc, en=pocketsphinx")
    source = tiny_onnx.gigaam_ctc(tmp_path / "source")
    files = {path.name: path.read_bytes() for path in source.iterdir()}
    with serve_models({"istupakov/gigaam-v3-onnx": files}) as url:
        monkeypatch.setattr(weights, "fetch", partial(weights.fetch, endpoint=url))
        fetched = earmark("models", "fetch")
    folder = Path(fetched.out.strip())
    assert (fetched.status, folder.parent) == (0, data_dir / "models")
    assert earmark("models", "fetch").out == fetched.out
    verified = earmark("models", "verify")
    assert verified.status == 0
    assert "✓ onnx:gigaam-v3-e2e-ctc: every file is as it was fetched, and it loads" in verified.out


def test_a_folder_that_was_carried_is_found_and_verified(
    earmark: Earmark, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tiny_onnx.gigaam_ctc(tmp_path / "source")
    files = {path.name: path.read_bytes() for path in source.iterdir()}
    here = read_settings(models_dir=tmp_path / "here")
    with serve_models({"istupakov/gigaam-v3-onnx": files}) as url:
        weights.fetch(named("onnx:gigaam-v3-e2e-ctc"), here, lambda *_: None, endpoint=url)
    monkeypatch.setenv("EARMARK_MODELS_DIR", str(shutil.copytree(tmp_path / "here", tmp_path / "there")))
    monkeypatch.setenv("EARMARK_TRANSCRIBER", "ru=onnx:gigaam-v3-e2e-ctc, en=pocketsphinx")
    where = earmark("models", "where")
    assert where.out.strip() == str(tmp_path / "there")
    assert "EARMARK_FETCH_MODELS=false" in where.err
    assert earmark("models", "verify").status == 0

    weights_file = tmp_path / "there" / "onnx--gigaam-v3-e2e-ctc" / "v3_e2e_ctc.onnx"
    weights_file.write_bytes(weights_file.read_bytes()[:-1] + b"x")
    harmed = earmark("models", "verify", "onnx:gigaam-v3-e2e-ctc")
    assert harmed.status == 2
    assert "✗ onnx:gigaam-v3-e2e-ctc: v3_e2e_ctc.onnx is damaged" in harmed.out
    assert "1 of 1 models cannot be used" in harmed.err


def test_a_model_that_does_not_load_is_found(earmark: Earmark, data_dir: Path) -> None:
    folder = tiny_onnx.gigaam_ctc(data_dir / "models" / "onnx--gigaam-v3-e2e-ctc")
    (folder / "v3_e2e_ctc.onnx").write_bytes(b"nothing of the kind")
    assert earmark("models", "verify", "onnx:gigaam-v3-e2e-ctc", "--no-load").status == 0
    said = earmark("models", "verify", "onnx:gigaam-v3-e2e-ctc")
    assert said.status == 2
    assert "cannot be loaded on cpu" in said.out


def test_verify_wants_what_the_settings_need(earmark: Earmark, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARMARK_TRANSCRIBER", "pocketsphinx")
    assert earmark("models", "verify").status == 0
    monkeypatch.setenv("EARMARK_TRANSCRIBER", "ru=onnx:t-one, en=pocketsphinx")
    said = earmark("models", "verify")
    assert said.status == 2
    assert "✗ onnx:t-one: is not here" in said.out


def test_a_pipeline_of_pyannote_is_written_down_too(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def fetch(model: str, folder: Path, **named: object) -> Path:
        asked.update(named, model=model)
        (folder / "p" / "segmentation").mkdir(parents=True)
        (folder / "p" / "config.yaml").write_text("pipeline:")
        (folder / "p" / "segmentation" / "pytorch_model.bin").write_bytes(b"weights")
        return folder / "p"

    monkeypatch.setattr(pyannote_weights, "fetch", fetch)
    folder = weights.fetch(named("pyannote:community-1"), read_settings(hub_token="hf_mine"), lambda *_: None)
    assert (asked["model"], asked["token"]) == ("community-1", "hf_mine")
    assert manifest.faults(folder) == []
    (folder / "segmentation" / "pytorch_model.bin").write_bytes(b"weighty")
    assert manifest.faults(folder) == ["segmentation/pytorch_model.bin is damaged"]
