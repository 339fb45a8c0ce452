"""Finding and fetching weights; the hub is a small server on this machine."""

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from models.errors import SettingsError
from transcription.weights import fetch, is_here, repository_of

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NOWHERE = "http://127.0.0.1:9"


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
    """Serves the folder as `me/mine` in the way of the Hugging Face hub."""
    files = {path.name: path.read_bytes() for path in tiny_whisper.iterdir()} | {"README.md": b"hello"}

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.reply(body=False)

        def do_GET(self) -> None:
            self.reply(body=True)

        def reply(self, *, body: bool) -> None:
            name = self.path.partition("?")[0].rsplit("/", 1)[-1]
            if not self.path.startswith(("/api/models/me/mine", "/me/mine/resolve/")):
                content, status = b"{}", 404
            elif self.path.startswith("/api/"):
                content, status = json.dumps(self.listing()).encode(), 200
            else:
                content, status = files[name], 200
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Repo-Commit", COMMIT)
            self.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()}"')
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()
            if body:
                self.wfile.write(content)

        def listing(self) -> object:
            tree = [{"type": "file", "path": name, "size": len(text), "oid": "0"} for name, text in files.items()]
            siblings = [{"rfilename": name, "size": len(text)} for name, text in files.items()]
            return tree if "/tree/" in self.path else {"id": "me/mine", "sha": COMMIT, "siblings": siblings}

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_weights_are_fetched_once_with_progress(hub: str, tiny_whisper: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = fetch("me/mine", tmp_path, lambda done, total: seen.append((done, total)), endpoint=hub)
    total = sum(path.stat().st_size for path in tiny_whisper.iterdir())
    assert seen[-1] == (total, total)
    assert (folder / "model.bin").read_bytes() == (tiny_whisper / "model.bin").read_bytes()
    assert not (folder / "README.md").exists()
    assert is_here("me/mine", tmp_path) == folder
    assert fetch("me/mine", tmp_path, lambda *_: None, endpoint=NOWHERE) == folder


def test_without_a_network_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        fetch("small", tmp_path, lambda *_: None, endpoint=NOWHERE)
    for part in (
        "earmark models fetch small",
        "copy the folder Systran--faster-whisper-small",
        "EARMARK_WHISPER_MODEL",
    ):
        assert part in str(caught.value)


def test_a_model_that_the_hub_does_not_have_is_named(hub: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"does not give out 'me/other'"):
        fetch("me/other", tmp_path, lambda *_: None, endpoint=hub)
