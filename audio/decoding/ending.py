"""Did a recording end, or did it break off? Each kind of file has its own way to tell."""

from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from audio.decoding.mpeg import Frame, frame_at

PLACEHOLDER_BYTES = 0x7FFF0000
"""Recorders that stream write the largest number they can as the size of the sound: no claim at all."""
_TAIL = 1 << 17
"""Bytes read of the end: an Ogg page has at most 65,307, and tags may stand behind the last MP3 frame."""
_LAME_TRIM = 8190
"""Samples that an MP3 encoder may tell to drop at both ends: twice twelve bits (LAME tag)."""
_MOST_BOXES = 100_000
"""Boxes of an MP4 that are looked at: one of an hour in fragments of a second has 7,200."""


def broke_off(path: Path, container: str, seconds: float) -> str | None:
    """Why the file is not whole, as a sentence; None: nothing shows that anything is missing."""
    size = path.stat().st_size
    for name in container.split(","):
        if name in _RULES:
            with path.open("rb") as file:
                return _RULES[name](file, size, seconds)
    return None


def fell_short(claimed: float | None, seconds: float) -> str | None:
    """The header promises clearly more sound than came: half a second, and a hundredth; headers are rounded."""
    if claimed is None or claimed <= seconds + max(0.5, 0.01 * seconds):
        return None
    return f"It breaks off: its header promises {claimed:.1f} seconds, and {seconds:.1f} are there."


def cut_block(size: int, block: int) -> str | None:
    """Raw sound ends inside of a frame."""
    return f"It breaks off inside its last frame: {size:,} bytes in frames of {block}." if size % block else None


def lacks_index(path: Path) -> bool:
    """An MP4 whose index was to be written at its end, and was not: nothing in it can be found."""
    with path.open("rb") as file:
        boxes = list(_boxes(file, path.stat().st_size))
    kinds = {box.kind for box in boxes}
    return b"ftyp" in kinds and not kinds & {b"moov", b"moof"}


def _riff(file: BinaryIO, size: int, _seconds: float) -> str | None:
    """FFmpeg itself believes the file's size. Many writers count a few bytes too many."""
    head = file.read(32)
    promised = int.from_bytes(head[4:8], "little") + 8
    if head[:4] in {b"RF64", b"BW64"} and head[12:16] == b"ds64":
        promised = int.from_bytes(head[20:28], "little") + 8
    elif head[:4] != b"RIFF" or promised - 8 >= PLACEHOLDER_BYTES:
        return None
    missing = promised - size
    return _promise(promised, size) if max(4096, size // 100) < missing < 1 << 62 else None


def _ogg(file: BinaryIO, size: int, _seconds: float) -> str | None:
    """The last page must be whole and close its stream.

    RFC 3533, 6, wants the end-of-stream flag on the last page of every stream. A writer that dies between two pages
    leaves all pages whole, so the missing flag is the only sign of it; a writer that never sets the flag is taken for
    such a one, which costs its calls a mark and no sound.
    """
    tail = _tail(file, size)
    at = tail.rfind(b"OggS\0")
    if at < 0 or at + 27 > len(tail):
        return "It breaks off inside an Ogg page."
    lacing = tail[at + 27 : at + 27 + tail[at + 26]]
    if len(lacing) < tail[at + 26] or at + 27 + len(lacing) + sum(lacing) > len(tail):
        return "It breaks off inside its last Ogg page."
    closed = tail[at + 5] & 4
    return None if closed else "It has no end-of-stream page: it was never closed, and its end may be missing."


class _Box(NamedTuple):
    kind: bytes
    end: int


def _boxes(file: BinaryIO, size: int) -> Iterator[_Box]:
    """The outermost boxes of an MP4 (ISO/IEC 14496-12, 4.2)."""
    at = 0
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        length = int.from_bytes(head[8:16], "big") if length == 1 else length or size - at
        yield _Box(head[4:8], at + length)
        if length < 8:
            return
        at += length


def _mp4(file: BinaryIO, size: int, _seconds: float) -> str | None:
    last = next(iter(deque(_boxes(file, size), maxlen=1)), None)
    if last is None or last.end <= size or not last.kind.isalnum():
        return None
    return _promise(last.end, size)


def _matroska(file: BinaryIO, size: int, _seconds: float) -> str | None:
    """The segment tells its size (RFC 8794, 5 and 6); a recorder that streams writes all ones: no claim."""
    head = file.read(4096)
    at = head.find(b"\x18\x53\x80\x67")
    if at < 0 or at + 12 > len(head) or not head[at + 4]:
        return None
    length = 9 - head[at + 4].bit_length()
    value = int.from_bytes(head[at + 4 : at + 4 + length], "big") & (1 << 7 * length) - 1
    end = at + 4 + length + value
    return _promise(end, size) if value != (1 << 7 * length) - 1 and end > size else None


def _mp3(file: BinaryIO, size: int, seconds: float) -> str | None:
    start = _behind_tags(file)
    file.seek(start)
    head = file.read(4096)
    first = frame_at(head, 0)
    if first is None:
        return None
    return _xing(head, first, size - start, seconds) or _cut_frame(_tail(file, size), first)


def _behind_tags(file: BinaryIO) -> int:
    """ID3v2 tags (id3.org, ID3v2.4.0, 3.1): sizes in four times seven bits; there may be several."""
    at = 0
    for _ in range(16):
        file.seek(at)
        head = file.read(10)
        if head[:3] != b"ID3" or len(head) < 10:
            break
        at += 10 + sum((byte & 0x7F) << 7 * place for place, byte in enumerate(reversed(head[6:10])))
        at += 10 * (head[5] >> 4 & 1)
    return at


def _xing(head: bytes, first: Frame, there: int, seconds: float) -> str | None:
    """What the Xing, Info or VBRI header counts in its own first frame: frames and bytes of the whole."""
    frames = length = 0
    at = _after_side_info(first)
    if head[at : at + 4] in {b"Xing", b"Info"}:
        flags = int.from_bytes(head[at + 4 : at + 8], "big")
        frames = int.from_bytes(head[at + 8 : at + 12], "big") if flags & 1 else 0
        at += 8 + 4 * (flags & 1)
        length = int.from_bytes(head[at : at + 4], "big") if flags & 2 else 0
    elif head[36:40] == b"VBRI":
        length, frames = int.from_bytes(head[46:50], "big"), int.from_bytes(head[50:54], "big")
    if length > there:
        return _promise(length, there)
    promised = (frames * first.samples - _LAME_TRIM) / first.rate
    return fell_short(promised, seconds) if frames else None


def _after_side_info(first: Frame) -> int:
    """Where Xing puts its header: behind the four bytes of the frame's and the side information of layer III."""
    if first.kind[0] == 3:
        return 4 + (17 if first.mono else 32)
    return 4 + (9 if first.mono else 17)


def _cut_frame(tail: bytes, first: Frame) -> str | None:
    """Walk the frames of the tail from the first place where three of this stream follow each other."""
    at = next((place for place in range(len(tail)) if _runs(tail, place, first)), None)
    while at is not None and at + 4 <= len(tail):
        frame = frame_at(tail, at)
        if frame is None or frame.kind != first.kind:
            return None
        at += frame.size
    return "It breaks off inside its last MP3 frame." if at is not None and at > len(tail) else None


def _runs(tail: bytes, at: int, first: Frame) -> bool:
    for _ in range(3):
        frame = frame_at(tail, at)
        if frame is None or frame.kind != first.kind:
            return False
        at += frame.size
    return True


_AMR_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6, 6, 6, 6, 1, 1, 1, 1)
"""Of a frame by its type (RFC 4867, 5.3); of the wide band below."""
_AWB_BYTES = (18, 24, 33, 37, 41, 47, 51, 59, 61, 6, 1, 1, 1, 1, 1, 1)
_AMR_STEP = 1 << 16


def _amr(file: BinaryIO, _size: int, _seconds: float) -> str | None:
    """Frames follow each other without a mark, so all of them are walked."""
    head = file.read(9)
    wide = head == b"#!AMR-WB\n"
    sizes, at, content = _AWB_BYTES if wide else _AMR_BYTES, 0, b"" if wide else head[6:]
    while piece := file.read(_AMR_STEP):
        content = content[at:] + piece
        at = 0
        while at < len(content) - _AWB_BYTES[8]:
            at += sizes[content[at] >> 3 & 15]
    while at < len(content):
        at += sizes[content[at] >> 3 & 15]
    return "It breaks off inside its last AMR frame." if at > len(content) else None


def _gsm(_file: BinaryIO, size: int, _seconds: float) -> str | None:
    return cut_block(size, 33)


def _tail(file: BinaryIO, size: int) -> bytes:
    file.seek(max(0, size - _TAIL))
    return file.read(_TAIL)


def _promise(promised: int, size: int) -> str:
    return f"It breaks off: its header promises {promised:,} bytes, and {size:,} are there."


_RULES: dict[str, Callable[[BinaryIO, int, float], str | None]] = {
    "wav": _riff,
    "avi": _riff,
    "ogg": _ogg,
    "mov": _mp4,
    "matroska": _matroska,
    "mp3": _mp3,
    "amr": _amr,
    "gsm": _gsm,
}
