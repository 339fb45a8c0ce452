"""Make ready what Earmark stands on: schema, bucket, the store's notifications. Harmless when it is ready."""

from earmark.settings import Settings
from earmark.wiring import object_store
from models.errors import SettingsError
from pipeline.sources import ensure_default
from storage import migrate
from storage.objects import BucketStore
from workers.sending import wire_sending


def set_up(settings: Settings) -> list[str]:
    """What was made sure of, a line each. Raises SettingsError, StoreFailed."""
    tools = wire_sending(settings)
    migrate.upgrade(tools.sessions.engine)
    ensure_default(tools)
    store = object_store(settings)
    store.check()
    done = ["the database has this version's schema", "the object store can be written and read"]
    if settings.s3_notify_arn is not None:
        if not isinstance(store, BucketStore):
            raise SettingsError("EARMARK_S3_NOTIFY_ARN is set, and there is no bucket: set EARMARK_S3_ENDPOINT too")
        done.append(_told(settings, does_tell=store.tell_landings(settings.s3_notify_arn)))
    return done


def _told(settings: Settings, *, does_tell: bool) -> str:
    if does_tell:
        return f"the bucket tells {settings.s3_notify_arn} what lands in it"
    return (
        "the object store has no bucket notifications, so EARMARK_S3_NOTIFY_ARN does nothing there: "
        f"the sweep finds what lands, every {settings.sweep:g} seconds"
    )
