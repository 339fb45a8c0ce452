"""What the verbs work with. `earmark.wiring` makes it from the settings; tests make it from stand-ins."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from attribution.exporter import Exporter
from attribution.models import Model, Terms
from audio.decoding.raw import RawFormat
from classifiers.classifier import Classifier
from classifiers.settle import Thresholds
from diarization.diarizer import Diarizer
from storage.database import Sessions
from storage.deliveries import Destination
from storage.objects.store import ObjectStore
from storage.vault import Vault
from storage.work import DueWork
from transcription.transcriber import Transcriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what is taken in."""

    seconds: float = 6 * 3600
    """Longest recording."""
    bytes: int = 2 * 1024**3
    """Largest recording."""
    raw_format: RawFormat | None = None
    """How sound is read that has neither a header nor a telling name."""
    fetch_seconds: float = 600
    """Longest download of a recording from a URL."""
    private_addresses: bool = False
    """Whether a URL may lead to this machine or its private network."""
    drop_prefix: str = "inbox/"
    """Where calls land by themselves until other sources are set."""
    drop_settle_seconds: float = 10
    """A dropped file is taken when it has stood still for this long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """Engines are functions, so that a process that doesn't need one never loads it."""

    sessions: Sessions
    objects: ObjectStore
    vault: Vault
    transcriber: Callable[[str | None], Transcriber]
    """The engine for a language (None: not known yet). Raises NoEngine."""
    warm: Callable[[], None] = lambda: None
    """Load the speech engines that are here before a call needs them; any thread may call it."""
    diarizer: Callable[[], Diarizer]
    classifiers: Callable[[], Sequence[Classifier]]
    exporter: Callable[[Destination], Exporter]
    send: Callable[[Sequence[DueWork]], None]
    """Tells the workers what is due. It never raises: a message that is lost is sent again by the sweep."""
    owner: str
    """Who claims work: names one process for ever."""
    scratch: Path
    """A folder for files in passing."""
    thresholds: Thresholds = field(default_factory=Thresholds)
    limits: Limits = field(default_factory=Limits)
    lead_silence: timedelta = timedelta(days=30)
    """After so long without a call a caller who calls again is a new lead, unless the workspace says otherwise."""
    credit_model: Model = Model.LAST_TOUCH
    """How the records that are written share out the credit of their calls."""
    credit_terms: Terms = field(default_factory=Terms)
    number_window: timedelta = timedelta(minutes=60)
    """For so long a tracking number that was shown leads a call to the session that it was shown to."""

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction; after its commit the workers are told what it made due."""
        with self.sessions.write() as session:
            yield session
            due = session.info.get("due", ())
        if due:
            self.send(due)
