"""Frame headers of MPEG audio (MP3) and ADTS (AAC): enough to know where a frame ends.

Source: ISO/IEC 11172-3 and 13818-3, 2.4.1.3 and 2.4.2.3; ISO/IEC 13818-7, 6.2.
"""

from typing import NamedTuple

_KBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Kilobits a second by version (2 stands for 2.5 too) and layer, from index 1; 0 is a free format, 15 forbidden."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by the two bits of the version: 1, 2, 2.5."""
_CHAIN = 3
"""Frames in a row, each at the end of the one before, that no other kind of file has by chance: 33 fixed bits."""


class Frame(NamedTuple):
    """What four bytes of a header say."""

    size: int
    """Bytes, header included."""
    samples: int
    """Of each channel."""
    rate: int
    kind: tuple[int, int, int]
    """Version, layer and rate: the same in all frames of a stream."""
    mono: bool


def frame_at(content: bytes, at: int) -> Frame | None:
    """The MPEG audio frame that starts at this byte; None: none does."""
    if at + 4 > len(content) or content[at] != 0xFF or content[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = content[at + 1] >> 3 & 3, 4 - (content[at + 1] >> 1 & 3)
    index, rate_index = content[at + 2] >> 4, content[at + 2] >> 2 & 3
    if version == 1 or layer == 4 or index in {0, 15} or rate_index == 3:
        return None
    rate = _RATES[version][rate_index]
    bits = _KBITS[1 if version == 3 else 2, layer][index - 1] * 1000
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    padding = content[at + 2] >> 1 & 1
    size = (12 * bits // rate + padding) * 4 if layer == 1 else samples // 8 * bits // rate + padding
    return Frame(size, samples, rate, (version, layer, rate), content[at + 3] >> 6 == 3)


def adts_size(content: bytes, at: int) -> int | None:
    """Bytes of the ADTS frame that starts at this byte; None: none does."""
    if at + 6 > len(content) or content[at] != 0xFF or content[at + 1] & 0xF6 != 0xF0:
        return None
    size = (content[at + 3] & 3) << 11 | content[at + 4] << 3 | content[at + 5] >> 5
    return size if size > 7 and content[at + 2] >> 2 & 15 < 13 else None


def is_chained(content: bytes, at: int = 0) -> bool:
    """Three frames of MPEG audio or of ADTS follow each other from this byte on."""
    return _mpeg_chain(content, at) or _adts_chain(content, at)


def _mpeg_chain(content: bytes, at: int) -> bool:
    kind = None
    for _ in range(_CHAIN):
        frame = frame_at(content, at)
        if frame is None or (kind is not None and frame.kind != kind):
            return False
        kind, at = frame.kind, at + frame.size
    return True


def _adts_chain(content: bytes, at: int) -> bool:
    for _ in range(_CHAIN):
        size = adts_size(content, at)
        if size is None:
            return False
        at += size
    return True
