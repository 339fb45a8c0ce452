"""From numbers to what is wrong: every limit of a recording's health, with its reason.

Limits are wide: real service calls, packet loss of 3 % among them, stay clear. Lowered is what costs words; withheld is
only what no listener could write down.
"""

from collections.abc import Iterable, Sequence

from models.health import ChannelHealth, Finding, FindingKind, Leak, Severity

SNR_LOWERS, SNR_WITHHOLDS = 10.0, 0.0
"""dB. Recognisers lose words slowly down to 10 dB and fast below; at 0 dB the noise is as strong as the speech. Real
calls measured 24 to 64."""
CLIPPED_LOWERS, CLIPPED_WITHHOLDS = 0.01, 0.2
"""Share of speech samples. Peaks alone cut off (under 1 %) are not heard; people follow even speech that is clipped to
pulses (Licklider 1946), so that only where a fifth stands at the limit nothing is believed."""
LOST_NOTES, LOST_LOWERS, LOST_WITHHOLDS = 0.01, 0.05, 0.25
"""Share of speech that is holes. ITU-T G.113 gives G.711 without concealment the impairment 35 at 2 % and 55 at 5 % (of
about 95 in all); 3 % in pieces of 20 to 60 ms, as one real service call has, leaves all words readable."""
LOST_FEWEST = 3
"""Holes: one or two in a few words may be a speaker's own stop."""
BAND_LOWERS = 2500.0
"""Hz. The telephone band is 300 to 3400 (ITU-T G.712); below 2500 consonants are told by guessing."""
BAND_NEEDS, BAND_SNR = 5.0, 15.0
"""Seconds of speech to tell a band: a few words may hold no `s`; and dB, since noise hides the upper band first."""
QUIET_LOWERS = -50.0
"""dB. Active speech is -26 by ITU-T P.56 and P.800's practice; 8-bit companding spends its last steps at -50."""
UNEVEN_LOWERS = 30.0
"""dB between the sides: less is set right by the gain of each channel, more lies beside the other side's leak."""
BLEED_NOTES, BLEED_LOWERS = -40.0, -12.0
"""dB. Weaker is not heard beside speech; stronger than -12 it covers the quieter syllables of who speaks at once."""
TALKS_LONG = 30.0
"""Seconds that one side speaks without a word of the other before that one is missed."""
NO_WORD = 1.0
"""Seconds of what the detector calls speech that a channel without a speaker may reach: coughs, clicks, leaks."""
SIDE_MISSING_FACTOR = 0.7
"""Half of a talk is left; chosen, not measured."""

OWN_ABOVE = 3.0
"""dB above the leak: a speaker of one's own, even for a twentieth of the time, is far louder."""


def channel_findings(channel: ChannelHealth) -> Iterable[Finding]:
    """What is wrong with a channel on which somebody speaks."""
    name, number = f"channel {channel.channel}", channel.channel
    if channel.speech < NO_WORD:
        return
    if channel.snr is not None and channel.snr < SNR_LOWERS:
        text = f"{name} has only {channel.snr:.0f} dB between speech and noise"
        worse = _between(SNR_LOWERS, channel.snr, SNR_WITHHOLDS)
        yield _finding(FindingKind.NOISY, number, channel.snr, text, (SNR_LOWERS, SNR_WITHHOLDS, worse))
    if channel.clipped > CLIPPED_LOWERS:
        text = f"{name} is too loud for its recorder: {channel.clipped:.0%} of the speech is cut off at the top"
        worse = _between(CLIPPED_LOWERS, channel.clipped, CLIPPED_WITHHOLDS)
        yield _finding(FindingKind.CLIPPED, number, channel.clipped, text, (CLIPPED_LOWERS, CLIPPED_WITHHOLDS, worse))
    yield from _lost(channel)
    yield from _weak(channel)


def _lost(channel: ChannelHealth) -> Iterable[Finding]:
    share = min(1.0, channel.dropout_seconds / (channel.speech + channel.dropout_seconds))
    if share <= LOST_NOTES or channel.dropouts < LOST_FEWEST:
        return
    text = f"channel {channel.channel} breaks off {channel.dropouts} times: {share:.0%} of the speech is lost"
    if share <= LOST_LOWERS:
        yield _noted(FindingKind.DROPOUTS, channel.channel, share, LOST_NOTES, text)
        return
    worse = _between(LOST_LOWERS, share, LOST_WITHHOLDS)
    yield _finding(FindingKind.DROPOUTS, channel.channel, share, text, (LOST_LOWERS, LOST_WITHHOLDS, worse))


def _weak(channel: ChannelHealth) -> Iterable[Finding]:
    name, number = f"channel {channel.channel}", channel.channel
    told = channel.speech >= BAND_NEEDS and (channel.snr or 0.0) >= BAND_SNR
    if told and channel.bandwidth is not None and channel.bandwidth < BAND_LOWERS:
        text = f"{name} carries speech only up to {channel.bandwidth:.0f} Hz"
        yield _lowered(FindingKind.NARROW, number, channel.bandwidth, BAND_LOWERS, text)
    if channel.speech_db is not None and channel.speech_db < QUIET_LOWERS:
        text = f"speech on {name} is very quiet, at {channel.speech_db:.0f} dB of full scale"
        yield _lowered(FindingKind.QUIET, number, channel.speech_db, QUIET_LOWERS, text)


def side_findings(channels: Sequence[ChannelHealth], leaks: Sequence[Leak]) -> Iterable[Finding]:
    """What is wrong between the sides of a call that has a channel for each."""
    talks = max(channels, key=lambda channel: channel.speech)
    for channel in channels:
        silent = channel.speech < NO_WORD or _only_leaks(channel, channels, leaks)
        if silent and channel is not talks and talks.speech >= TALKS_LONG:
            yield _missing(channel, talks)
        elif channel.speech_db is not None and talks.speech_db is not None:
            yield from _uneven(channel, channels)


def _only_leaks(channel: ChannelHealth, channels: Sequence[ChannelHealth], leaks: Sequence[Leak]) -> bool:
    """What is heard as speech is no louder than the other side leaks in."""
    loud = {other.channel: other.speech_db for other in channels if other.speech_db is not None}
    into = [leak for leak in leaks if leak.channel == channel.channel and leak.source in loud]
    own = loud.get(channel.channel)
    return own is not None and any(own <= loud[leak.source] + leak.db + OWN_ABOVE for leak in into)


def _missing(channel: ChannelHealth, talks: ChannelHealth) -> Finding:
    """Nothing is withheld for it: a message left on a machine is one side alone, and its words are as good as any."""
    how = "carries no sound" if channel.peak_db is None else "has no speech of its own"
    text = f"channel {channel.channel} {how} while channel {talks.channel} speaks for {talks.speech:.0f} s"
    return Finding(
        kind=FindingKind.SIDE_MISSING,
        severity=Severity.LOWERS,
        channel=channel.channel,
        value=channel.speech,
        limit=NO_WORD,
        factor=SIDE_MISSING_FACTOR,
        text=text,
    )


def _uneven(channel: ChannelHealth, channels: Sequence[ChannelHealth]) -> Iterable[Finding]:
    loudest = max(channels, key=lambda other: -200.0 if other.speech_db is None else other.speech_db)
    if channel.speech_db is None or loudest.speech_db is None or channel.speech < NO_WORD:
        return
    below = loudest.speech_db - channel.speech_db
    if below > UNEVEN_LOWERS:
        text = f"channel {channel.channel} is {below:.0f} dB quieter than channel {loudest.channel}"
        yield _lowered(FindingKind.UNEVEN, channel.channel, round(below, 1), UNEVEN_LOWERS, text)


def leak_findings(leaks: Iterable[Leak]) -> Iterable[Finding]:
    for leak in leaks:
        text = f"channel {leak.source} is heard on channel {leak.channel}, {-leak.db:.0f} dB below its own"
        text += f" and {leak.delay * 1000:.0f} ms later" if leak.delay > 0.005 else ""
        if leak.db > BLEED_LOWERS:
            yield _lowered(FindingKind.BLEED, leak.channel, leak.db, BLEED_LOWERS, text)
        elif leak.db > BLEED_NOTES:
            yield _noted(FindingKind.BLEED, leak.channel, leak.db, BLEED_NOTES, text)


def nothing_heard(kind: FindingKind, value: float, text: str) -> Finding:
    """No sound, or no speech in it: whatever an engine writes is invented."""
    return Finding(kind=kind, severity=Severity.WITHHOLDS, value=value, limit=NO_WORD, factor=0.0, text=text)


def one_sound() -> Finding:
    text = "all channels carry the same sound: the speakers are told apart by their voices"
    return _noted(FindingKind.ONE_SOUND, None, 1.0, 1.0, text)


def empty_channel(number: int) -> Finding:
    text = f"channel {number} carries no sound: the recording is taken as mono"
    return _noted(FindingKind.SIDE_MISSING, number, 0.0, 0.0, text)


def _between(lowers: float, value: float, withholds: float) -> float:
    """0 at the limit that lowers, 1 at the one that withholds."""
    return min(1.0, max(0.0, (value - lowers) / (withholds - lowers)))


def _finding(kind: FindingKind, channel: int, value: float, text: str, limits: tuple[float, float, float]) -> Finding:
    """Of two limits and how far from the first to the second; the factor falls from .9 to .5 on the way."""
    lowers, withholds, worse = limits
    severity = Severity.WITHHOLDS if worse >= 1 else Severity.LOWERS
    return Finding(
        kind=kind,
        severity=severity,
        channel=channel,
        value=round(value, 4),
        limit=withholds if worse >= 1 else lowers,
        factor=0.0 if worse >= 1 else round(0.9 - 0.4 * worse, 2),
        text=text,
    )


def _lowered(kind: FindingKind, channel: int, value: float, limit: float, text: str) -> Finding:
    return Finding(
        kind=kind, severity=Severity.LOWERS, channel=channel, value=value, limit=limit, factor=0.85, text=text
    )


def _noted(kind: FindingKind, channel: int | None, value: float, limit: float, text: str) -> Finding:
    value = round(value, 4)
    return Finding(kind=kind, severity=Severity.NOTES, channel=channel, value=value, limit=limit, text=text)
