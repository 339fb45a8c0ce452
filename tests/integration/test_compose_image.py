"""What `Dockerfile` puts into the image, and who runs it."""

import json
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from compose_file import OURS, ROOT, SECRETS, dockerfile, entrypoint, services

NEEDED = (
    "earmark/cli.py",
    "migrations/env.py",
    "migrations/script.py.mako",
    "samples/calls/01-google-ad.ogg",
    "README.md",
)
"""Some of what is read at run time, or to install."""
KEPT_OUT = (".env", ".env.production", ".git/config", ".venv/bin/python", "data/secret.key", "tests/conftest.py")


def arguments(instruction: str) -> list[str]:
    return [argument for found, argument in dockerfile() if found == instruction]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def is_left_out(path: str) -> bool:
    """By `.dockerignore`: the last line that fits decides, and a folder takes along what is in it."""
    parts = path.split("/")
    prefixes = ["/".join(parts[: length + 1]) for length in range(len(parts))]
    left_out = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!")
        anywhere = pattern.startswith("**/")
        names = parts if anywhere else prefixes
        if any(fnmatch(name, pattern.removeprefix("**/")) for name in names):
            left_out = not line.startswith("!")
    return left_out


def test_what_is_copied_is_there() -> None:
    sources = [source for copy in arguments("COPY") for source in copy.split()[:-1]]
    assert sources
    assert all((ROOT / source).exists() and not is_left_out(source) for source in sources)


@pytest.mark.parametrize("path", NEEDED)
def test_what_is_needed_is_in_it(path: str) -> None:
    assert (ROOT / path).exists()
    assert not is_left_out(path)


@pytest.mark.parametrize("path", KEPT_OUT)
def test_what_is_secret_or_useless_is_not(path: str) -> None:
    assert is_left_out(path)


def test_every_package_of_the_product_is_in_it() -> None:
    patterns = project()["tool"]["setuptools"]["packages"]["find"]["include"]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split(
        "\n"
    )
    ours = [path for path in tracked if any(fnmatch(path.split("/")[0], pattern) for pattern in patterns)]
    assert len(ours) > 100
    assert [path for path in ours if is_left_out(path)] == []


def test_its_command_is_ours() -> None:
    (program,) = entrypoint()
    assert program in project()["project"]["scripts"]
    assert arguments("CMD") == [json.dumps(["serve"])]


@pytest.mark.parametrize("name", OURS)
def test_the_commands_of_the_services_are_known(name: str) -> None:
    """An unknown command or option is refused before `--help` is looked at."""
    program = str(Path(sys.executable).with_name(entrypoint()[0]))
    service = services()[name]
    _, checked, *check = service["healthcheck"].get("test", ["CMD", *entrypoint(), "health", "api"])
    assert [checked] == entrypoint()
    for command in (service["command"], check):
        shown = subprocess.run([program, *command, "--help"], check=False, capture_output=True, text=True, timeout=60)
        assert shown.returncode == 0, shown.stderr


def test_whoever_runs_it_may_write_nothing_but_data() -> None:
    (user,) = arguments("USER")
    assert re.fullmatch(r"[1-9]\d+", user), "a number, which Kubernetes can tell from root"
    kinds = [instruction for instruction, _ in dockerfile()]
    assert max(index for index, kind in enumerate(kinds) if kind in ("COPY", "RUN")) < kinds.index("USER")
    (volume,) = arguments("VOLUME")
    assert f"EARMARK_DATA_DIR={volume}" in arguments("ENV")[0]
    assert all(services()[name]["environment"]["EARMARK_DATA_DIR"] == volume for name in OURS)


def test_its_python_is_one_that_the_product_runs_on() -> None:
    (base,) = arguments("FROM")
    version = re.fullmatch(r"python:3\.(\d+)-slim-\w+", base)
    assert version
    least, below = re.findall(r"3\.(\d+)", project()["project"]["requires-python"])
    assert int(least) <= int(version[1]) < int(below)


def test_the_engines_that_may_be_built_in_are_extras_of_the_project() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (named,) = re.findall(r"^# `([\w,]+)`, `[\w,]+` or `([\w,]+)`: engines", text, re.MULTILINE)
    assert set(",".join(named).split(",")) <= set(project()["project"]["optional-dependencies"])
    built = services({**SECRETS, "EXTRAS": "onnx"})["api"]["build"]
    assert built["args"] == {"EXTRAS": "onnx"}
