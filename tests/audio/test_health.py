"""The numbers of a recording's health, on calls that were made worse on purpose, and on real ones."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from signals import RATE, TEST_DATA, heard, needs_test_data, noise, recording, sample_call
from sounds import Held

from audio.clip import Samples
from audio.health.findings import channel_findings
from audio.health.measure import measure_health
from audio.sound import listen
from models.health import (
    ChannelHealth,
    EventKind,
    Finding,
    FindingKind,
    Health,
    Leak,
    Severity,
    SoundEvent,
    Verdict,
)

Sides = NDArray[np.float64]


@cache
def call() -> Sides:
    """An agent and a caller, each of whom speaks for more than half a minute; not to be written into."""
    return np.tile(sample_call("02-neighbor").astype(np.float64), (1, 3))


def health_of(sides: Sides, *, named: bool = False) -> Health:
    sound = heard(*sides, named=named)
    assert sound.health is not None
    return sound.health


def kinds(health: Health) -> set[tuple[FindingKind, Severity]]:
    return {(finding.kind, finding.severity) for finding in health.findings}


@cache
def clean() -> Health:
    return health_of(call(), named=True)


def loudness(side: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(side[np.abs(side) > 0.02] ** 2)))


def with_noise(snr: float) -> Sides:
    """Of its own on each side: one noise on both would be heard as a leak."""
    levels = [loudness(side) * 10 ** (-snr / 20) for side in call()]
    hiss = np.stack([noise(call().shape[1] / RATE, level, seed) for seed, level in enumerate(levels)])
    return (call() + hiss) * 0.5


def with_holes(share: float, seconds: float = 0.02) -> Sides:
    """Packets lost at random, and silence in their place."""
    sides, size = call().copy(), round(seconds * RATE)
    rng = np.random.default_rng(2)
    for side in sides:
        for first in range(0, side.size - size, size):
            if rng.random() < share:
                side[first : first + size] = 0.0
    return sides


def up_to(pitch: float) -> Sides:
    spectrum = np.fft.rfft(call())
    spectrum[:, np.fft.rfftfreq(call().shape[1], 1 / RATE) > pitch] = 0
    return np.fft.irfft(spectrum, call().shape[1])


def test_a_clean_call_is_clear() -> None:
    health = clean()
    assert (health.verdict, health.factor, health.findings, health.events, health.leaks) == (
        Verdict.CLEAR,
        1.0,
        (),
        (),
        (),
    )
    for channel in health.channels:
        assert -30 < (channel.speech_db or 0) < -15
        assert (channel.snr or 0) > 25
        assert (channel.bandwidth or 0) > 4000
        assert channel.speech > 30
        assert 0.5 < channel.silence < 0.8
        assert (channel.clipped, channel.dropouts) == (0.0, 0)


@pytest.mark.parametrize(
    ("snr", "verdict"),
    [(20, Verdict.CLEAR), (8, Verdict.LOWERED), (4, Verdict.LOWERED), (-3, Verdict.WITHHELD)],
)
def test_noise_is_measured_and_judged(snr: float, verdict: Verdict) -> None:
    health = health_of(with_noise(snr))
    assert health.verdict is verdict
    assert {kind for kind, _ in kinds(health)} <= {FindingKind.NOISY}
    for channel in health.channels:
        assert channel.snr == pytest.approx(snr, abs=3.5)


def test_more_noise_lowers_more() -> None:
    factors = [health_of(with_noise(snr)).factor for snr in (20, 8, 4, -3)]
    assert factors == sorted(factors, reverse=True)
    assert len(set(factors)) == 4


@pytest.mark.parametrize(
    ("gain", "verdict"), [(1, Verdict.CLEAR), (6, Verdict.LOWERED), (30, Verdict.WITHHELD)], ids=str
)
def test_clipping_is_measured_and_judged(gain: float, verdict: Verdict) -> None:
    loud = call() * gain
    health = health_of(np.clip(loud, -0.99, 0.99))
    assert health.verdict is verdict
    true = np.mean(np.abs(loud) >= 0.99) * call().shape[1] / RATE / health.channels[0].speech
    assert health.channels[0].clipped == pytest.approx(true, abs=0.12)


def test_what_the_decoder_saw_of_clipping_counts() -> None:
    class Source:
        clipped = (0.05, 0.0)

    clip = Held(call().astype(np.float32))
    sound = listen(clip, named=True)
    clip.source = Source()  # type: ignore[attr-defined]
    health = measure_health(sound)
    assert kinds(health) == {(FindingKind.CLIPPED, Severity.LOWERS)}
    assert health.channels[0].clipped == pytest.approx(0.05 * clip.duration / health.channels[0].speech, abs=1e-4)


@pytest.mark.parametrize(
    ("share", "found"),
    [(0.02, Severity.NOTES), (0.1, Severity.LOWERS), (0.4, Severity.WITHHOLDS)],
)
def test_lost_packets_are_counted_and_judged(share: float, found: Severity) -> None:
    health = health_of(with_holes(share))
    assert (FindingKind.DROPOUTS, found) in kinds(health)
    channel = health.channels[0]
    assert channel.dropouts >= len(channel.dropout_times) > 0


def test_a_lost_packet_is_told_with_its_time() -> None:
    sides = call().copy()
    blocks = np.abs(sides[0][: sides.shape[1] // 800 * 800]).reshape(-1, 800).max(axis=1)
    loud = [number for number in range(1, len(blocks) - 1) if blocks[number - 1 : number + 2].min() > 0.2][:40:10]
    for number in loud:
        sides[0, number * 800 : number * 800 + 640] = 0.0
    times = health_of(sides).channels[0].dropout_times
    assert [begin for begin, _ in times] == pytest.approx([number * 0.05 for number in loud], abs=0.015)
    assert all(end - begin == pytest.approx(0.04, abs=0.015) for begin, end in times)


def test_the_pauses_of_a_line_that_sends_no_silence_are_no_dropouts() -> None:
    sides = call().copy()
    for side in sides:
        blocks = side[: side.size // 1600 * 1600].reshape(-1, 1600)
        quiet = np.abs(blocks).max(axis=1) < 0.01
        blocks[quiet] = 0.0
    health = health_of(sides)
    assert [channel.dropouts for channel in health.channels] == [0, 0]
    assert health.verdict is Verdict.CLEAR


@pytest.mark.parametrize("pitch", [3400, 6000])
def test_bandwidth_is_that_of_the_line_and_not_of_the_file(pitch: float) -> None:
    for channel in health_of(up_to(pitch)).channels:
        assert (channel.bandwidth or 0) < pitch + 150
    assert health_of(up_to(3400)).verdict is Verdict.CLEAR


def test_less_than_the_telephone_band_lowers() -> None:
    assert kinds(health_of(up_to(2000))) == {(FindingKind.NARROW, Severity.LOWERS)}


def silenced(level: float) -> Sides:
    return np.stack([call()[0], noise(call().shape[1] / RATE, level)])


@pytest.mark.parametrize(
    ("level", "named", "severity"),
    [
        (0.0, True, Severity.LOWERS),
        (0.0, False, Severity.NOTES),  # It is taken as mono.
        (0.001, True, Severity.LOWERS),
        (0.001, False, Severity.LOWERS),
    ],
)
def test_a_side_that_is_missing(level: float, named: bool, severity: Severity) -> None:
    health = health_of(silenced(level), named=named)
    assert kinds(health) == {(FindingKind.SIDE_MISSING, severity)}
    assert health.findings[0].channel == 1


@pytest.mark.parametrize("db", [-10.0, -25.0])
def test_a_side_on_which_only_the_other_is_heard_is_missing(db: float) -> None:
    sides = np.stack([call()[0], call()[0] * 10 ** (db / 20) + noise(call().shape[1] / RATE, 0.001)])
    found = {finding.kind: finding for finding in health_of(sides, named=True).findings}
    assert found[FindingKind.SIDE_MISSING].channel == 1
    assert found[FindingKind.SIDE_MISSING].severity is Severity.LOWERS


def test_a_side_that_is_far_quieter() -> None:
    sides = call() * np.array([[1.0], [0.02]])
    (finding,) = (finding for finding in health_of(sides).findings if finding.kind is FindingKind.UNEVEN)
    assert finding.value == pytest.approx(34, abs=3)
    told = Health(findings=(finding,)).named({0: "the agent's side", 1: "the caller's side"})
    assert told.findings[0].text == f"The caller's side is {finding.value:.0f} dB quieter than the agent's side"


def test_one_sound_on_both_channels() -> None:
    health = health_of(np.stack([call()[0], call()[0] * 0.5]))
    assert health.one_sound
    assert kinds(health) == {(FindingKind.ONE_SOUND, Severity.NOTES)}
    assert health.channels[0].speech == health.channels[1].speech > 30


@pytest.mark.parametrize(("gain", "severity"), [(0.4, Severity.LOWERS), (0.05, Severity.NOTES)])
def test_a_leak_is_found_with_its_loudness_and_delay(gain: float, severity: Severity) -> None:
    sides = call().copy()
    sides[1, 1600:] += gain * call()[0, :-1600]
    health = health_of(sides)
    (leak,) = health.leaks
    assert (leak.channel, leak.source) == (1, 0)
    assert leak.db == pytest.approx(20 * np.log10(gain), abs=1.5)
    assert leak.delay == pytest.approx(0.1, abs=0.001)
    assert leak.spans
    assert (FindingKind.BLEED, severity) in kinds(health)


@pytest.mark.parametrize(
    ("sound", "kind"),
    [(np.zeros((1, 80000)), FindingKind.NO_SOUND), (noise(5, 0.01)[None], FindingKind.NO_SPEECH)],
    ids=["nothing", "noise"],
)
def test_where_nobody_speaks_no_word_is_believed(sound: Sides, kind: FindingKind) -> None:
    health = health_of(sound)
    assert kinds(health) == {(kind, Severity.WITHHOLDS)}
    assert (health.verdict, health.factor) == (Verdict.WITHHELD, 0.0)


@pytest.mark.parametrize("samples", [0, 1, 400, 513, 1600])
def test_the_shortest_recordings_are_measured(samples: int) -> None:
    assert health_of(call()[:1, 20000 : 20000 + samples]).verdict is Verdict.WITHHELD


class Slow(Held):
    """Gives its sound in pieces of its own length, as a decoder may."""

    def windows(self, seconds: float) -> Iterator[Samples]:
        return super().windows(min(seconds, 7.3))


def test_a_recording_is_measured_without_seams() -> None:
    samples = call().astype(np.float32)
    sound = listen(Held(samples), named=True)
    slowly = measure_health(replace(sound, clip=Slow(samples)))
    assert sound.health is not None
    for one, other in zip(slowly.channels, sound.health.channels, strict=True):
        assert other.speech == one.speech
        assert other.snr == pytest.approx(one.snr, abs=0.1)
        assert other.bandwidth == pytest.approx(one.bandwidth, abs=20)


def test_of_a_few_words_no_band_is_told() -> None:
    few = ChannelHealth(channel=0, speech=3.0, snr=30.0, bandwidth=1500.0)
    assert list(channel_findings(few)) == []
    assert [finding.kind for finding in channel_findings(replace(few, speech=9.0))] == [FindingKind.NARROW]


WHOLE = Health(
    channels=(ChannelHealth(channel=0, speech_db=-20.0, snr=31.5, speech=9.5, dropout_times=((1.0, 1.04),)),),
    events=(SoundEvent(kind=EventKind.RINGING, channel=0, start=0.0, end=8.0, count=2),),
    leaks=(Leak(channel=1, source=0, db=-31.0, delay=0.1, spans=((0.0, 30.0),)),),
    findings=(
        Finding(
            kind=FindingKind.NOISY, severity=Severity.LOWERS, channel=0, value=6.0, limit=10.0, factor=0.8, text="x"
        ),
    ),
    one_sound=True,
)


def test_health_goes_through_a_json_column() -> None:
    document = json.loads(json.dumps(WHOLE.to_document()))
    assert Health.from_document(document) == WHOLE
    assert (document["verdict"], document["factor"]) == ("lowered", 0.8)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"channels": None},
        {"channels": [{}], "events": [{"kind": "fanfare", "channel": 0, "start": 0, "end": 1}]},
        {"findings": [{"kind": "noisy"}, 3], "leaks": "none", "added_later": 1},
    ],
)
def test_what_is_unknown_in_a_document_is_left_out(document: dict[str, object]) -> None:
    assert Health.from_document(document) == Health()


def test_a_field_that_was_added_later_costs_nothing() -> None:
    document = WHOLE.to_document()
    document["channels"][0]["warmth"] = 3
    assert Health.from_document(document) == WHOLE


@needs_test_data
def test_real_recordings_are_clear_but_for_one() -> None:
    """In the one, which its source calls speech with pauses, Silero hears no voice."""
    verdicts = {}
    for path in sorted((TEST_DATA / "real").glob("*")):
        if path.suffix in (".wav", ".flac", ".mp3", ".opus"):
            verdicts[path.name] = health_of(recording(path).astype(np.float64)).verdict
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.CLEAR} == {"silero_test.opus"}
    assert len(verdicts) > 40


@needs_test_data
def test_packets_that_a_real_call_lost() -> None:
    path = next((TEST_DATA / "real").glob("call_auto_repairs_40*.flac"))
    caller, agent = health_of(recording(path).astype(np.float64), named=True).channels
    assert caller.dropouts > 30
    assert agent.dropouts < 10
