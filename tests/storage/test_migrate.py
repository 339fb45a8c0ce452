"""The migrations make what the tables say, on both databases, and can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlalchemy.orm import Session

from models.conversation import Conversation, Role, Turn
from models.transcript import Transcript, Word
from storage import calls, transcripts, workspaces
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


def test_a_call_of_the_first_schema_is_read_by_this_version(engine: Engine) -> None:
    upgrade(engine)
    spoken = Transcript(words=(Word("hello"),), language="en", engine="one", duration=2.0, channels=1)
    with Session(engine) as session:
        workspace = workspaces.ensure(session).id
        call_id = calls.insert(session, workspace_id=workspace, identity=calls.Identity(), lane="live", origin="a.wav")
        assert call_id is not None
        owned = {"workspace_id": workspace, "call_id": call_id, "key": "k"}
        transcript_id = transcripts.save(session, spoken, **owned)  # type: ignore[arg-type]
        turns = (Turn(0, Role.CALLER, spoken.words, (0,)),)
        said = Conversation(turns=turns, language="en", diarizer="by_channel")
        conversation_id = transcripts.save_conversation(session, said, transcript_id=transcript_id, **owned)  # type: ignore[arg-type]
        session.commit()
    downgrade(engine, "0001")
    upgrade(engine)
    with Session(engine) as session:
        assert transcripts.get(session, transcript_id=transcript_id).transcript == spoken
        assert transcripts.get_conversation(session, conversation_id=conversation_id).conversation == said


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
