"""Who is the agent and who is the caller: from the metadata, else from what they say."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from diarization.role_words import AGENT, CALLER, MACHINE, Cue
from models.context import Context
from models.conversation import Role, Turn

_SCALE = 2.0
"""Points between two speakers that make the odds e to 1."""
_OPENING = 4
"""Turns in which a business is named by the one who answers for it."""
_FIRST_VOICE = 1.5
"""Points for the agent when an inbound call is answered: the first voice is the business's."""
_NAMED_BUSINESS = 3.0
_LEFT_A_MESSAGE = 0.9
_LEAST_POINTS = 2.0
"""A speaker who is alone is given a role only by more than this."""


def assign_roles(turns: Sequence[Turn], context: Context) -> tuple[tuple[Turn, ...], float]:
    """The turns with their roles, and how sure we are of them, 0 to 1.

    What the metadata says of the channels wins (1.0), where speakers are channels; the caller of this function leaves
    `channel_roles` empty for a mixed recording. Without evidence an inbound call's first voice is the agent's, with a
    confidence near one half. A greeting machine's turns are its own, whoever has the channel afterwards.
    """
    if not turns:
        return (), 0.0
    machine = {number for number, turn in enumerate(turns) if _is_machine(_plain(turn.text))}
    known = _from_metadata(turns, context)
    roles, confidence = (known, 1.0) if known is not None else _from_words(turns, machine, context)
    given = tuple(
        replace(turn, role=Role.MACHINE if number in machine else roles.get(turn.speaker, Role.UNKNOWN))
        for number, turn in enumerate(turns)
    )
    return given, confidence


def with_roles(turns: Sequence[Turn], roles: Mapping[int, Role]) -> tuple[Turn, ...]:
    """The turns with the roles that a person gave the speakers. A greeting machine's turns stay its own."""
    return tuple(
        turn if turn.role is Role.MACHINE else replace(turn, role=roles.get(turn.speaker, turn.role)) for turn in turns
    )


def _from_metadata(turns: Sequence[Turn], context: Context) -> dict[int, Role] | None:
    """Roles of all speakers, when each of them is a channel that has one; of two parties one may be left unsaid."""
    named = dict(context.channel_roles)
    speakers = {turn.speaker for turn in turns}
    if not named or any(word.channel != turn.speaker for turn in turns for word in turn.words):
        return None
    missing = speakers - named.keys()
    if not missing:
        return named
    other = {Role.AGENT: Role.CALLER, Role.CALLER: Role.AGENT}.get(next(iter(named.values())))
    if len(named) == 1 and len(missing) == 1 and other is not None:
        return {**named, missing.pop(): other}
    return None


def _from_words(turns: Sequence[Turn], machine: set[int], context: Context) -> tuple[dict[int, Role], float]:
    human = [turn for number, turn in enumerate(turns) if number not in machine]
    points = _points(human, context, opened=0 not in machine)
    if not points:
        return {}, 1.0 if machine else 0.0
    if len(points) == 1:
        ((speaker, score),) = points.items()
        if any(turns[number].speaker != speaker for number in machine):  # It left a message on the other's machine.
            return {speaker: Role.AGENT if context.direction == "outbound" else Role.CALLER}, _LEFT_A_MESSAGE
        if abs(score) <= _LEAST_POINTS:
            return {speaker: Role.UNKNOWN}, 0.0
        return {speaker: Role.AGENT if score > 0 else Role.CALLER}, _odds(abs(score))
    ranked = sorted(points, key=lambda speaker: -points[speaker])
    roles = dict.fromkeys(ranked, Role.CALLER)
    roles[ranked[0]] = Role.AGENT
    for speaker in ranked[1:-1]:  # A third voice: a colleague whom the call was put through to, or a caller's friend.
        roles[speaker] = Role.AGENT if points[speaker] > _LEAST_POINTS else Role.CALLER
    return roles, _odds(points[ranked[0]] - points[ranked[-1]])


def _points(turns: Sequence[Turn], context: Context, *, opened: bool) -> dict[int, float]:
    """What speaks for the agent, less what speaks for the caller, by speaker."""
    points: dict[int, float] = {}
    for number, turn in enumerate(turns):
        text = _plain(turn.text)
        named = number < _OPENING and _names_business(text, context)
        score = _hits(text, AGENT) - _hits(text, CALLER) + (_NAMED_BUSINESS if named else 0.0)
        points[turn.speaker] = points.get(turn.speaker, 0.0) + score
    if turns and opened:
        points[turns[0].speaker] += {"inbound": _FIRST_VOICE, "outbound": -_FIRST_VOICE}.get(
            context.direction or "inbound", 0.0
        )
    return points


def _names_business(text: str, context: Context) -> bool:
    return bool(context.business_name) and _plain(context.business_name or "") in text


def _hits(text: str, cues: dict[str, tuple[Cue, ...]]) -> float:
    """All languages at once: their letters or words keep them apart."""
    return sum(weight for found in cues.values() for pattern, weight in found if re.search(pattern, text))


def _is_machine(text: str) -> bool:
    """Says what only machines say, and does not offer a person's help in the same breath."""
    patterns = (re.search(pattern, text) for found in MACHINE.values() for pattern in found)
    return any(patterns) and _hits(text, AGENT) - _hits(text, CALLER) < 3.0


@cache
def _letters() -> dict[int, str]:
    """One form for letters that are written in several."""
    return str.maketrans(
        {"ё": "е", "ي": "ی", "ك": "ک", "آ": "ا", "أ": "ا", "إ": "ا", "ۀ": "ه", "\u200c": " ", "’": "'"}
    )


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w' ]", " ", text.lower().translate(_letters())).split())


def _odds(points: float) -> float:
    return round(1 / (1 + math.exp(-points / _SCALE)), 3)
