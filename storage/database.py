"""Engine and sessions: SQLite in WAL mode by default, PostgreSQL by its address."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import URL, ColumnElement, Engine, ExceptionContext, QueuePool, create_engine, event, func, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from models.errors import SettingsError

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another one in SQLite."""

IDLE_SECONDS = 60
"""A transaction that says nothing for so long is ended by PostgreSQL; ours are short, and work goes on outside them."""


def connect(url: str, *, pool_size: int = 15) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`. Nothing is opened before the first use.

    Raises SettingsError for an address of another kind.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address, pool_size)
    engine = create_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,  # an error's text is logged; what was to be written is nobody's business
        connect_args={"connect_timeout": 10},
    )
    event.listen(engine, "handle_error", _without_detail)
    event.listen(engine, "connect", _let_go_of_the_lost)
    return engine


def _let_go_of_the_lost(connection: Any, _: object) -> None:
    """A machine that lost its power in a transaction holds its locks until the server notices: by default in hours."""
    connection.autocommit = True
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
    connection.autocommit = False


def _without_detail(context: ExceptionContext) -> None:
    """PostgreSQL's own text quotes the row that it refused, with all that is in it."""
    refused, told = context.original_exception, context.sqlalchemy_exception
    diagnosis = getattr(refused, "diag", None)
    if told is not None and diagnosis is not None and diagnosis.message_primary:
        refused.args = (diagnosis.message_primary,)
        told.args = (f"({type(refused).__name__}) {diagnosis.message_primary}",)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        # Not shown: it may hold a password.
        raise SettingsError(
            "EARMARK_DATABASE_URL is no database address; set sqlite:///path/to/file or postgresql://user@host/name"
        ) from None
    if address.drivername in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingsError(
            f"EARMARK_DATABASE_URL names {address.drivername!r}; set sqlite:///path/to/file or postgresql://user@host/name"
        )
    return address


def _sqlite(address: URL, pool_size: int) -> Engine:
    engine = create_engine(
        address,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we write BEGIN ourselves: the driver would delay it
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # NORMAL may lose the last commits with the power
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A reader that becomes a writer cannot wait for another writer; so writers say so at once.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


class Sessions:
    """Sessions on one database, for reading or for writing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writes=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A short look: what it changes is rolled back."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by any exception."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session


def moment(session: Session, plus: timedelta = timedelta()) -> ColumnElement[datetime] | datetime:
    """Now, by the database's own clock where it has one, so that workers with other clocks agree on a lease."""
    if session.get_bind().dialect.name == "postgresql":
        return func.clock_timestamp() + plus
    return datetime.now(UTC) + plus
