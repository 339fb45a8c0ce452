"""Fixtures for a fresh database of the current schema: SQLite in a file, and PostgreSQL on its standard port.

`database_url` runs a test once on each; `sessions` opens it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from servers import needs

from storage.database import Sessions, connect
from storage.migrate import upgrade

SERVER = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty, migrated database, gone after the test."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sessions(database_url: str) -> Iterator[Sessions]:
    engine = connect(database_url)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "earmark.sqlite"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql_template: str) -> Iterator[str]:
    with _own_database(template=postgresql_template) as name:
        yield f"{SERVER}/{name}"


@pytest.fixture
def empty_postgresql_url() -> Iterator[str]:
    """Without our schema."""
    needs(5432, "postgresql")
    with _own_database(template="template1") as name:
        yield f"{SERVER}/{name}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; a copy is made in a moment."""
    path = tmp_path_factory.mktemp("template") / "earmark.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    needs(5432, "postgresql")
    with _own_database(template="template1") as name:
        _migrate(f"{SERVER}/{name}")
        yield name


def _migrate(url: str) -> None:
    engine = connect(url)
    upgrade(engine)
    engine.dispose()


@contextmanager
def _own_database(*, template: str) -> Iterator[str]:
    """A database of a name that nobody else has, dropped at the end, whoever is still connected."""
    name = f"earmark_test_{uuid4().hex}"
    _run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield name
    _run(f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(statement: str) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
