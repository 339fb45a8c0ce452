"""What an engine or a classifier may know of the call beside its sound or words."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.conversation import Role
from models.tracker import Tracker


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Frozen, made once for each stage of each call."""

    language: str | None = None
    """ISO 639-1 if it is known from the metadata; None lets the engine detect it."""
    channel_roles: Mapping[int, Role] = field(default_factory=dict)
    direction: str | None = None
    """`inbound`, `outbound`, `internal` or None."""
    answered: bool | None = None
    vocabulary: tuple[str, ...] = ()
    """Names of the workspace (business, staff, brands): hotwords for engines, known words for classifiers."""
    business_name: str | None = None
    trackers: tuple[Tracker, ...] = ()
    """Those of the workspace that are switched on."""
