"""`docker-compose.yml` and `Dockerfile` as Docker reads them: anchors merged, variables filled in."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
OURS = ("setup", "api", "speech-worker", "text-worker", "scheduler")
SERVERS = ("postgres", "redis", "minio")
SECRETS = {
    "POSTGRES_PASSWORD": "for-postgres",
    "REDIS_PASSWORD": "for-redis",
    "MINIO_ROOT_USER": "owner-of-minio",
    "MINIO_ROOT_PASSWORD": "for-minio",
    "EARMARK_SECRET_KEY": "0123456789abcdef" * 4,
    "EARMARK_STORAGE_EVENTS_TOKEN": "fedcba9876543210" * 4,
}
"""What has to be set, with values for tests."""

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\})")


class NotSet(Exception):
    """A variable without which Docker refuses to start anything."""


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str | None
    is_needed: bool


def read(variables: Mapping[str, str] = SECRETS) -> dict[str, Any]:
    """The whole file. Raises NotSet."""
    document: dict[str, Any] = _filled(yaml.safe_load(FILE.read_text(encoding="utf-8")), variables)
    return document


def services(variables: Mapping[str, str] = SECRETS) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read(variables)["services"]
    return found


def variables() -> list[Variable]:
    """All that is filled in from outside, in the order of the file."""
    found = _VARIABLE.finditer(_without_comments())
    return [
        Variable(match["name"], match["rest"] if match["how"] == "-" else None, match["how"] == "?")
        for match in found
        if match["name"]
    ]


def raw_environments() -> dict[str, dict[str, str]]:
    """By service, as it stands in the file: what is filled in still has its `${…}`."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    return {name: service.get("environment", {}) for name, service in found.items()}


def dockerfile() -> list[tuple[str, str]]:
    """Instructions and their arguments, lines joined."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def entrypoint() -> list[str]:
    """What the image puts before a service's command."""
    (given,) = [argument for instruction, argument in dockerfile() if instruction == "ENTRYPOINT"]
    found: list[str] = json.loads(given)
    return found


def _filled(node: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _filled(value, variables) for name, value in node.items()}
    if isinstance(node, list):
        return [_filled(item, variables) for item in node]
    return _VARIABLE.sub(lambda match: _value(match, variables), node) if isinstance(node, str) else node


def _value(match: re.Match[str], variables: Mapping[str, str]) -> str:
    if match["dollar"]:
        return "$"
    given = variables.get(match["name"], "")
    if given or match["how"] is None:
        return given
    if match["how"] == "?":
        raise NotSet(f"{match['name']}: {match['rest']}")
    return str(match["rest"])


def _without_comments() -> str:
    return "\n".join(
        line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")
    )
