"""The settings as people read them: `.env.example` and the README's table, both made from the code."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earmark.settings import PREFIX, Settings
from models.errors import SettingsError

BEGIN, END = "<!-- settings -->", "<!-- /settings -->"
ROOT = Path(__file__).resolve().parent.parent
FOR_COMPOSE = (
    ("POSTGRES_PASSWORD", "", "Password that PostgreSQL is set up with; letters and digits, as part of an address."),
    ("REDIS_PASSWORD", "", "Password that Redis asks for; letters and digits."),
    ("MINIO_ROOT_USER", "", "Name of the owner of the object store; 3 characters or more."),
    ("MINIO_ROOT_PASSWORD", "", "Their password; 8 characters or more."),
    ("MINIO_IMAGE", "pgsty/silo:latest", "The object store's image; name a release in production."),
    ("EXTRAS", "", "Engines built into the image that not everybody wants: onnx, pyannote, or onnx,pyannote."),
)
"""What `docker-compose.yml` needs beside our own settings; EARMARK_SECRET_KEY and EARMARK_STORAGE_EVENTS_TOKEN too."""


@dataclass(frozen=True, slots=True)
class Setting:
    variable: str
    default: str
    """As it would be written into the environment; empty when there is none."""
    description: str
    group: str
    """The heading above it in `settings.py`."""


def all_settings() -> list[Setting]:
    groups = dict(_groups())
    return [
        Setting(PREFIX + name.upper(), _written(field.default), field.description or "", groups[name])
        for name, field in Settings.model_fields.items()
    ]


def as_env() -> str:
    """A `.env` in which every setting stands as a comment with its default."""
    lines = [
        "# Settings of Earmark. Copy this file to `.env`, take away the # before a setting, and change its value.",
        "# Variables of the environment go before this file. What stands here are the defaults.",
    ]
    group = ""
    for setting in all_settings():
        if setting.group != group:
            group = setting.group
            lines += ["", "", f"# {group}"]
        lines += ["", f"# {setting.description}", f"# {setting.variable}={setting.default}"]
    lines += [
        "",
        "",
        "# For docker-compose.yml alone, which also wants EARMARK_SECRET_KEY and EARMARK_STORAGE_EVENTS_TOKEN",
    ]
    for variable, default, description in FOR_COMPOSE:
        lines += ["", f"# {description}", f"# {variable}={default}"]
    return "\n".join(lines) + "\n"


def as_markdown() -> str:
    """A table, one row a setting."""
    lines = ["| variable | default | what it does |", "|---|---|---|"]
    group = ""
    for setting in all_settings():
        if setting.group != group:
            group = setting.group
            lines.append(f"| **{group}** | | |")
        default = f"`{setting.default}`" if setting.default else ""
        lines.append(f"| `{setting.variable}` | {default} | {setting.description.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def write_settings(root: Path = ROOT) -> list[Path]:
    """Write both texts where they belong; the files that changed. Raises SettingsError when the README has no place."""
    readme = root / "README.md"
    changed = _write(root / ".env.example", as_env())
    if readme.exists():
        changed += _write(readme, with_table(readme.read_text(encoding="utf-8")))
    return changed


def with_table(readme: str) -> str:
    """The README with the table of today between its two markers."""
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise SettingsError(f"README.md needs {BEGIN} and {END} once each, around the table of settings")
    before, rest = readme.split(BEGIN)
    return f"{before}{BEGIN}\n{as_markdown()}{END}{rest.split(END)[1]}"


def _write(path: Path, text: str) -> list[Path]:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return []
    path.write_text(text, encoding="utf-8")
    return [path]


def _groups() -> Iterator[tuple[str, str]]:
    group = ""
    for line in inspect.getsource(Settings).splitlines():
        if heading := re.fullmatch(r"    # (\w.*)", line):
            group = heading[1]
        elif field := re.match(r"    (\w+): ", line):
            yield field[1], group


def _written(default: Any) -> str:
    match default:
        case None:
            return ""
        case bool():
            return str(default).lower()
        case tuple():
            return ",".join(map(str, default))
        case _:
            return str(default)
