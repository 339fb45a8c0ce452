"""The toolbox of those who take calls in and leave the work to the workers."""

from collections.abc import Iterator
from contextlib import contextmanager

from earmark.settings import Settings
from earmark.wiring import wire
from pipeline.toolbox import Toolbox
from workers.celery_app import make_app, sender


def wire_sending(settings: Settings, *, owner: str | None = None) -> Toolbox:
    """Raises SettingsError for a broker of a kind that we do not know."""
    return wire(settings, send=sender(make_app(settings)), owner=owner)


@contextmanager
def sending_tools(settings: Settings) -> Iterator[Toolbox]:
    """The same, with its connections closed at the end."""
    app = make_app(settings)
    tools = wire(settings, send=sender(app))
    try:
        yield tools
    finally:
        tools.sessions.engine.dispose()
        app.close()
