"""Settings to a Toolbox: the one place where it is decided which engine, store and database stand behind the words."""

import os
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import psutil

import attribution.exporters
from attribution.exporter import Exporter
from attribution.models import Terms
from audio.decoding.raw import raw_format
from earmark.classifiers import check_classifiers, make_classifiers, thresholds
from earmark.diarizers import check_diarizer, make_diarizer
from earmark.plugins import find
from earmark.settings import Settings, place_caches
from models.errors import SettingsError
from pipeline.toolbox import Limits, Toolbox
from storage.database import Sessions, connect
from storage.deliveries import Destination
from storage.objects.bucket import BucketOptions, BucketStore
from storage.objects.folder import FolderStore
from storage.objects.keys import check_key
from storage.objects.store import ObjectStore
from storage.vault import Vault
from storage.work import DueWork
from transcription.choose import parse_wishes

Send = Callable[[Sequence[DueWork]], None]


def wire(settings: Settings, *, send: Send, owner: str | None = None) -> Toolbox:
    """A toolbox of this process. Nothing is opened and no engine loaded before its first use.

    Make it after a fork: neither database connections nor engines survive one.
    """
    from earmark.engines import Engines

    place_caches(settings.data_dir)
    engines = Engines(settings)
    return Toolbox(
        sessions=Sessions(connect(settings.database, pool_size=settings.threads)),
        objects=object_store(settings),
        vault=Vault(*settings.secrets()),
        transcriber=engines.engine,
        warm=engines.warm,
        diarizer=cache(lambda: make_diarizer(settings)),
        classifiers=cache(lambda: make_classifiers(settings)),
        thresholds=thresholds(settings),
        exporter=_exporter,
        send=send,
        owner=owner or process_name(),
        scratch=settings.data_dir / "scratch",
        limits=Limits(
            seconds=settings.max_seconds,
            bytes=settings.max_bytes,
            raw_format=raw_format(settings.raw_format) if settings.raw_format else None,
            fetch_seconds=settings.fetch_seconds,
            private_addresses=settings.allow_private_urls,
            drop_prefix=settings.drop_prefix,
            drop_settle_seconds=settings.drop_settle_seconds,
        ),
        lead_silence=timedelta(days=settings.lead_silence_days),
        credit_model=settings.credit_model,
        credit_terms=_credit_terms(settings),
        number_window=timedelta(minutes=settings.number_window_minutes),
    )


def check_names(settings: Settings) -> None:
    """Raises SettingsError for an engine, diarizer or classifier that there is not, naming the variable."""
    parse_wishes(settings.transcriber)
    check_diarizer(settings)
    check_classifiers(settings)


def process_name() -> str:
    """Names this process for ever: host, process id, and when it started."""
    process = psutil.Process(os.getpid())
    return f"{socket.gethostname()}/{process.pid}/{process.create_time():.2f}"


def object_store(settings: Settings) -> ObjectStore:
    """Raises SettingsError for half a configuration."""
    if settings.s3_endpoint is None:
        return FolderStore(settings.data_dir / "store")
    if not settings.s3_access_key or not settings.s3_secret_key:
        raise SettingsError("EARMARK_S3_ENDPOINT is set; EARMARK_S3_ACCESS_KEY and EARMARK_S3_SECRET_KEY are missing")
    return BucketStore(
        BucketOptions(
            endpoint=settings.s3_endpoint,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key.get_secret_value(),
            bucket=settings.s3_bucket,
            secure=settings.s3_secure,
            region=settings.s3_region,
            prefix=settings.s3_prefix,
            may_create=settings.s3_create_bucket,
            temporary_folder=settings.data_dir / "scratch",
        )
    )


def make_drop_folder(settings: Settings, prefix: str) -> Path | None:
    """The folder into which people put recordings, made where it is missing; None: the store is no folder.

    Raises RefusedAddress for a prefix that leads out of the store.
    """
    if settings.s3_endpoint is not None:
        return None
    check_key(f"{prefix}x")
    folder = settings.data_dir / "store" / prefix
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _credit_terms(settings: Settings) -> Terms:
    first, last = settings.credit_position
    return Terms(
        half_life=timedelta(days=settings.credit_half_life_days),
        first=Fraction(first),
        last=Fraction(last),
        stated=Fraction(settings.credit_stated),
    )


def _exporter(destination: Destination) -> Exporter:
    exporter: Exporter = find(attribution.exporters, destination.exporter)(destination.options, destination.secret)
    return exporter
