"""What a command works with: settings, and a toolbox on a database that has this version's schema."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from earmark.settings import Settings
    from pipeline.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    settings: "Settings"
    tools: "Toolbox"
    workspace_id: int
    region: str | None
    """ISO 3166 code in which local phone numbers are read."""

    @property
    def log_file(self) -> "Path":
        """Where logs go, so that they do not run through what a command prints."""
        return log_file_of(self.settings)


def log_file_of(settings: "Settings") -> "Path":
    return settings.data_dir / "logs" / "earmark.log"


def open_here(settings: "Settings | None" = None) -> Opened:
    """Settings from the environment unless given. Raises SettingsError when the database cannot be used."""
    from earmark.logs import set_up_logs
    from earmark.settings import read_settings
    from pipeline.sources import ensure_default
    from storage import workspaces
    from workers.sending import wire_sending

    settings = settings or read_settings()
    make_data_dir(settings)
    set_up_logs(settings.log_level, file=log_file_of(settings))
    tools = wire_sending(settings)
    prepare_database(tools.sessions.engine)
    ensure_default(tools)
    with tools.sessions.read() as session:
        workspace = workspaces.get(session)
    return Opened(settings=settings, tools=tools, workspace_id=workspace.id, region=workspace.region)


def make_data_dir(settings: "Settings") -> None:
    """Raises SettingsError when there can be none, or it may not be written."""
    folder, fault = settings.data_dir.absolute(), ""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fault = f"cannot be made: {error.strerror}"
    if fault or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(
            f"the data folder {folder} {fault or 'cannot be written by this user'}; set EARMARK_DATA_DIR"
        )


def prepare_database(engine: "Engine") -> None:
    """A local file is brought to this schema at once; a server only by `earmark migrate`, when its operator says so."""
    from storage import migrate

    with database_errors(engine):
        if migrate.is_current(engine):
            return
        if engine.dialect.name != "sqlite":
            shown = engine.url.render_as_string(hide_password=True)
            raise SettingsError(f"the database {shown} has another schema than this version; run `earmark migrate`")
        migrate.upgrade(engine)


def upgrade(settings: "Settings") -> str:
    """Run the missing migrations; the database's address without its password. Raises SettingsError."""
    from storage import migrate
    from storage.database import connect

    make_data_dir(settings)
    engine = connect(settings.database)
    try:
        with database_errors(engine):
            migrate.upgrade(engine)
        return engine.url.render_as_string(hide_password=True)
    finally:
        engine.dispose()


@contextmanager
def database_errors(engine: "Engine") -> Iterator[None]:
    """A database that cannot be used is a matter of settings for whoever typed the command."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise SettingsError(
            f"the database {shown} cannot be used: {reason}; check EARMARK_DATABASE_URL and EARMARK_DATA_DIR, "
            "then `earmark doctor`"
        ) from error
