"""Tones of the telephone network in a channel: ringing, busy, beeps, keys, fax. All by frequency, purity and cadence.

Frequencies and cadences: ITU-T E.180, E.182 and the list of tones by country (E.180 Supplement 2), Q.23 and Q.24
(keys), T.30 (fax).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from audio.health.frames import FRAME, HOP, Frames
from models.health import EventKind, SoundEvent

_BAND = (150.0, 3600.0)
_REACH = 4
"""Bins on each side that belong to a peak: the window's main lobe, and the pair 440 + 480 Hz as one."""
_PURE = 0.85
"""Share of the frame's power in one tone or two: a tone after G.711 or GSM keeps over .9; vowels rarely reach .8."""
_LOUD = 10 ** (-50 / 10)
"""Mean square: fainter tones are hum."""
_STEADY = 12.0
"""Hz from frame to frame: the pair 440 + 480 Hz, seen as one, wanders by its beat."""
_FIXED, _LEVEL = 5.0, 2.0
"""Hz between the ends, and dB of deviation, within which a machine keeps one tone; the steadiest vowels of real calls
wander by 6 Hz and more within a tenth of a second."""
_FRAMES = 3
"""Least of a tone: a key pressed for 65 ms, by Q.24 40 at least, is seen in three windows of 64 ms."""
_PROGRESS = (340.0, 660.0)
"""Hz. Ringing and busy tones of all plans: 400, 425, 440, 450, 480, 620."""
_KEY_ROWS = np.array([697.0, 770.0, 852.0, 941.0])
_KEY_COLUMNS = np.array([1209.0, 1336.0, 1477.0, 1633.0])
_KEY_OFF = 0.025
"""Q.24 wants 1.5 % accepted and 3.5 % refused."""
_FALTER, _KEY_FALTER = 0.1, 0.035
"""Seconds within which a tone goes on after a break; a key may be pressed again soon."""
_KEY_GAP = 4.0
"""Seconds between keys that belong together."""
_RING, _RING_GAP = (0.7, 2.6), (1.5, 5.5)
"""Seconds of tone and of silence: 0.8 to 2 s, and 2 to 5 s."""
_LONE_RING = 0.9
"""Seconds: a single burst on these frequencies is a ring that was answered; what is shorter is a beep."""
_BUSY, _BUSY_GAP = (0.15, 0.8), (0.15, 0.8)
_DOUBLE = 0.3
"""Seconds between the two halves of the British ring (0.4 s, 0.2 s apart)."""
_FAX_CALLING, _FAX_ANSWER = (1062.0, 1138.0), (2085.0, 2115.0)
_BEEP = (380.0, 2400.0)
"""Hz. Lower, a vowel's fundamental alone can be as pure."""
_LONGEST_BEEP = 2.5


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring frames of one tone. Seconds."""

    start: float
    end: float
    low: float
    """Hz; the lower of two."""
    high: float
    """Hz; 0 where it is one tone."""
    key: int = -1
    fixed: bool = True
    """Frequency and level stand still."""

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class _Seen:
    """Frame by frame: is it a tone, of which frequencies, how loud."""

    first: int
    tonal: NDArray[np.bool_]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: NDArray[np.float64]

    def led_by(self, before: "_Seen") -> "_Seen":
        """With the last frames before it: a tone that the end of a piece cuts is too short on both sides."""
        kept = min(_FRAMES - 1, len(before.tonal))
        names = ("tonal", "low", "high", "level")
        rows = (np.concatenate([getattr(before, name)[-kept:], getattr(self, name)]) for name in names)
        return _Seen(self.first - kept, *rows)


@dataclass
class ToneMeter:
    """Takes a channel's frames; keeps the tones, which are few."""

    channel: int
    _runs: list[_Run] = field(default_factory=list)
    _before: "_Seen | None" = None

    def take(self, frames: Frames) -> NDArray[np.bool_]:
        """Which frames are a tone."""
        power = np.where(frames.level > _LOUD, frames.power, 0.0)
        first, second = _peaks(power, frames.rate)
        single = (first.share >= _PURE) & (second.share < 0.1)
        double = (first.share + second.share >= _PURE) & (second.share >= 0.1)
        seen = _Seen(
            first=frames.first,
            tonal=(single | double) & (frames.level > _LOUD),
            low=np.where(double, np.minimum(first.pitch, second.pitch), first.pitch),
            high=np.where(double, np.maximum(first.pitch, second.pitch), 0.0),
            level=10 * np.log10(frames.level.astype(float) + 1e-12),
        )
        led = seen if self._before is None else seen.led_by(self._before)
        self._before = seen
        runs = _runs(led, HOP / frames.rate)
        self._runs += runs
        return _marks(runs, frames)

    def events(self) -> tuple[SoundEvent, ...]:
        runs = _joined(self._runs)
        keys = [run for run in runs if run.key >= 0]
        rest = [run for run in runs if run.key < 0 and run.length >= 0.1]
        progress = _halves_joined([run for run in rest if _within(run.low, _PROGRESS) and run.high < _PROGRESS[1]])
        others = [run for run in rest if not (_within(run.low, _PROGRESS) and run.high < _PROGRESS[1])]
        busy, left = _cadenced(progress, _BUSY, _BUSY_GAP, least=3)
        rings, left = _cadenced(left, _RING, _RING_GAP, least=2)
        fax, others = _fax(others)
        rings += [[run] for run in left if _LONE_RING <= run.length <= _RING[1]]
        alone = [run for run in [*left, *others] if [run] not in rings]
        told = [
            *_told(EventKind.BUSY, busy, self.channel),
            *_told(EventKind.RINGING, rings, self.channel),
            *_told(EventKind.FAX, fax, self.channel),
            *_told(EventKind.DIGITS, _grouped(keys, _KEY_GAP), self.channel),
            *_told(EventKind.BEEP, [[run] for run in alone if _is_beep(run)], self.channel),
            *_told(EventKind.TONE, [[run] for run in alone if run.length > _LONGEST_BEEP and run.fixed], self.channel),
        ]
        return tuple(sorted(told, key=lambda event: event.start))


@dataclass(frozen=True, slots=True)
class _Peak:
    """Of every frame."""

    pitch: NDArray[np.float64]
    share: NDArray[np.float64]


def _peaks(power: NDArray[np.floating], rate: int) -> tuple[_Peak, _Peak]:
    """The strongest tone of each frame, and the strongest beside it."""
    first, last = (round(edge * FRAME / rate) for edge in _BAND)
    band = power[first:last].astype(np.float64)
    total = np.maximum(band.sum(axis=0), 1e-12)
    strongest, rest = _taken(band, first, total, rate)
    return strongest, _taken(rest, first, total, rate)[0]


def _taken(
    band: NDArray[np.float64], first: int, total: NDArray[np.float64], rate: int
) -> tuple[_Peak, NDArray[np.float64]]:
    """The strongest tone by its centre of gravity, and the spectrum without it."""
    at = np.argmax(band, axis=0)
    bins = np.arange(len(band))[:, None]
    near = np.abs(bins - at) <= _REACH
    own = np.where(near, band, 0.0)
    energy = own.sum(axis=0)
    pitch = ((own * bins).sum(axis=0) / np.maximum(energy, 1e-12) + first) * rate / FRAME
    return _Peak(pitch, energy / total), np.where(near, 0.0, band)


def _runs(seen: _Seen, step: float) -> list[_Run]:
    """Tones that hold their frequencies for some frames."""
    same = seen.tonal[1:] & seen.tonal[:-1]
    same &= (np.abs(np.diff(seen.low)) < _STEADY) & (np.abs(np.diff(seen.high)) < _STEADY)
    runs = (_run(seen, begin, last + 1, step) for begin, last in _stretches(same) if last + 1 - begin >= _FRAMES)
    return [run for run in runs if run.fixed or run.length >= 0.15]


def _run(seen: _Seen, begin: int, end: int, step: float) -> _Run:
    inner = slice(begin + 1, end - 1)  # The first and the last window may be half filled.
    low, high = seen.low[inner], seen.high[inner]
    middle = (float(np.median(low)), float(np.median(high)))
    fixed = bool(np.ptp(low) <= _FIXED and np.ptp(high) <= _FIXED)
    key = _key(*middle) if fixed else -1  # Too short for its level to be asked: no window may be filled.
    fixed &= key >= 0 or bool(np.std(seen.level[inner]) <= _LEVEL)
    start = (seen.first + begin) * step
    return _Run(start, start + (end - begin) * step, *middle, key, fixed)


def _marks(runs: Sequence[_Run], frames: Frames) -> NDArray[np.bool_]:
    marks = np.zeros(len(frames.chances), bool)
    for run in runs:
        begin, end = (round(edge * frames.rate / HOP) - frames.first for edge in (run.start, run.end))
        marks[max(0, begin) : max(0, end)] = run.fixed or run.length >= _LONE_RING
    return marks


def _stretches(marks: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _key(low: float, high: float) -> int:
    """A number for each pair of frequencies of a keypad, -1 for all else."""
    row, column = np.abs(_KEY_ROWS / max(low, 1.0) - 1), np.abs(_KEY_COLUMNS / max(high, 1.0) - 1)
    found = int(np.argmin(row)) * 4 + int(np.argmin(column))
    return found if row.min() < _KEY_OFF and column.min() < _KEY_OFF else -1


def _joined(runs: Sequence[_Run]) -> list[_Run]:
    """A tone that falters for a frame or two, or was parted by our own pieces, is one."""
    joined: list[_Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        gap = _FALTER if run.key < 0 else _KEY_FALTER
        if last and run.start - last.end < gap and run.key == last.key and _alike(run, last, 3 * _STEADY):
            joined[-1] = replace(
                last, end=max(last.end, run.end), fixed=run.fixed and last.fixed and _alike(run, last, _FIXED)
            )
        else:
            joined.append(run)
    return joined


def _alike(one: _Run, other: _Run, most: float = 2 * _STEADY) -> bool:
    return abs(one.low - other.low) < most and (abs(one.high - other.high) < most or min(one.high, other.high) == 0)


def _halves_joined(runs: Sequence[_Run]) -> list[_Run]:
    joined: list[_Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        halves = last and all(0.3 <= half.length <= 0.5 for half in (run, last))
        if last and halves and run.start - last.end < _DOUBLE and _is_alone(last, run, runs):
            joined[-1] = replace(last, end=run.end)
        else:
            joined.append(run)
    return joined


def _is_alone(first: _Run, second: _Run, runs: Sequence[_Run]) -> bool:
    """No third burst at the same pace: that is a busy tone."""
    return not any(0 < first.start - run.end < 1 or 0 < run.start - second.end < 1 for run in runs)


def _cadenced(
    runs: Sequence[_Run], on: tuple[float, float], off: tuple[float, float], *, least: int
) -> tuple[list[list[_Run]], list[_Run]]:
    """Groups of at least so many bursts and pauses of these lengths, and the runs that are in none."""
    fitting = [run for run in runs if _within(run.length, on)]
    groups: list[list[_Run]] = []
    for run in fitting:
        last = groups[-1][-1] if groups else None
        if last and _within(run.start - last.end, off) and _alike(run, last):
            groups[-1].append(run)
        else:
            groups.append([run])
    groups = [group for group in groups if len(group) >= least]
    used = {id(run) for group in groups for run in group}
    return groups, [run for run in runs if id(run) not in used]


def _fax(runs: Sequence[_Run]) -> tuple[list[list[_Run]], list[_Run]]:
    """The calling tone (1100 Hz, half a second every 3.5 s) twice, or the answer (2100 Hz, 2.6 to 4 s)."""
    calling = [run for run in runs if not run.high and _within(run.low, _FAX_CALLING)]
    calls, _ = _cadenced(calling, (0.35, 0.7), (2.5, 3.5), least=2)
    answers = [[run] for run in runs if not run.high and _within(run.low, _FAX_ANSWER) and run.length > 1.5]
    used = {id(run) for group in [*calls, *answers] for run in group}
    return [*calls, *answers], [run for run in runs if id(run) not in used]


def _is_beep(run: _Run) -> bool:
    return run.fixed and not run.high and _within(run.low, _BEEP) and 0.15 <= run.length <= _LONGEST_BEEP


def _grouped(runs: Sequence[_Run], gap: float) -> list[list[_Run]]:
    groups: list[list[_Run]] = []
    for run in runs:
        if groups and run.start - groups[-1][-1].end < gap:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _told(kind: EventKind, groups: Sequence[Sequence[_Run]], channel: int) -> list[SoundEvent]:
    return [
        SoundEvent(
            kind=kind,
            channel=channel,
            start=round(group[0].start, 2),
            end=round(group[-1].end, 2),
            count=len(group),
        )
        for group in groups
    ]


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
