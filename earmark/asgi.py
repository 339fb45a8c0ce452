"""For an ASGI server: `uvicorn --factory earmark.asgi:create`."""

from fastapi import FastAPI

from earmark.logs import set_up_logs
from earmark.serve import api_of
from earmark.settings import read_settings


def create() -> FastAPI:
    """The API with the settings of the environment. Raises SettingsError."""
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format)
    return api_of(settings)
