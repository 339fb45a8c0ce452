"""Sound without a header: what a name or a setting says of it."""

from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from audio.decoding.kinds import HEAD_BYTES, has_header, is_text
from models.errors import SettingsError

_SAMPLE_BYTES = {
    "mulaw": 1, "alaw": 1, "u8": 1, "s8": 1, "s16le": 2, "s16be": 2, "s24le": 3, "s24be": 3, "s32le": 4, "s32be": 4,
    "f32le": 4, "f32be": 4,
}  # fmt: skip
"""Codings of one sample after the other, by FFmpeg's names, with the bytes of a sample."""
_FIXED = {"gsm": 8000, "g722": 16000}
"""Codings with one rate and one channel. RTP writes 8000 for G.722 (RFC 3551, 4.5.2); it sounds at 16000."""
_SYNONYMS = {"ulaw": "mulaw", "pcmu": "mulaw", "pcma": "alaw", "slin": "s16le", "sln": "s16le"}
GSM_FRAME = 33
"""Bytes of a frame of GSM 06.10 as files hold it: 260 bits behind a nibble of 1101 (RFC 3551, 4.5.8)."""
_RATES = range(4_000, 192_001)
"""Samples a second that a telephone system writes; outside it the setting has a slip of the pen."""
_MOST_CHANNELS = 8


@dataclass(frozen=True, slots=True)
class RawFormat:
    """How bytes without a header are to be read."""

    coding: str
    """FFmpeg's name of it: mulaw, alaw, s16le, g722, gsm …"""
    rate: int = 8000
    channels: int = 1

    @property
    def options(self) -> dict[str, str]:
        """What FFmpeg's reader of this coding has to be told."""
        if self.coding in _FIXED:
            return {}
        layout = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels}c")
        return {"sample_rate": str(self.rate), "ch_layout": layout}

    @property
    def block(self) -> int:
        """Bytes of the smallest whole piece."""
        return GSM_FRAME if self.coding == "gsm" else _SAMPLE_BYTES.get(self.coding, 1) * self.channels

    def __str__(self) -> str:
        return f"{self.coding}/{self.rate}/{self.channels}"


def raw_format(text: str) -> RawFormat:
    """`mulaw/8000/1`, `s16le/16000`, `g722`: coding, samples a second (8000), channels (1).

    Raises SettingsError for what is none.
    """
    coding, *numbers = text.strip().lower().split("/")
    coding = _SYNONYMS.get(coding, coding)
    if len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        raise _refused(text)
    rate, channels = [*map(int, numbers), *(8000, 1)[len(numbers) :]]
    if coding in _FIXED:
        if channels != 1 or (numbers and rate not in {8000, _FIXED[coding]}):
            raise _refused(text)
        return RawFormat(coding, _FIXED[coding])
    if coding not in _SAMPLE_BYTES or rate not in _RATES or not 1 <= channels <= _MOST_CHANNELS:
        raise _refused(text)
    return RawFormat(coding, rate, channels)


def _refused(text: str) -> SettingsError:
    choices = ", ".join([*_SAMPLE_BYTES, *_FIXED])
    return SettingsError(
        f"{text!r} is no format of raw sound; write CODING/RATE/CHANNELS such as mulaw/8000/1, with a coding of "
        f"{choices}, a rate of {_RATES[0]} to {_RATES[-1]} and 1 to {_MOST_CHANNELS} channels "
        "(g722 is 16000/1, gsm 8000/1)"
    )


_BY_SUFFIX = {
    **dict.fromkeys((".ulaw", ".ul", ".ulw", ".mulaw", ".pcmu"), RawFormat("mulaw")),
    **dict.fromkeys((".alaw", ".al", ".alw", ".pcma"), RawFormat("alaw")),
    **dict.fromkeys((".sln", ".slin", ".sln8"), RawFormat("s16le")),
    **{f".sln{rate // 1000}": RawFormat("s16le", rate) for rate in (12000, 16000, 24000, 32000, 44100, 48000)},
    **{f".sln{rate // 1000}": RawFormat("s16le", rate) for rate in (96000, 192000)},
    ".gsm": RawFormat("gsm"),
    ".g722": RawFormat("g722", 16000),
}
"""As Asterisk and FreeSWITCH name their files. Not here, since it means something else to others:
`.raw`, `.pcm`, `.mu`."""
_CONTAINER_SUFFIXES = {
    ".wav", ".wave", ".wav49", ".aif", ".aiff", ".aifc", ".au", ".snd", ".mp3", ".mp2", ".aac", ".m4a", ".mp4", ".mov",
    ".3gp", ".ogg", ".oga", ".opus", ".spx", ".flac", ".webm", ".weba", ".mkv", ".mka", ".amr", ".awb", ".wma",
    ".asf", ".sph", ".caf", ".w64", ".wv", ".ac3", ".ts", ".mpg", ".dss", ".ds2", ".voc",
}  # fmt: skip
"""Names that promise a header: a setting for raw sound never speaks of these."""


def raw_by_name(name: str) -> RawFormat | None:
    """What the end of a name says; None: nothing, or nothing sure."""
    return _BY_SUFFIX.get(_suffix(name))


def _suffix(name: str) -> str:
    """An address may go on behind its path."""
    return PurePath(urlsplit(name).path if "://" in name else name).suffix.lower()


def how_to_read(head: bytes, name: str, told: RawFormat | None) -> RawFormat | None:
    """The raw format of a file with these first bytes; None: it says itself what it is, or has to be guessed.

    A header goes before the name (there are WAVs named `.gsm`), the name before what was set for the rest.
    """
    if has_header(head) or is_text(head[:HEAD_BYTES]):
        return None
    by_name = raw_by_name(name)
    if by_name is None and _suffix(name) in _CONTAINER_SUFFIXES:
        return None
    chosen = by_name or told
    return None if chosen is not None and chosen.coding == "gsm" and not _is_gsm(head) else chosen


def _is_gsm(head: bytes) -> bool:
    """Every frame begins with the nibble 1101."""
    return all(head[at] >> 4 == 0xD for at in range(0, min(len(head), 4 * GSM_FRAME), GSM_FRAME))
