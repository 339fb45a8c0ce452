"""For Celery's own command: `celery -A workers.app worker -Q speech.live,speech.bulk`."""

from earmark.settings import read_settings
from workers.celery_app import make_app
from workers.tasks import add_tasks

_settings = read_settings()
app = make_app(_settings, works=True)
add_tasks(app, _settings)
