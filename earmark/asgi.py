"""For an ASGI server: `uvicorn --factory earmark.asgi:create`."""

from importlib.metadata import version

from fastapi import FastAPI

from api.app import create_app
from earmark.logs import set_up_logs
from earmark.settings import read_settings
from workers.sending import wire_sending


def create() -> FastAPI:
    """The API with the settings of the environment. Raises SettingsError."""
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    return create_app(wire_sending(settings), threads=settings.threads, version=version("earmark"))
