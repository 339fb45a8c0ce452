"""What an engine gives away in its errors, and what its columns hold. On both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.errors import SettingsError
from storage import recordings, tables, workspaces
from storage.database import Sessions, connect

NUMBER = "+12025550117"


def test_an_error_does_not_say_what_was_to_be_written(sessions: Sessions) -> None:
    with pytest.raises(SQLAlchemyError) as caught, sessions.write() as session:
        session.execute(text("INSERT INTO caller (phone_hash) VALUES (:number)"), {"number": NUMBER})
    assert NUMBER not in str(caught.value)


@pytest.mark.servers
def test_a_transaction_of_a_lost_machine_lets_go_of_its_locks(postgresql_url: str) -> None:
    engine = connect(postgresql_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "1min"
    engine.dispose()


@pytest.mark.parametrize("url", ["postgresql//me:secret@host", "postgresql://me:secret@host:port/name"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match="EARMARK_DATABASE_URL") as caught:
        connect(url)
    assert "secret" not in str(caught.value)


def test_sizes_and_numbers_of_the_feed_may_be_larger_than_32_bits(sessions: Sessions) -> None:
    large = 2**40
    with sessions.write() as session:
        workspace_id = workspaces.ensure(session).id
        session.get_one(tables.Workspace, workspace_id).event_seq = large
        saved = recordings.add(session, workspace_id=workspace_id, sha256="a", object_key="recordings/a", size=large)
        assert saved.size == large
        assert session.get_one(tables.Workspace, workspace_id).event_seq == large
