"""How a call ended, told from exchanges: who offers what, and what the other side answers. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from classifiers.cues import Cue, Heard, Side
from classifiers.purpose import Purpose, Reading
from models.lead import Outcome

_BUSINESS, _CALLER = Side.BUSINESS, Side.CALLER


@dataclass(frozen=True, slots=True)
class Ending:
    """An outcome, its confidence given the purpose (0 to 1), and the cues that show it."""

    outcome: Outcome
    confidence: float
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """Strength of what happened, each with its cues; 0 is nothing."""

    sale: float
    appointment: float
    callback: float
    price: float
    refused: float
    """The business cannot or will not serve."""
    declined: float
    """The caller says no at the end."""
    cues: dict[str, tuple[Cue, ...]]


def read_ending(heard: Heard, reading: Reading) -> Ending:
    """The outcome that the taxonomy's precedence gives for the purpose."""
    if reading.on_machine:
        return Ending(Outcome.VOICEMAIL, 0.92, tuple(heard.of("machine")[:1]))
    if reading.purpose in (Purpose.NO_CONVERSATION, Purpose.WRONG_NUMBER):
        return Ending(Outcome.NO_CONVERSATION, 0.9, reading.cues[:1])
    signs = read_signs(heard)
    if reading.purpose is Purpose.SOLICITATION:
        return _of_solicitation(heard, signs)
    if reading.purpose is Purpose.EXISTING_CUSTOMER:
        return _of_customer(heard, signs)
    if reading.purpose is Purpose.PROSPECT:
        return _of_prospect(signs)
    return _of_others(reading.purpose, signs)


def read_signs(heard: Heard) -> Signs:
    """What happened in the call, whoever called."""
    declined = _declined(heard)
    agreed = time_agreed(heard)
    booked = _booked(heard)
    sale_cues = [
        *heard.of("paid"),
        *heard.of("paying"),
        *heard.of("order", _CALLER),
        *heard.of("order_taken", _BUSINESS),
    ]
    callback = _promised(heard)
    asked = heard.has("asks_price", _CALLER) or not heard.has("curious", _CALLER)
    price = [*heard.of("price", _BUSINESS), *_numbers_answering(heard)] if asked else []
    refused = [*heard.of("area_refused", _BUSINESS), *heard.of("not_offered", _BUSINESS), *heard.of("full", _BUSINESS)]
    return Signs(
        sale=_sale(heard),
        appointment=_appointment(heard, agreed),
        callback=float(len(callback)),
        price=float(len(price)),
        refused=1.2 * len(heard.of("area_refused", _BUSINESS)) + 0.8 * len(_behind(heard, refused, 1 / 2)),
        declined=float(len(declined)),
        cues={
            "sale": tuple(sale_cues),
            "appointment": (*booked, *agreed),
            "callback": tuple(callback),
            "price": tuple(price),
            "refused": tuple(refused),
            "declined": tuple(declined),
        },
    )


def time_agreed(heard: Heard) -> list[Cue]:
    """Times that one side names and the other, in one of the next two turns, takes without saying no."""
    agreed = []
    for cue in heard.of("time"):
        if heard.has("hours", turns=[cue.turn]) or heard.has("callback", turns=[cue.turn]):
            continue
        answers = [turn for turn in _next_turns(heard, cue.turn, 3) if heard.sides[turn] is not heard.sides[cue.turn]]
        said_no = heard.has("decline", turns=answers[:1]) or heard.has("callback", turns=answers[:1])
        if answers and not said_no and (heard.has("accept", turns=answers) or heard.has("time", turns=answers[:1])):
            agreed.append(cue)
    return agreed


def _of_prospect(signs: Signs) -> Ending:
    commitment = max(signs.sale, signs.appointment)
    if signs.declined and commitment < 4.0:
        return _ending(Outcome.LOST, 0.6 + 0.1 * signs.declined - 0.08 * commitment, signs, "declined")
    if signs.sale >= 3.5 or (signs.sale >= 3.0 and signs.sale >= signs.appointment - 1.0):
        return _ending(Outcome.SALE_CLOSED, 0.45 + 0.08 * signs.sale, signs, "sale")
    if signs.appointment >= 2.7:
        clouded = 0.1 * signs.refused
        return _ending(Outcome.APPOINTMENT_BOOKED, 0.45 + 0.07 * signs.appointment - clouded, signs, "appointment")
    if signs.refused >= 1.5 and not signs.callback:
        return _ending(Outcome.LOST, 0.45 + 0.1 * signs.refused, signs, "refused")
    if signs.callback:
        return _ending(Outcome.CALLBACK_AGREED, 0.55 + 0.1 * signs.callback - 0.05 * commitment, signs, "callback")
    if signs.price:
        unsure = 0.06 * commitment + 0.1 * signs.refused
        return _ending(Outcome.QUOTE_GIVEN, 0.6 + 0.06 * signs.price - unsure, signs, "price")
    if signs.refused >= 0.8:
        return _ending(Outcome.LOST, 0.45, signs, "refused")
    return _ending(Outcome.INFORMATION_GIVEN, 0.55 - 0.06 * commitment, signs, "")


def _of_customer(heard: Heard, signs: Signs) -> Ending:
    moved = bool(heard.of("move_visit", _CALLER))
    needed = 2.0 if moved else 4.0
    if signs.appointment >= needed:
        base = 0.6 if moved else 0.4
        return _ending(Outcome.APPOINTMENT_BOOKED, base + 0.05 * signs.appointment, signs, "appointment")
    resolved = _late_weight(heard, heard.of("resolved"), 1.5) + _content_at_end(heard)
    open_cues = [*heard.of("promise", _BUSINESS), *heard.of("unhappy_end", _CALLER)]
    still_open = _late_weight(heard, open_cues, 1.3) + 0.3 * len(heard.of("complaint", _CALLER)) + 0.7 * signs.callback
    cues = heard.of("resolved") if resolved > still_open else [*open_cues, *signs.cues["callback"]]
    outcome = Outcome.SERVICE_RESOLVED if resolved > still_open else Outcome.SERVICE_UNRESOLVED
    sure = 0.5 + min(0.4, 0.12 * abs(resolved - still_open))
    return Ending(outcome, sure, tuple(sorted(cues, key=lambda cue: -cue.turn)[:2]))


def _of_solicitation(heard: Heard, signs: Signs) -> Ending:
    cut_off = heard.of("brush_off", _BUSINESS)
    if not cut_off and not heard.has("robocall"):
        if signs.callback:
            return _ending(Outcome.CALLBACK_AGREED, 0.55, signs, "callback")
        if signs.appointment >= 3.0:
            return _ending(Outcome.APPOINTMENT_BOOKED, 0.5, signs, "appointment")
        if sum(heard.sizes[turn] for turn in heard.said_by(_BUSINESS)) > 60:
            return Ending(Outcome.INFORMATION_GIVEN, 0.5)
    return Ending(Outcome.NO_CONVERSATION, 0.85 if cut_off or heard.has("robocall") else 0.6, tuple(cut_off[-1:]))


def _of_others(purpose: Purpose, signs: Signs) -> Ending:
    if purpose is Purpose.JOB_APPLICANT and signs.appointment >= 4.0:
        return _ending(Outcome.APPOINTMENT_BOOKED, 0.55, signs, "appointment")
    if signs.callback >= (2.0 if purpose is Purpose.PERSONAL_OR_INTERNAL else 1.0):
        return _ending(Outcome.CALLBACK_AGREED, 0.65, signs, "callback")
    return _ending(Outcome.INFORMATION_GIVEN, 0.75, signs, "")


def _ending(outcome: Outcome, confidence: float, signs: Signs, sign: str) -> Ending:
    cues = signs.cues.get(sign, ())
    return Ending(outcome, min(0.95, max(0.2, confidence)), tuple(sorted(cues, key=lambda cue: -cue.turn)[:2]))


def _sale(heard: Heard) -> float:
    taken = heard.of("paid") + heard.of("order_taken", _BUSINESS)
    strength = 2.0 * min(2, len({cue.turn for cue in taken}))
    strength += 1.0 * heard.has("paying") + 1.0 * heard.has("order", _CALLER) + 0.5 * heard.has("buy_now", _CALLER)
    return strength if taken else min(strength, 2.0)


def _appointment(heard: Heard, agreed: list[Cue]) -> float:
    late = _behind(heard, _booked(heard), 1 / 3)
    strength = 2.0 * min(2, len({cue.turn for cue in late})) + 1.0 * min(3, len({cue.turn for cue in agreed}))
    if not late and not agreed:
        return 0.0
    near = {turn + step for turn in {cue.turn for cue in late} for step in (-1, 0, 1, 2)}
    if late:
        strength += 0.7 * heard.has("time", _BUSINESS, turns=near) + 0.5 * heard.has("accept", _CALLER, turns=near)
    strength += 1.0 * _echoed(heard, agreed)
    strength += 1.0 * heard.has("visit") + 0.7 * heard.has("asks_visit", _CALLER) + 0.7 * heard.has("address")
    return strength - 1.0 * heard.has("hours") - 1.0 * heard.has("callback", turns=_last_turns(heard, 4))


def _echoed(heard: Heard, agreed: list[Cue]) -> bool:
    """Whether the caller takes a time that the business named by saying it again: «Friday at two works»."""
    answers = [turn for cue in agreed if cue.side is _BUSINESS for turn in _next_turns(heard, cue.turn, 1)]
    return any(
        heard.has("time", _CALLER, turns=[turn]) and heard.has("accept", _CALLER, turns=[turn]) for turn in answers
    )


def _booked(heard: Heard) -> list[Cue]:
    """A visit put down by the business; what is said of an order is no visit."""
    orders = {cue.turn for cue in heard.of("order_taken", _BUSINESS)}
    return [cue for cue in heard.of("booked", _BUSINESS) if cue.turn not in orders]


def _promised(heard: Heard) -> list[Cue]:
    """Calls and letters promised: not in the first third, and not «I will think and ring you»."""
    musing = {cue.turn for cue in heard.of("thinks", _CALLER) if cue.side is _CALLER}
    return [cue for cue in _behind(heard, heard.of("callback"), 1 / 3) if cue.turn not in musing]


def _declined(heard: Heard) -> list[Cue]:
    """A caller's no in the last turns, with no yes to a day, a price or a card behind it."""
    last = _last_turns(heard, 5)
    no = heard.of("decline", _CALLER, turns=last) + heard.of("too_dear", _CALLER, turns=last)
    musing = {cue.turn for cue in heard.of("thinks", _CALLER)}  # «I will compare with others» is not yet a no
    no += [cue for cue in heard.of("elsewhere", _CALLER, turns=last) if cue.turn not in musing]
    turned = heard.of("buy_now", _CALLER) + heard.of("booked", _BUSINESS) + heard.of("paid")
    final = max((cue.turn for cue in turned), default=-1)
    return [cue for cue in no if cue.turn > final]


def _numbers_answering(heard: Heard) -> list[Cue]:
    """Numbers that the business names in the turn after the caller asked for a price."""
    found = []
    for question in heard.of("asks_price", _CALLER):
        answers = [turn for turn in _next_turns(heard, question.turn, 2) if heard.sides[turn] is not _CALLER]
        times = [(cue.turn, cue.first, cue.last) for cue in heard.of("time", turns=answers)]
        for cue in heard.of("number", _BUSINESS, turns=answers):
            if not any(turn == cue.turn and first <= cue.last and cue.first <= last for turn, first, last in times):
                found.append(cue)
    return found


def _behind(heard: Heard, cues: Iterable[Cue], share: float) -> list[Cue]:
    """Those that are not in the first `share` of the call's turns."""
    first = (len(heard.sides) - 1) * share
    return [cue for cue in cues if cue.turn >= first]


def _late_weight(heard: Heard, cues: Iterable[Cue], weight: float) -> float:
    """Points for cues, one a turn; those at the end count up to twice as much as those at the beginning."""
    turns = {cue.turn for cue in cues}
    length = max(1, len(heard.sides) - 1)
    return sum(weight * (0.6 + 0.8 * turn / length) for turn in turns)


def _content_at_end(heard: Heard) -> float:
    last = heard.said_by(_CALLER)[-2:]
    return 1.0 * heard.has("accept", _CALLER, turns=last) + 0.8 * heard.has("thanks", _CALLER, turns=last)


def _next_turns(heard: Heard, turn: int, count: int) -> list[int]:
    later = [number for number in range(turn + 1, len(heard.sizes)) if heard.sizes[number]]
    return later[:count]


def _last_turns(heard: Heard, count: int) -> list[int]:
    return [number for number, size in enumerate(heard.sizes) if size][-count:]
