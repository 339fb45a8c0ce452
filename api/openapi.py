"""The description of the API: bodies that are streamed, problems, and the schemas of both."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.incoming import CallIn
from api.number_schemas import NumberIn
from api.problems import MEDIA_TYPE
from api.schemas import CorrectionIn, ProblemOut, RolesIn
from api.tracker_schemas import TrackerIn, TrackersIn
from connectors.touchpoint_json import TouchpointIn, TouchpointsIn

_REF = "#/components/schemas/{model}"
_TRANSCRIPT = {
    "language": "en",
    "turns": [
        {"role": "agent", "text": "How did you find us?", "start": 0.0, "end": 1.4},
        {"role": "caller", "text": "I saw your ad on Google.", "start": 1.8, "end": 3.6},
    ],
}

DESCRIPTION = """\
Recorded phone calls in, attribution records out. Send a call, follow it until it is `finished`, then read its tags with
the words they stand on, or read the feed of attribution records.

Every endpoint but `/healthz` and `/readyz` needs a key: `Authorization: Bearer em_…` (`earmark keys create` makes one).
Errors are [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem details; [/docs/problems](/docs/problems) lists
their kinds. Lists have cursors: ask again with the `next` that you were given. `X-Request-ID` is taken and given back.
"""

TAGS = [
    {"name": "calls", "description": "Send calls and follow them."},
    {"name": "words and tags", "description": "What was said, and what follows from it."},
    {"name": "trackers", "description": "The workspace's own phrases and campaigns."},
    {"name": "touchpoints", "description": "Where visitors came from before they called."},
    {"name": "numbers", "description": "Numbers that stand for a billboard, a flyer, a business profile."},
    {"name": "leads", "description": "The calls of one number, folded."},
    {"name": "attribution records", "description": "What other systems read."},
    {"name": "storage", "description": "For the object store."},
    {"name": "health", "description": "For whoever runs the service."},
]


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route: the errors it may answer with, beside those of every route."""
    return {status: _problem(HTTPStatus(status).phrase) for status in statuses}


def body_of(*models: type[BaseModel]) -> dict[str, Any]:
    """The body of a route that reads it itself; of several models, one."""
    schemas = [_ref(model) for model in models]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def complete(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            tags=app.openapi_tags,
            routes=app.routes,
        )
        schemas = document["components"]["schemas"]
        for model in (
            CallIn,
            CorrectionIn,
            NumberIn,
            RolesIn,
            TouchpointIn,
            TouchpointsIn,
            TrackerIn,
            TrackersIn,
            ProblemOut,
        ):
            schemas |= _schemas(model)
        for operations in document["paths"].values():
            for operation in operations.values():
                _add_common_problems(operation)
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        app.openapi_schema = document
    return app.openapi_schema


def _add_common_problems(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if operation.get("security"):
        # FastAPI lists the ways to send a key as if all were needed; any one does.
        operation["security"] = [{name: []} for scheme in operation["security"] for name in scheme]
        responses |= {str(status): body for status, body in problems(401, 403).items()}
        responses.setdefault("503", _problem("The database or the object store does not answer"))
    responses.setdefault("500", _problem("Our own error"))
    invalid = responses.get("422")
    if invalid is not None and MEDIA_TYPE not in invalid.get("content", {}):
        del responses["422"]  # what FastAPI puts there is not what we answer


def _schemas(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF)
    return {**schema.pop("$defs", {}), model.__name__: schema}


def _ref(model: type[BaseModel]) -> Mapping[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": _ref(ProblemOut)}}}


CALL_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "recording": {"type": "string", "format": "binary", "description": "The sound, as it was made."},
                    "metadata": {**_ref(CallIn), "description": "JSON; may be left out."},
                },
            },
            "encoding": {"metadata": {"contentType": "application/json"}},
        },
        "application/json": {
            "schema": _ref(CallIn),
            "examples": {
                "a recording to fetch": {
                    "value": {
                        "provider": "pbx",
                        "external_id": "call-1",
                        "started_at": "2026-11-03T14:05:20+03:00",
                        "url": "https://recordings.example.com/call-1.wav",
                        "channel_roles": {"0": "agent", "1": "caller"},
                        "tracking": {"source": "google", "medium": "cpc", "click_ids": {"gclid": "Cj0KCQ"}},
                    }
                },
                "a finished transcript": {
                    "value": {"provider": "pbx", "external_id": "call-2", "transcript": _TRANSCRIPT}
                },
                "a missed call": {"value": {"provider": "pbx", "external_id": "call-3", "answered": False}},
            },
        },
    },
}

EVENT_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "description": "A bucket notification, as the store makes it.",
                "properties": {"Records": {"type": "array", "items": {"type": "object"}}},
            }
        }
    },
}
