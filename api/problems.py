"""Every kind of error that the API answers with: RFC 9457 problem details."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from models import errors

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/docs/problems#"
"""A kind's `type`: a relative address, where the kind is explained."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; `name` is stable."""

    name: str
    status: int
    title: str
    advice: str
    """For whoever reads of it in the documentation."""


NO_KEY = Kind("no-key", 401, "An API key is needed", "Send `Authorization: Bearer em_…` with a key that is valid.")
NO_SCOPE = Kind("no-scope", 403, "The API key may not do this", "Use a key with the scope that `detail` names.")
NOT_JSON = Kind("not-json", 400, "The body is not JSON", "Mend the body; `detail` says where it breaks.")
BROKEN_FORM = Kind("broken-form", 400, "The form cannot be read", "Send `multipart/form-data`, whole.")
INVALID = Kind("invalid", 422, "Some values are wrong", "`errors` names each field, its value and what is expected.")
TOO_LARGE = Kind("too-large", 413, "More than is taken in", "Send less, or raise the limit that `detail` names.")
MEDIA = Kind("media-type", 415, "This kind of body is not taken", "Send JSON or `multipart/form-data`.")
UNKNOWN_CURSOR = Kind("unknown-cursor", 422, "The cursor is not one of ours", "Begin again without it.")
OUT_OF_RANGE = Kind("out-of-range", 416, "The recording has no such bytes", "`Content-Range` says how many it has.")
NOT_READY = Kind("not-ready", 503, "Not ready to work", "`errors` says what is wrong and how to mend it.")
DATABASE_AWAY = Kind("database-away", 503, "The database does not answer", "Try again; `/readyz` says what is wrong.")
UNEXPECTED = Kind("unexpected", 500, "Our own error", "Tell whoever runs the service the `request_id`: the log has it.")

BY_ERROR: Mapping[type[errors.EarmarkError], Kind] = {
    errors.BadRecording: Kind("bad-recording", 422, "The recording cannot be read", "Send one that plays."),
    errors.RefusedAddress: Kind("refused-address", 422, "The address is not opened", "Name one that may be opened."),
    errors.BadInput: Kind("bad-input", 422, "What was sent cannot be taken", "`detail` names the value."),
    errors.NoEngine: Kind("no-engine", 422, "No engine reads this language", "Install one; `earmark doctor` says how."),
    errors.NotFound: Kind("not-found", 404, "There is no such thing", "Look it up in a list of this workspace."),
    errors.Denied: NO_KEY,
    errors.Conflict: Kind("conflict", 409, "Its state forbids this", "Read it again, then decide."),
    errors.SettingsError: Kind("settings", 500, "A setting is wrong", "Whoever runs the service must change it."),
    errors.EngineFailed: Kind("engine-failed", 503, "An engine broke", "Try again."),
    errors.StoreFailed: Kind("store-failed", 503, "The object store does not answer", "Try again in a moment."),
    errors.FetchFailed: Kind("fetch-failed", 503, "A recording could not be downloaded", "Try again in a moment."),
    errors.DeliveryFailed: Kind("delivery-failed", 502, "A receiver did not take it", "Look at the receiver."),
    errors.LeaseLost: Kind("lease-lost", 409, "Somebody else was faster", "Read it again."),
    errors.EarmarkError: Kind("failed", 500, "It did not work", "`detail` says why."),
}
"""Our errors; of an error that is not listed, the class above it counts."""

KINDS: tuple[Kind, ...] = (
    NO_KEY,
    NO_SCOPE,
    NOT_JSON,
    BROKEN_FORM,
    INVALID,
    TOO_LARGE,
    MEDIA,
    UNKNOWN_CURSOR,
    OUT_OF_RANGE,
    NOT_READY,
    DATABASE_AWAY,
    UNEXPECTED,
    *(kind for kind in BY_ERROR.values() if kind is not NO_KEY),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One value that is wrong. `field` is its path: `query.limit`, `tracking.touchpoints.0.at`."""

    field: str
    value: Any
    detail: str


class Problem(Exception):
    """An answer that is an error. `detail` is a sentence for people: the value, and what to do."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Answer:
    """A problem as it is sent."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def of_error(error: errors.EarmarkError) -> Problem:
    kind = next(BY_ERROR[known] for known in type(error).__mro__ if known in BY_ERROR)
    headers = {"Retry-After": "5"} if kind.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    if kind is NO_KEY:
        headers["WWW-Authenticate"] = 'Bearer realm="earmark", error="invalid_token"'
    return Problem(kind, str(error), headers=headers)


def answer_of(problem: Problem, *, request_id: str) -> Answer:
    body: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{problem.kind.name}",
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": problem.detail,
        "request_id": request_id,
    }
    if problem.faults:
        body["errors"] = [{"field": f.field, "value": f.value, "detail": f.detail} for f in problem.faults]
    return Answer(problem.kind.status, body, problem.headers)


def plain_answer(status: int, detail: str, *, request_id: str, headers: Mapping[str, str]) -> Answer:
    """A problem of HTTP itself: its `type` is `about:blank`, its title that of the status."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
    }
    return Answer(status, body, headers)
