"""Calls as rows: for `earmark calls` and the demo."""

from collections.abc import Iterable, Mapping
from typing import Any

from earmark.commands.console import Row
from earmark.progress import stage_text
from models.call import Call, CallState
from models.tag import TagStatus

ISOLATE, END_ISOLATE = "\u2068", "\u2069"
"""Round words of any direction, so that right-to-left ones do not pull the table's lines along."""
MOST_OF_A_QUOTE = 60

HEADINGS = ("call", "started", "length", "state", "stated", "quality", "outcome", "verdict")

Body = Mapping[str, Any]
"""Of an attribution record; empty while there is none."""


def minutes(seconds: float | None) -> str:
    """`1:05`, `1:02:03`; empty when it is not known."""
    if seconds is None:
        return ""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def answer(tag: Body | None) -> str:
    """The value of a tag as it is delivered; empty when nobody could answer."""
    return str(tag["value"] if tag["value"] is not None else "none") if tag else ""


def stated(body: Body) -> list[str]:
    """The channels that the record states, without those withheld."""
    return [one["channel"] for one in body.get("stated_channels", ()) if one["status"] != TagStatus.WITHHELD]


def stated_text(body: Body) -> str:
    """The stated channels, `none` when it is known that none was named, `unknown` when it is not."""
    whole = body.get("stated")
    if stated(body) or whole is None:
        return ", ".join(stated(body))
    return "unknown" if whole["status"] == TagStatus.WITHHELD else "none"


def quotes(body: Body) -> list[str]:
    """The words behind each stated channel, isolated by direction, cut where they are long."""
    return [
        isolated(shortened(quote["text"]))
        for one in body.get("stated_channels", ())
        if one["status"] != TagStatus.WITHHELD
        for quote in one["quotes"][:1]
    ]


def shortened(text: str, most: int = MOST_OF_A_QUOTE) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def isolated(text: str) -> str:
    return f"“{ISOLATE}{text}{END_ISOLATE}”"


def quality_text(body: Body) -> str:
    score = body.get("score")
    return f"{answer(body.get('lead_quality'))} {score}" if score is not None else answer(body.get("lead_quality"))


def calls_rows(found: Iterable[tuple[Call, Body]]) -> list[Row]:
    """For `print_rows` under `HEADINGS`; why a call failed, or has no tags, stands below it."""
    rows = []
    for call, body in found:
        cells = (
            call.facts.external_id or call.public_id,
            f"{call.facts.started_at:%Y-%m-%d %H:%M}" if call.facts.started_at else "",
            minutes(call.duration if call.duration is not None else call.facts.talk_seconds),
            stage_text(call).partition(":")[0],
            stated_text(body),
            quality_text(body),
            answer(body.get("outcome")),
            body.get("verdict") or "",
        )
        notes = [call.reason] if call.reason else []
        rows.append(Row(cells, notes, "red" if call.state is CallState.FAILED else ""))
    return rows


def listed(call: Call, body: Body) -> dict[str, Any]:
    """One call of `earmark calls --json`."""
    return {
        "id": call.public_id,
        "provider": call.facts.provider or None,
        "external_id": call.facts.external_id,
        "started_at": call.facts.started_at.isoformat() if call.facts.started_at else None,
        "duration": call.duration,
        "language": call.language,
        "engine": call.engine,
        "state": call.state.value,
        "stage": call.stage.value if call.stage else None,
        "progress": call.progress,
        "reason": call.reason,
        "record": dict(body) or None,
    }
