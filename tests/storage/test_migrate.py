"""The migrations make what the tables say, on both databases, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from storage.database import connect
from storage.migrate import downgrade, is_current, upgrade
from storage.tables import Row


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """On a database without our schema."""
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}" if is_sqlite else request.getfixturevalue("empty_postgresql_url")
    opened = connect(url)
    yield opened
    opened.dispose()


def test_the_migrations_make_the_tables_as_they_are_written(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Row.metadata) == []


def test_they_go_down_to_nothing_and_up_again(engine: Engine) -> None:
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    downgrade(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade(engine)
    upgrade(engine)
    assert is_current(engine)


def test_a_partial_index_has_its_condition(engine: Engine) -> None:
    """The comparison above does not look at conditions; without one, two calls without bytes would be the same."""
    upgrade(engine)
    wanted = {index.name for table in Row.metadata.tables.values() for index in table.indexes if _condition(index)}
    has = {
        index["name"]
        for table in inspect(engine).get_table_names()
        for index in inspect(engine).get_indexes(table)
        if any(name.endswith("_where") for name in index.get("dialect_options", {}))
    }
    assert wanted == has


def _condition(index: object) -> bool:
    options = index.dialect_options  # type: ignore[attr-defined]
    assert (options["sqlite"]["where"] is None) == (options["postgresql"]["where"] is None)
    return options["sqlite"]["where"] is not None
