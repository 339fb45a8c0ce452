"""Finding and fetching weights; the hub is a small server on this machine."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tiny_onnx
from model_hub import COMMIT, Sent, serve_models

from earmark.settings import read_settings
from earmark.weights import Model, load
from models.errors import SettingsError
from transcription import manifest, onnx_weights
from transcription.hub import Access
from transcription.weights import fetch, is_here, is_stock, repository_of

NOWHERE = "http://127.0.0.1:9"

Harm = Callable[[Path], object]


@pytest.mark.usefixtures("no_network")
def test_a_complete_folder_is_here_under_any_of_its_names(tiny_whisper: Path, tmp_path: Path) -> None:
    assert is_here(str(tiny_whisper), None) == tiny_whisper
    assert is_here("tiny", tmp_path) is None
    shutil.copytree(tiny_whisper, tmp_path / "Systran--faster-whisper-tiny")
    assert is_here("tiny", tmp_path) == is_here("Systran/faster-whisper-tiny", tmp_path)
    assert is_here("tiny", tmp_path) is not None


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_what_a_folder_lacks_is_named(tiny_whisper: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_whisper, folder)
    (folder / name).unlink()
    with pytest.raises(SettingsError, match=name):
        is_here(str(folder), None)


def test_names_of_models() -> None:
    assert repository_of("small") == "Systran/faster-whisper-small"
    assert repository_of("me/mine") == "me/mine"
    with pytest.raises(SettingsError, match=r"'smal' is no Whisper model.*large-v3"):
        repository_of("smal")
    with pytest.raises(SettingsError, match="no folder"):
        is_here("/nowhere/at/all", None)


@pytest.fixture
def hub(tiny_whisper: Path) -> Iterator[str]:
    files = {path.name: path.read_bytes() for path in tiny_whisper.iterdir()} | {"README.md": b"hello"}
    broken = files | {"model.bin": Sent(files["model.bin"][:-1], as_if=files["model.bin"])}
    with serve_models({"me/mine": files, "me/broken": broken, "me/other": {"README.md": b"nothing"}}) as url:
        yield url


def test_weights_are_fetched_once_with_progress(hub: str, tiny_whisper: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = fetch("me/mine", tmp_path, lambda done, total: seen.append((done, total)), access=Access(hub))
    total = sum(path.stat().st_size for path in tiny_whisper.iterdir())
    assert seen[-1] == (total, total)
    assert (folder / "model.bin").read_bytes() == (tiny_whisper / "model.bin").read_bytes()
    assert not (folder / "README.md").exists()
    assert is_here("me/mine", tmp_path) == folder
    assert fetch("me/mine", tmp_path, lambda *_: None, access=Access(NOWHERE)) == folder


def test_without_a_network_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        fetch("small", tmp_path, lambda *_: None, access=Access(NOWHERE))
    for part in (
        "earmark models fetch small",
        "copy the folder Systran--faster-whisper-small",
        "EARMARK_WHISPER_MODEL",
    ):
        assert part in str(caught.value)


def test_a_model_that_the_hub_does_not_have_is_named(hub: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"does not give out 'me/nothing'"):
        fetch("me/nothing", tmp_path, lambda *_: None, access=Access(hub))


def test_a_model_that_is_not_everybodys_wants_a_token(tiny_whisper: Path, tmp_path: Path) -> None:
    files = {path.name: path.read_bytes() for path in tiny_whisper.iterdir()}
    with serve_models({"me/mine": files}, token="hf_mine") as url:
        for access in (Access(url, "hf_other"), Access(url)):
            with pytest.raises(SettingsError, match=r"does not give out 'me/mine'.*EARMARK_HUB_TOKEN"):
                fetch("me/mine", tmp_path, lambda *_: None, access=access)
        assert fetch("me/mine", tmp_path, lambda *_: None, access=Access(url, "hf_mine")).is_dir()
    assert "hf_mine" not in repr(Access(url, "hf_mine"))


def test_what_was_fetched_is_written_down_and_travels_along(hub: str, tmp_path: Path) -> None:
    folder = fetch("me/mine", tmp_path / "here", lambda *_: None, access=Access(hub))
    written = json.loads((folder / manifest.NAME).read_text())
    assert (written["model"], written["source"]) == ("whisper:me/mine", f"me/mine@{COMMIT}")
    assert written["files"]["model.bin"]["sha256"] == manifest.sha256(folder / "model.bin")
    assert (manifest.name_in(folder), manifest.faults(folder)) == ("me/mine", [])
    carried = tmp_path / "there" / "me--mine"
    shutil.copytree(folder, carried)
    assert is_here("me/mine", carried.parent) == carried
    assert manifest.faults(carried) == []


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda file: file.unlink(), "model.bin is missing"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), r"model.bin has \d+ bytes instead of \d+"),
        (lambda file: file.write_bytes(b"x" + file.read_bytes()[1:]), "model.bin is damaged"),
    ],
)
def test_a_copy_that_is_not_whole_is_found(hub: str, tmp_path: Path, harm: Harm, says: str) -> None:
    folder = fetch("me/mine", tmp_path, lambda *_: None, access=Access(hub))
    harm(folder / "model.bin")
    (fault,) = manifest.faults(folder)
    assert re.fullmatch(says, fault)


def test_what_comes_damaged_is_not_kept(hub: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"model\.bin of 'whisper:me/broken' came damaged"):
        fetch("me/broken", tmp_path, lambda *_: None, access=Access(hub))
    assert is_here("me/broken", tmp_path) is None


def test_a_repository_without_the_model_is_refused(hub: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"has no config\.json"):
        fetch("me/other", tmp_path, lambda *_: None, access=Access(hub))


def test_files_of_the_hub_cache_are_known_by_their_links(tmp_path: Path) -> None:
    """Hugging Face tools name what lies behind a link by its hash."""
    blob = tmp_path / "blobs" / ("0" * 64)
    blob.parent.mkdir()
    blob.write_bytes(b"not what it should be")
    (tmp_path / "snapshot").mkdir()
    (tmp_path / "snapshot" / "model.bin").symlink_to(blob)
    assert manifest.faults(tmp_path / "snapshot") == ["model.bin is damaged"]


def test_an_onnx_model_is_fetched_alone_from_a_repository_of_several(tmp_path: Path) -> None:
    source = tiny_onnx.gigaam_ctc(tmp_path / "source")
    tiny_onnx.gigaam_rnnt(source)
    files = {path.name: path.read_bytes() for path in source.iterdir()} | {"v3_e2e_ctc.int8.onnx": b"eight"}
    with serve_models({"istupakov/gigaam-v3-onnx": files}) as url:
        folder = onnx_weights.fetch("gigaam-v3-e2e-ctc", tmp_path / "here", lambda *_: None, access=Access(url))
        assert {path.name for path in folder.iterdir() if path.is_file()} == {
            "v3_e2e_ctc.onnx",
            "v3_e2e_ctc_vocab.txt",
            "config.json",
            manifest.NAME,
        }
        eight = onnx_weights.fetch("gigaam-v3-e2e-ctc+int8", tmp_path / "here", lambda *_: None, access=Access(url))
        with pytest.raises(SettingsError, match=r"has no v3_ctc\.onnx"):
            onnx_weights.fetch("gigaam-v3-ctc", tmp_path / "here", lambda *_: None, access=Access(url))
    assert (eight / "v3_e2e_ctc.int8.onnx").read_bytes() == b"eight"
    assert onnx_weights.fetch("gigaam-v3-e2e-ctc", tmp_path / "here", lambda *_: None, access=Access(NOWHERE)) == folder
    found = onnx_weights.is_here(str(eight), None)
    assert found is not None
    assert (found.kind, found.quantization) == ("gigaam-v3-e2e-ctc", "int8")
    with pytest.raises(SettingsError, match="earmark models fetch onnx:t-one"):
        onnx_weights.fetch("t-one", tmp_path / "here", lambda *_: None, access=Access(NOWHERE))


@pytest.mark.parametrize(
    ("model", "stock"),
    [
        ("small", True),
        ("Systran/faster-whisper-small", True),
        ("openai/whisper-small", True),
        ("me/whisper-small-fa", False),
        ("/nowhere/Systran--faster-whisper-small", True),
        ("/nowhere/faster-whisper-small", False),
    ],
)
def test_whose_weights_they_are(model: str, stock: bool) -> None:
    assert is_stock(model) is stock


def test_a_folder_says_whose_weights_it_has(hub: str, tmp_path: Path) -> None:
    folder = fetch("me/mine", tmp_path, lambda *_: None, access=Access(hub))
    assert not is_stock(str(folder))
    (folder / manifest.NAME).write_text('{"source": "Systran/faster-whisper-small@main"}')
    assert is_stock(str(folder))


def test_a_whisper_loads_as_a_worker_would(tiny_whisper: Path) -> None:
    load(Model("whisper", str(tiny_whisper)), read_settings(whisper_device="cpu"))
    with pytest.raises(SettingsError):
        load(Model("whisper", "tiny"), read_settings(models_dir=tiny_whisper.parent / "none"))
