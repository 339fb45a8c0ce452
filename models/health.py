"""What can be said of a recording's sound: numbers, times, and whether words from it can be trusted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from models.conversation import Role


class Verdict(StrEnum):
    CLEAR = "clear"
    LOWERED = "lowered"
    """Words can be had, but are less sure: confidences are multiplied by `Health.factor`."""
    WITHHELD = "withheld"
    """Whatever an engine writes here is not to be believed."""


class Severity(StrEnum):
    NOTES = "notes"
    """Worth telling; the words of the side that speaks are as good as ever."""
    LOWERS = "lowers"
    WITHHOLDS = "withholds"


class FindingKind(StrEnum):
    NO_SOUND = "no_sound"
    NO_SPEECH = "no_speech"
    SIDE_MISSING = "side_missing"
    ONE_SOUND = "one_sound"
    """Two channels carry the same: a mono call stored as stereo."""
    QUIET = "quiet"
    UNEVEN = "uneven"
    """One side is far quieter than the other."""
    NOISY = "noisy"
    CLIPPED = "clipped"
    DROPOUTS = "dropouts"
    NARROW = "narrow"
    BLEED = "bleed"


class EventKind(StrEnum):
    MUSIC = "music"
    RINGING = "ringing"
    BUSY = "busy"
    """Engaged or congestion tone."""
    BEEP = "beep"
    TONE = "tone"
    """One that lasts: a dial tone, a test tone."""
    DIGITS = "digits"
    """Keys pressed (DTMF); which ones is not kept: they may be a card number."""
    FAX = "fax"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundEvent:
    """Something heard that is no speech. Seconds."""

    kind: EventKind
    channel: int
    start: float
    end: float
    count: int = 1
    """Of digits: how many; of ringing and busy tone: how many bursts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One side is heard on the other's channel as well."""

    channel: int
    """Where it does not belong."""
    source: int
    db: float
    """How loud it is there against its own channel; below 0."""
    delay: float
    """Seconds by which it comes later; below 0 when the recorder shifts its channels."""
    spans: tuple[tuple[float, float], ...] = ()
    """Where it was heard, as far as looked: seconds, to about half a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelHealth:
    """Of one channel. None: it cannot be told."""

    channel: int
    peak_db: float | None = None
    """dB below full scale; None: digital silence throughout."""
    speech_db: float | None = None
    """Root mean square of the speech, dB below full scale."""
    noise_db: float | None = None
    snr: float | None = None
    """dB between speech and the quiet frames around it."""
    clipped: float = 0.0
    """Share of the speech's samples that stand at a limit."""
    bandwidth: float | None = None
    """Hz up to which speech is carried, whatever the sample rate."""
    silence: float = 0.0
    """Share of the recording in which nobody speaks and no tone or music is heard."""
    speech: float = 0.0
    """Seconds."""
    dropouts: int = 0
    dropout_seconds: float = 0.0
    dropout_times: tuple[tuple[float, float], ...] = ()
    """The first of them; `dropouts` counts all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A number on the wrong side of its limit."""

    kind: FindingKind
    severity: Severity
    channel: int | None = None
    """None: of the whole recording."""
    value: float
    limit: float
    factor: float = 1.0
    """0 to 1: by what confidences are multiplied for it."""
    text: str
    """One sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Of a recording; kept as JSON beside the call."""

    channels: tuple[ChannelHealth, ...] = ()
    events: tuple[SoundEvent, ...] = ()
    """Ordered by start."""
    leaks: tuple[Leak, ...] = ()
    findings: tuple[Finding, ...] = ()
    one_sound: bool = False
    """All channels carry the same sound."""

    @property
    def verdict(self) -> Verdict:
        severities = {finding.severity for finding in self.findings}
        if Severity.WITHHOLDS in severities:
            return Verdict.WITHHELD
        return Verdict.LOWERED if Severity.LOWERS in severities else Verdict.CLEAR

    @property
    def factor(self) -> float:
        """By what confidences are to be multiplied: that of the worst finding, and 0 where they are withheld."""
        if self.verdict is Verdict.WITHHELD:
            return 0.0
        return min((finding.factor for finding in self.findings), default=1.0)

    def named(self, names: Mapping[int, str]) -> "Health":
        """The same, with `channel 0` in the sentences replaced by what people call it, such as `the caller's side`."""
        findings = tuple(replace(finding, text=_named(finding.text, names)) for finding in self.findings)
        return replace(self, findings=findings)

    def to_document(self) -> dict[str, Any]:
        """Plain values for a JSON column; `verdict` and `factor` are there to be read and queried."""
        return {**asdict(self), "verdict": str(self.verdict), "factor": self.factor}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Health":
        """What `to_document` gave, by this or another version: what is unknown or misses what it needs is left out."""
        return cls(
            channels=_read(ChannelHealth, document.get("channels")),
            events=_read(SoundEvent, document.get("events")),
            leaks=_read(Leak, document.get("leaks")),
            findings=_read(Finding, document.get("findings")),
            one_sound=bool(document.get("one_sound", False)),
        )


def side_names(roles: Mapping[int, Role]) -> dict[int, str]:
    """What people call the channels, for `Health.named`."""
    return {number: f"the {role.value}'s side" for number, role in roles.items()}


def _named(text: str, names: Mapping[int, str]) -> str:
    for number, name in names.items():
        text = text.replace(f"channel {number}", name)
    return text[:1].upper() + text[1:]


T = TypeVar("T")

_ENUMS: dict[type, Any] = {SoundEvent: {"kind": EventKind}, Finding: {"kind": FindingKind, "severity": Severity}}


def _read(kind: type[T], rows: Any) -> tuple[T, ...]:
    return tuple(made for row in rows or () if isinstance(row, Mapping) and (made := _made(kind, row)) is not None)


def _made(kind: type[T], row: Mapping[str, Any]) -> T | None:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    values = {name: _tupled(value) for name, value in row.items() if name in known}
    try:
        for name, enum in _ENUMS.get(kind, {}).items():
            values[name] = enum(values[name])
        return kind(**values)
    except (KeyError, TypeError, ValueError):
        return None


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list | tuple) else value
