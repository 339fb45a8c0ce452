"""Which diarizer is chosen, what a folder lacks, and fetching from a small hub on this machine."""

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pyannote_folders import COMMUNITY_1, FILES, V3_1, hollow

from diarization import choose
from diarization.choose import choose_diarizer
from diarization.pipeline_folder import fingerprint, parts_of
from diarization.weights import fetch, is_here, repository_of
from models.errors import SettingsError

SLUG = {COMMUNITY_1: "pyannote--speaker-diarization-community-1", V3_1: "pyannote--speaker-diarization-3.1"}
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _no_hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub cache"))


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "installed", lambda: "4.0.7")


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "installed", lambda: None)


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(("config", "name"), [(COMMUNITY_1, "community-1"), (V3_1, "3.1")])
def test_a_model_that_is_here_is_taken(config: str, name: str, tmp_path: Path) -> None:
    folder = hollow(tmp_path / SLUG[config], config)
    for wanted in ("auto", "pyannote"):
        choice = choose_diarizer(wanted, repository_of(name), tmp_path)
        assert (choice.engine, choice.weights) == ("pyannote", folder)
        assert str(folder) in choice.reason
    assert choose_diarizer("auto", str(folder), None).weights == folder


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("model", "says"),
    [
        (
            "community-1",
            r"hf\.co/pyannote/speaker-diarization-community-1, set EARMARK_HUB_TOKEN.*earmark models fetch",
        ),
        ("/nowhere/at/all", "no folder /nowhere/at/all"),
        ("community", r"EARMARK_PYANNOTE_MODEL is 'community'.*community-1, 3\.1"),
    ],
)
def test_without_its_model_pyannote_is_not_chosen_and_it_is_said_why(model: str, says: str, tmp_path: Path) -> None:
    choice = choose_diarizer("auto", model, tmp_path)
    assert choice.engine == "embedded"
    assert re.search(says, choice.reason)
    with pytest.raises(SettingsError, match=says):
        choose_diarizer("pyannote", model, tmp_path)


@pytest.mark.usefixtures("no_package")
def test_without_its_package_pyannote_is_not_chosen_and_the_extra_is_named(tmp_path: Path) -> None:
    folder = str(hollow(tmp_path / "model"))
    assert "earmark[pyannote]" in choose_diarizer("auto", folder, None).reason
    with pytest.raises(SettingsError, match=r"earmark\[pyannote\]"):
        choose_diarizer("pyannote", folder, None)


@pytest.mark.usefixtures("package")
def test_a_missing_model_is_fetched_once_it_may_be(tmp_path: Path) -> None:
    def broken() -> Path:
        raise SettingsError("the hub is down")

    folder = tmp_path / "model"
    assert choose_diarizer("auto", "3.1", tmp_path, fetching=lambda: hollow(folder, V3_1)).weights == folder
    assert choose_diarizer("auto", "3.1", tmp_path, fetching=broken).reason.endswith("the hub is down")


def test_another_diarizer_is_taken_as_it_is_set(tmp_path: Path) -> None:
    assert choose_diarizer("mine", "3.1", tmp_path).engine == "mine"


@pytest.mark.parametrize(
    ("config", "missing"), [(config, name) for config, names in FILES.items() for name in (*names, "config.yaml")]
)
def test_what_a_folder_lacks_is_named(config: str, missing: str, tmp_path: Path) -> None:
    folder = hollow(tmp_path / "model", config)
    (folder / missing).unlink()
    with pytest.raises(SettingsError, match=missing):
        is_here(str(folder), None)


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("pipeline: [", "describes no pyannote pipeline"),
        ("just words", "describes no pyannote pipeline"),
        ("pipeline: {name: os.system}", "is of 'os.system'"),
        ("pipeline: {name: pyannote.audio.pipelines.SpeakerDiarization}", "segmentation/pytorch_model.bin"),
    ],
)
def test_a_config_that_describes_no_diarization_is_refused(config: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(config)
    with pytest.raises(SettingsError, match=says):
        is_here(str(tmp_path), None)


def test_a_clone_without_its_large_files_is_told_from_weights(tmp_path: Path) -> None:
    folder = hollow(tmp_path / "model")
    (folder / "embedding" / "pytorch_model.bin").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"
    )
    with pytest.raises(SettingsError, match="git lfs pull"):
        is_here(str(folder), None)


def test_parts_of_3_1_may_lie_beside_it_or_be_named_by_their_paths(tmp_path: Path) -> None:
    folder = hollow(tmp_path / "speaker-diarization-3.1", V3_1)
    (folder / "segmentation-3.0").rename(tmp_path / "segmentation-3.0")
    (folder / "wespeaker-voxceleb-resnet34-LM").rename(folder / "voices")
    named = V3_1.replace("pyannote/wespeaker-voxceleb-resnet34-LM", "voices/pytorch_model.bin")
    (folder / "config.yaml").write_text(named)
    found = parts_of(folder).found
    assert found == {
        "segmentation": tmp_path / "segmentation-3.0" / "pytorch_model.bin",
        "embedding": folder / "voices" / "pytorch_model.bin",
    }


def test_what_the_hubs_own_tools_have_fetched_is_here(tmp_path: Path) -> None:
    sha = "1" * 40

    def cached(name: str, config: str, *files: str) -> Path:
        repository = tmp_path / "hub cache" / f"models--pyannote--{name}"
        (repository / "refs").mkdir(parents=True)
        (repository / "refs" / "main").write_text(sha)
        snapshot = repository / "snapshots" / sha
        for file in files:
            (snapshot / file).parent.mkdir(parents=True, exist_ok=True)
            (snapshot / file).write_text(config)
        return snapshot

    whole = cached("speaker-diarization-community-1", COMMUNITY_1, "config.yaml", *FILES[COMMUNITY_1])
    assert is_here("community-1", tmp_path) == whole
    config = cached("speaker-diarization-3.1", V3_1, "config.yaml")
    assert is_here("3.1", tmp_path) is None
    parts = {
        name: cached(name, "", "pytorch_model.bin") for name in ("segmentation-3.0", "wespeaker-voxceleb-resnet34-LM")
    }
    assert is_here("3.1", tmp_path) == config
    assert parts_of(config).found["segmentation"] == parts["segmentation-3.0"] / "pytorch_model.bin"


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    folder = hollow(tmp_path / "model")
    before = fingerprint(parts_of(folder))
    assert fingerprint(parts_of(folder)) == before
    (folder / "plda" / "plda.npz").write_bytes(b"trained anew")
    assert fingerprint(parts_of(folder)) != before


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[str]:
    """Serves both pipelines in the way of the Hugging Face hub, with a token `hf_right` only."""
    served = {
        "speaker-diarization-community-1": hollow(tmp_path / "served 1"),
        "speaker-diarization-3.1": hollow(tmp_path / "served 3.1", V3_1),
    }
    files = {
        f"pyannote/{name}": {
            str(path.relative_to(folder)): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and (name.endswith("community-1") or path.parent == folder)
        }
        for name, folder in served.items()
    }
    for part in ("segmentation-3.0", "wespeaker-voxceleb-resnet34-LM"):
        files[f"pyannote/{part}"] = {"pytorch_model.bin": part.encode(), "example.wav": b"long"}

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.reply(body=False)

        def do_GET(self) -> None:
            self.reply(body=True)

        def reply(self, *, body: bool) -> None:
            status, content = self.found()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", "0" * 40)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            if status == 401:
                self.send_header("X-Error-Code", "GatedRepo")
            self.end_headers()
            if body:
                self.wfile.write(content)

        def found(self) -> tuple[int, bytes]:
            if self.headers.get("Authorization") != "Bearer hf_right":
                return 401, b"{}"
            asked = re.match(r"/(?:api/models/)?(pyannote/[^/?]+)(?:/resolve/[^/]+/([^?]+))?", self.path)
            assert asked is not None
            repository = files[asked[1]]
            return 200, repository[asked[2]] if asked[2] else self.listing(asked[1])

        def listing(self, name: str) -> bytes:
            siblings = [{"rfilename": file, "size": len(content)} for file, content in files[name].items()]
            return json.dumps({"id": name, "sha": "0" * 40, "siblings": siblings}).encode()

        def log_message(self, *given: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("config", "name"), [(COMMUNITY_1, "community-1"), (V3_1, "3.1")])
def test_fetching_brings_all_parts_into_one_folder(config: str, name: str, hub: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    progress = lambda done, total: told.append((done, total))  # noqa: E731
    folder = fetch(name, tmp_path, token="hf_right", progress=progress, endpoint=hub)
    assert folder == tmp_path / SLUG[config] == is_here(name, tmp_path)
    assert all(path.is_relative_to(folder) for path in parts_of(folder).found.values())
    assert not list(folder.rglob("example.wav"))
    assert told[-1][0] == told[-1][1] > 0
    assert fetch(name, tmp_path, token=None, endpoint=NOWHERE) == folder


@pytest.mark.parametrize("token", ["hf_wrong", None])
def test_a_gated_model_says_what_to_accept_and_where(
    token: str | None, hub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "no token"))
    with pytest.raises(SettingsError, match=r"https://hf\.co/pyannote/speaker-diarization-3\.1.*EARMARK_HUB_TOKEN"):
        fetch("3.1", tmp_path, token=token, endpoint=hub)


def test_a_hub_that_is_not_there_says_how_to_carry_the_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"earmark models fetch pyannote:.*EARMARK_PYANNOTE_MODEL"):
        fetch("3.1", tmp_path, endpoint=NOWHERE)


def test_what_broke_off_is_no_model_and_goes_on(hub: str, tmp_path: Path) -> None:
    folder = hollow(tmp_path / SLUG[COMMUNITY_1])
    (folder / "plda" / "plda.npz").unlink()
    assert is_here("community-1", tmp_path) is None
    assert is_here("community-1", None) is None
    assert fetch("community-1", tmp_path, token="hf_right", endpoint=hub) == folder
    assert (folder / "plda" / "plda.npz").is_file()
