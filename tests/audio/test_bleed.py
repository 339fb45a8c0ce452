"""Bleed of one side into the other is taken out, and nothing that the side's own speaker says."""

import numpy as np
import pytest
from numpy.typing import NDArray
from signals import RATE, TEST_DATA, heard, needs_test_data, noise, recording, sample_call
from sounds import Held

from audio.bleed import without_bleed
from audio.health.measure import measure_health
from audio.sound import Sound
from audio.speech import Span

Side = NDArray[np.float64]


def seconds(spans: list[Span]) -> float:
    return sum(span.end - span.start for span in spans)


def common(spans: list[Span], others: list[Span]) -> float:
    """Seconds that both have."""
    return sum(max(0.0, min(a.end, b.end) - max(a.start, b.start)) for a in spans for b in others)


def later(side: Side, delay: float) -> Side:
    """Shifted by `delay` seconds, of the same length."""
    shift = round(delay * RATE)
    return np.concatenate([np.zeros(max(0, shift)), side, np.zeros(max(0, -shift))])[max(0, -shift) :][: len(side)]


def in_a_room(side: Side) -> Side:
    """What a microphone beside a loudspeaker hears of it: a tail of 60 ms."""
    tail = np.random.default_rng(1).standard_normal(960) * np.exp(-np.arange(960) / 200)
    tail[0] = 6.0
    return np.convolve(side, tail / np.sqrt((tail**2).sum()))[: len(side)]


@pytest.mark.parametrize("name", ["01-google-ad", "02-neighbor", "05-wrong-number"])
@pytest.mark.parametrize(("db", "delay"), [(-8.0, 0.0), (-20.0, 0.02), (-20.0, -0.04), (-30.0, 0.28)], ids=str)
def test_only_the_other_side_is_taken_out(name: str, db: float, delay: float) -> None:
    agent, caller = sample_call(name).astype(np.float64)
    own = heard(agent, caller).speech()
    leaking = heard(agent, caller + 10 ** (db / 20) * later(in_a_room(agent), delay))
    before = leaking.speech()
    assert seconds(before[1]) - common(before[1], own[1]) > 5
    after, taken = without_bleed(leaking, before)
    assert seconds(after[1]) - common(after[1], own[1]) < 1.0
    assert common(before[1], own[1]) - common(after[1], own[1]) < 0.1
    assert after[0] == before[0]
    assert {bleed.channel for bleed in taken} == {1}
    assert np.median([bleed.db for bleed in taken]) == pytest.approx(db, abs=3)
    assert [bleed.start for bleed in taken] == sorted(bleed.start for bleed in taken)


def test_a_leak_under_noise_and_both_ways() -> None:
    agent, caller = sample_call("02-neighbor").astype(np.float64)
    length = len(agent) / RATE
    own = heard(agent, caller).speech()
    leaking = heard(
        agent + 0.1 * later(caller, 0.03) + noise(length, 0.001, 1),
        caller + 0.1 * later(agent, 0.03) + noise(length, 0.001, 2),
    )
    before = leaking.speech()
    after, _ = without_bleed(leaking, before)
    for number in (0, 1):
        assert seconds(after[number]) - common(after[number], own[number]) < 1.5
        assert common(before[number], own[number]) - common(after[number], own[number]) < 0.1


def yes_at(caller: Side, agent_speaks: list[Span], word: Side) -> tuple[Side, list[Span]]:
    """The caller with a short word in the middle of each long turn of the agent."""
    said, spans = caller.copy(), []
    for turn in agent_speaks:
        if turn.end - turn.start > 2.5:
            start = (turn.start + turn.end - len(word) / RATE) / 2
            first = round(start * RATE)
            said[first : first + len(word)] += word
            spans.append(Span(start, start + len(word) / RATE))
    return said, spans


@pytest.mark.parametrize("db", [-12.0, -20.0, -30.0])
@pytest.mark.parametrize("gain", [1.0, 0.5])
def test_a_short_yes_within_the_others_turn_stays(db: float, gain: float) -> None:
    agent, caller = sample_call("02-neighbor").astype(np.float64)
    alone = heard(agent, caller).speech()
    word = caller[round((alone[1][1].start + 0.3) * RATE) :][: round(0.4 * RATE)] * np.hanning(round(0.4 * RATE))
    said, yes = yes_at(caller, alone[0], gain * word)
    assert len(yes) >= 2
    leaking = heard(agent, said + 10 ** (db / 20) * later(agent, 0.02))
    before = leaking.speech()
    after, taken = without_bleed(leaking, before)
    assert taken
    for span in yes:
        assert common(after[1], [span]) >= 0.95 * common(before[1], [span])


@pytest.mark.parametrize("name", ["01-google-ad", "02-neighbor", "03-truck", "05-wrong-number", "06-out-of-area"])
def test_where_nothing_leaks_nothing_changes(name: str) -> None:
    sound = heard(*sample_call(name))
    spans = sound.speech()
    assert without_bleed(sound, spans) == (spans, [])


def test_where_nothing_leaks_the_sound_is_not_read_again() -> None:
    sound = heard(*sample_call("02-neighbor"))
    spans = sound.speech()
    clip = sound.clip
    assert isinstance(clip, Held)
    clip.sound = clip.sound[:, :0]
    assert without_bleed(sound, spans) == (spans, [])


def test_two_who_speak_at_once_are_no_leak() -> None:
    agent, caller = sample_call("02-neighbor").astype(np.float64)
    size = min(len(agent), len(caller))
    other = sample_call("01-google-ad")[1].astype(np.float64)[:size]
    sound = heard(agent[: len(other)], other)
    spans = sound.speech()
    assert without_bleed(sound, spans) == (spans, [])


def test_a_sound_that_was_not_measured_is_measured() -> None:
    agent, caller = sample_call("02-neighbor").astype(np.float64)
    known = heard(agent, caller + 0.1 * agent)
    fresh = Sound(
        clip=known.clip, levels=known.levels, channels=known.channels, sides=known.sides, chances=known.chances
    )
    assert without_bleed(fresh, fresh.speech()) == without_bleed(known, known.speech())
    assert measure_health(fresh).leaks != ()


def test_channels_without_spans_and_mono_are_left_alone() -> None:
    agent, caller = sample_call("02-neighbor").astype(np.float64)
    sound = heard(agent, caller + 0.1 * agent)
    assert without_bleed(sound, {0: [], 1: sound.speech()[1]})[1] == []
    mono = heard(agent)
    assert without_bleed(mono, mono.speech()) == (mono.speech(), [])


@needs_test_data
@pytest.mark.parametrize("number", ["40", "49"])
def test_real_calls_do_not_leak_and_do_when_mixed(number: str) -> None:
    path = next((TEST_DATA / "real").glob(f"call_auto_repairs_{number}*.flac"))
    caller, agent = recording(path).astype(np.float64)
    alone = heard(caller, agent)
    own = alone.speech()
    assert without_bleed(alone, own) == (own, [])
    leaking = heard(caller, agent + 0.1 * later(in_a_room(caller), 0.05))
    before = leaking.speech()
    after, _ = without_bleed(leaking, before)
    extra = [seconds(spans[1]) - common(spans[1], own[1]) for spans in (before, after)]
    assert extra[0] > 30
    assert extra[1] < 0.15 * extra[0]
    assert common(before[1], own[1]) - common(after[1], own[1]) < 1.0


@pytest.mark.parametrize("rest", [0.005, 0.02, 0.04, 0.06])
def test_the_end_of_a_recording_may_hold_a_frame_or_two(rest: float) -> None:
    agent, caller = np.tile(sample_call("05-wrong-number").astype(np.float64), 4)[:, : round((60 + rest) * RATE)]
    sound = heard(agent, caller + 0.1 * later(agent, 0.02))
    end = sound.clip.duration
    spans = {0: [Span(1.0, end)], 1: [Span(1.0, 50.0), Span(50.0, end - 0.05), Span(end - 0.05, end)]}
    kept, taken = without_bleed(sound, spans)
    out = [Span(bleed.start, bleed.end) for bleed in taken]
    assert out
    assert seconds([*kept[1], *out]) == pytest.approx(seconds(spans[1]))
    assert max(span.end for span in (*kept[1], *out)) == end
