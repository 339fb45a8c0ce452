"""A small server on this machine that gives out models in the way of the Hugging Face hub."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = (".bin", ".onnx")
"""Files of which the hub knows the hash."""


class Sent(bytes):
    """What goes out instead of what the hub says that it has."""

    as_if: bytes

    def __new__(cls, sent: bytes, *, as_if: bytes) -> "Sent":
        made = super().__new__(cls, sent)
        made.as_if = as_if
        return made


Repositories = Mapping[str, Mapping[str, bytes]]
"""By hub id, the files by name."""


@contextmanager
def serve_models(repositories: Repositories, *, token: str | None = None) -> Iterator[str]:
    """The address to give as `endpoint`. With `token` nothing is given out without it."""

    class Handler(_Handler):
        held = repositories
        wanted = token

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    held: Repositories
    wanted: str | None

    def do_HEAD(self) -> None:
        self.reply(body=False)

    def do_GET(self) -> None:
        self.reply(body=True)

    def reply(self, *, body: bool) -> None:
        if self.wanted is not None and self.headers.get("Authorization") != f"Bearer {self.wanted}":
            self.send_response(403)
            self.send_header("X-Error-Code", "GatedRepo")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path = self.path.partition("?")[0]
        found = next(
            (name for name in self.held if path.startswith((f"/api/models/{name}", f"/{name}/resolve/"))), None
        )
        if found is None:
            content, digest = b"{}", ""
        elif path.startswith("/api/"):
            content, digest = json.dumps(_listing(found, self.held[found], tree="/tree/" in path)).encode(), ""
        else:
            content = self.held[found][path.partition("/resolve/")[2].partition("/")[2]]
            digest = _hash(content)
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("ETag", f'"{digest}"')
        if found is None:
            self.send_header("X-Error-Code", "RepoNotFound")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        pass


def _addresses(name: str) -> tuple[str, str]:
    return f"/api/models/{name}", f"/{name}/resolve/"


def _listing(name: str, files: Mapping[str, bytes], *, tree: bool) -> object:
    if tree:
        return [{"type": "file", "path": file, "size": _size(content), "oid": "0"} for file, content in files.items()]
    return {"id": name, "sha": COMMIT, "siblings": [_sibling(file, content) for file, content in files.items()]}


def _sibling(file: str, content: bytes) -> dict[str, object]:
    said: dict[str, object] = {"rfilename": file, "size": _size(content), "blobId": "0"}
    if file.endswith(LARGE):
        said["lfs"] = {"size": _size(content), "sha256": _hash(content), "pointerSize": 1}
    return said


def _hash(content: bytes) -> str:
    return hashlib.sha256(content.as_if if isinstance(content, Sent) else content).hexdigest()


def _size(content: bytes) -> int:
    return len(content.as_if if isinstance(content, Sent) else content)
