"""API keys: shown once when they are made, kept as a hash."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.errors import BadInput, Conflict, Denied, NotFound
from storage import tables

SCOPES = {
    "calls:read": "list calls, read transcripts, tags and recordings",
    "calls:write": "send calls, correct tags, erase calls",
    "trackers:write": "set and remove trackers and campaign words",
    "numbers:write": "add and remove tracking numbers",
    "touchpoints:write": "send touchpoints",
    "records:read": "read the feed of attribution records",
    "storage:notify": "tell that an object has landed in the bucket",
}
"""What a key may be allowed to do."""

LAST_USED_STEP = timedelta(minutes=1)
"""`last_used_at` is written at most this often, so that reading does not become writing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    workspace_id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    created_at: datetime
    until: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def create_key(
    session: Session, *, workspace_id: int, name: str, scopes: Sequence[str], until: datetime | None = None
) -> str:
    """The key in clear, for the only time. Raises BadInput for an unknown scope, Conflict for a name that is taken."""
    for scope in scopes:
        if scope not in SCOPES:
            raise BadInput(f"there is no scope {scope!r}; there are: {', '.join(SCOPES)}")
    if not name.strip():
        raise BadInput("a key needs a name, so that you know later which one to revoke")
    prefix = secrets.token_hex(4)
    key = f"em_{prefix}_{secrets.token_urlsafe(32)}"
    row = tables.ApiKey(
        workspace_id=workspace_id,
        name=name,
        prefix=prefix,
        hash=_hash(key),
        scopes=list(scopes),
        created_at=datetime.now(UTC),
        until=until,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict(f"there is a key named {name!r} already; revoke it first or choose another name") from None
    return key


def check_key(session: Session, key: str) -> ApiKey:
    """Whose key it is. Raises Denied when it is unknown, revoked or past its time."""
    prefix = key.split("_")[1] if key.count("_") >= 2 else ""
    found = session.scalar(select(tables.ApiKey).where(tables.ApiKey.prefix == prefix))
    if found is None or not hmac.compare_digest(found.hash, _hash(key)):
        raise Denied("this API key is not known here; `earmark keys create NAME` makes one")
    now = datetime.now(UTC)
    if found.revoked_at is not None:
        raise Denied(f"the API key {found.name!r} was revoked on {found.revoked_at:%Y-%m-%d}")
    if found.until is not None and found.until <= now:
        raise Denied(f"the API key {found.name!r} ran out on {found.until:%Y-%m-%d}")
    return _key(found)


def used(session: Session, *, prefix: str) -> None:
    """Note the use of a key."""
    found = session.scalar(select(tables.ApiKey).where(tables.ApiKey.prefix == prefix))
    if found is not None:
        found.last_used_at = datetime.now(UTC)


def is_use_due(key: ApiKey) -> bool:
    """Whether the last noted use is old enough to note this one."""
    return key.last_used_at is None or datetime.now(UTC) - key.last_used_at > LAST_USED_STEP


def list_keys(session: Session, *, workspace_id: int) -> list[ApiKey]:
    rows = session.scalars(
        select(tables.ApiKey).where(tables.ApiKey.workspace_id == workspace_id).order_by(tables.ApiKey.id)
    )
    return [_key(row) for row in rows]


def revoke_key(session: Session, *, workspace_id: int, name: str) -> None:
    """Its name is free again. Raises NotFound."""
    found = session.scalar(
        select(tables.ApiKey).where(
            tables.ApiKey.workspace_id == workspace_id,
            tables.ApiKey.name == name,
            tables.ApiKey.revoked_at.is_(None),
        )
    )
    if found is None:
        raise NotFound(f"there is no key named {name!r}; `earmark keys list` shows them")
    found.revoked_at = datetime.now(UTC)
    found.name = f"{name} (revoked {found.prefix})"
    session.flush()


def _key(row: tables.ApiKey) -> ApiKey:
    return ApiKey(
        workspace_id=row.workspace_id,
        name=row.name,
        prefix=row.prefix,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        until=row.until,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )


def _hash(key: str) -> str:
    # A key has 256 random bits: a plain hash is enough, nobody tries them all.
    return hashlib.sha256(key.encode()).hexdigest()
