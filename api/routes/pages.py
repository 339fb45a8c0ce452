"""The pages for people: what this is, and the documentation. Nothing on them comes from elsewhere."""

import base64
import hashlib
import html
import json
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from api.problems import KINDS
from models.errors import NotFound

PAGES = Path(__file__).parent.parent / "pages"
ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon.png": "image/png",
}
"""Files of Swagger UI that the package fastapi-offline brings."""

NONE = "'none'"

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> Response:
    return _page(request, "home.html", version=html.escape(request.app.version))


@router.get("/docs")
def docs(request: Request) -> Response:
    return _page(request, "docs.html", script="'self'", style="'self' 'unsafe-inline'")


@router.get("/docs/problems")
def kinds_of_problems(request: Request) -> Response:
    rows = "".join(
        f'<tr id="{kind.name}"><td><code>{kind.name}</code><td>{kind.status}'
        f"<td>{html.escape(kind.title)}<td>{html.escape(kind.advice)}"
        for kind in sorted(KINDS, key=lambda kind: (kind.status, kind.name))
    )
    return _page(request, "problems.html", rows=rows)


@router.get("/docs/assets/{name}")
def asset(name: str) -> Response:
    if name not in ASSETS:
        raise NotFound(f"there is no file {name!r}; there are: {', '.join(ASSETS)}")
    return FileResponse(
        _swagger_folder() / name, media_type=ASSETS[name], headers={"Cache-Control": "public, max-age=86400"}
    )


@cache
def _swagger_folder() -> Path:
    """Found without importing the package: only its files are wanted."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise NotFound("the package fastapi-offline, which brings Swagger UI, is not installed; run `make install`")
    return Path(spec.origin).parent / "static"


def _page(request: Request, name: str, *, script: str = "", style: str = "", **values: str) -> Response:
    """A page with `$root` and its other places filled, and leave for its own style and script alone."""
    root = str(request.scope.get("root_path", ""))
    text = Template(_text(name)).substitute(root=html.escape(root), root_json=json.dumps(root), **values)
    own_scripts, own_styles = _hashes(text, "script"), _hashes(text, "style")
    policy = [
        "default-src 'none'",
        f"script-src {f'{script} {own_scripts}'.strip() or NONE}",
        f"style-src {style or own_styles or NONE}",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    return HTMLResponse(text, headers={"Content-Security-Policy": "; ".join(policy)})


@cache
def _text(name: str) -> str:
    return (PAGES / name).read_text(encoding="utf-8")


def _hashes(page: str, element: str) -> str:
    found = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found]
    return " ".join(f"'sha256-{digest}'" for digest in digests)
