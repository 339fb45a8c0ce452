"""How Alembic reaches the database: by the connection it is given, else by `alembic.ini`."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from storage.database import connect
from storage.tables import Row, UtcTime


def render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write our own types as the plain ones they are stored as."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare(*columns: Any) -> bool | None:
    """Times are compared as the plain type they are stored as."""
    return False if isinstance(columns[-1], UtcTime) else None


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_item=render,
        compare_type=compare,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with connect(context.config.get_main_option("sqlalchemy.url") or "").connect() as opened:
        migrate(opened)
        opened.commit()
