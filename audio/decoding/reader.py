"""A file of any usual kind, however badly made, to samples as they were recorded."""

import logging
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import av
from av import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from audio.clip import Samples
from audio.decoding.ending import PLACEHOLDER_BYTES, broke_off, cut_block, fell_short, lacks_index
from audio.decoding.frames import MAX_CHANNELS, samples_of, scaled
from audio.decoding.kinds import CHAIN_BYTES, HEAD_BYTES, has_header, is_text, looks_like
from audio.decoding.raw import RawFormat, how_to_read
from models.errors import BadRecording, StoreFailed

log = logging.getLogger(__name__)

_RATES = range(2_000, 4_000_001)
"""Samples a second we resample from: outside it a header lies, and one packet could become hours of sound."""
_MAX_BARREN_PACKETS = 10_000
"""Packets in a row that hold no sound: a demuxer that runs in circles."""
_BLOCK = 1 << 16
"""Samples of each channel handed on at once: frames hold 160 to 4,096, and each step costs some microseconds."""
_LOST_SHARE = 0.01
"""Share of packets that could not be decoded from which sound is missing; a stray packet of tags is none."""

_FORMATS = (
    "wav,w64,aiff,au,caf,mp3,aac,flac,ogg,mov,mp4,m4a,matroska,webm,amr,amrnb,amrwb,gsm,asf,avi,flv,mpeg,mpegts,"
    "ac3,eac3,ape,wv,tta,mpc,mpc8,nistsphere,voc,sox,dsf,dss,rm,tak"
)
"""Containers of sound. Playlists, image readers and the like are left out: a file that names other files or
addresses must never make us open them, and a picture or a text is no recording."""
_ESTIMATED = {"mp3", "aac", "amr", "ac3", "eac3", "mpeg", "mpegts", "gsm", "ogg"}
"""Containers whose length is guessed from the bit rate or the last page, so that it proves no missing sound."""

_AV_ERRORS = (
    av.error.FFmpegError,
    ValueError,
    OSError,
    RuntimeError,
    ArithmeticError,
    LookupError,
    NotImplementedError,
)
"""All that PyAV was seen to raise on hostile files: its own tree is no subclass of one error alone."""


class Block(NamedTuple):
    """Sound of one rate; a stream may change it in the middle. Always as many channels as it began with."""

    rate: int
    sound: Samples


class Reader:
    """One pass over a file; remembers what it was and how it ended.

    `name` is the one by which its sender knows it; `told`, how a file is read that has neither a header nor a telling
    name. Raises BadRecording for what holds no sound, StoreFailed when the file is gone.
    """

    def __init__(self, path: Path, *, name: str | None = None, told: RawFormat | None = None) -> None:
        self.path, self.name = path, name or path.name
        self.container = self.codec = ""
        self.rate = self.channels = 0
        self.size = _size(path, self.name)
        with path.open("rb") as file:
            self._head = file.read(CHAIN_BYTES)
        known_as = self.name if PurePath(self.name).suffix else path.name
        self._raw = how_to_read(self._head, known_as, told)
        self._claimed: float | None = None
        self._failed_at_end = False
        self._packets = self._lost = 0

    def blocks(self) -> Iterator[Block]:
        """The sound at its own rate, about `_BLOCK` samples at a time. The first frame settles `channels`."""
        with self._open() as container:
            stream = self._stream(container)
            held: list[NDArray[Any]] = []
            shape, count = (0, 0, ""), 0
            for frame in self._frames(container, stream):
                sound = self._sound(frame)
                if sound is None:
                    continue
                now = (frame.sample_rate, len(sound), sound.dtype.str)
                if held and (now != shape or count >= _BLOCK):
                    yield Block(shape[0], scaled(held, self.channels))
                    held, count = [], 0
                held.append(sound)
                shape, count = now, count + sound.shape[1]
            if held:
                yield Block(shape[0], scaled(held, self.channels))

    def why_partial(self, seconds: float) -> str | None:
        """Why the `seconds` that were read are not all there was, as a sentence; None: they are."""
        if self._raw is not None:
            return cut_block(self.size, self._raw.block)
        if told := broke_off(self.path, self.container, seconds) or fell_short(self._claimed, seconds):
            return told
        if self._failed_at_end and self.container != "mp3":  # There, tags and padding behind the last frame fail.
            return "It breaks off: its end could not be decoded."
        if self._lost > _LOST_SHARE * self._packets:
            return f"It is damaged: {self._lost:,} of its {self._packets:,} pieces could not be decoded."
        return None

    def no_sound(self, reason: str) -> BadRecording:
        looks = looks_like(self._head[:HEAD_BYTES])
        return BadRecording(
            f"{self.name} ({self.size:,} bytes) looks like {looks}, not like a recording: {reason}. "
            "Send WAV, MP3, M4A, FLAC or Ogg/Opus"
        )

    def _open(self) -> InputContainer:
        formats = self._raw.coding if self._raw else _FORMATS
        options = {
            "format_whitelist": formats,
            "protocol_whitelist": "file",
            **(self._raw.options if self._raw else {}),
        }
        try:
            container = av.open(
                str(self.path.absolute()),
                format=self._raw.coding if self._raw else None,
                metadata_errors="ignore",
                options=options,
                timeout=60.0,
            )
        except MemoryError:
            raise
        except _AV_ERRORS as error:
            log.debug("cannot open %s", self.path, exc_info=True)
            raise self.no_sound(self._why_unknown()) from error
        self.container = container.format.name
        return container

    def _why_unknown(self) -> str:
        if self._head[4:8] == b"ftyp" and lacks_index(self.path):
            return "its index (moov) is missing, so it broke off or was never finished, and nothing in it can be found"
        unknown = "no audio format that we know"
        if has_header(self._head) or is_text(self._head[:HEAD_BYTES]):
            return unknown
        return f"{unknown}; sound without a header needs a telling name such as call.ulaw, or EARMARK_RAW_FORMAT"

    def _stream(self, container: InputContainer) -> AudioStream:
        try:
            stream = container.streams.audio[0]
            rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
            self.codec = stream.codec_context.codec.canonical_name
            stream.codec_context.thread_count = 1  # Sound gains nothing by threads, and their stacks cost memory.
        except (AttributeError, *_AV_ERRORS) as error:
            raise self.no_sound("there is no audio stream that can be decoded in it") from error
        if rate and rate not in _RATES:
            raise BadRecording(f"{self.name} claims {rate} samples a second, which no recorder writes; send it anew")
        if channels > MAX_CHANNELS:
            raise BadRecording(f"{self.name} has {channels} channels; at most {MAX_CHANNELS} are taken: mix some down")
        self._claimed = _claimed_seconds(container, stream)
        return stream

    def _frames(self, container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
        """Decoded frames; a bad packet is passed over, an error of the container ends the file."""
        packets = container.demux(stream)
        barren = 0
        while barren < _MAX_BARREN_PACKETS:
            try:
                packet = next(packets, None)
            except _AV_ERRORS:
                self._failed_at_end = True
                return
            if packet is None:
                return
            self._packets += 1
            try:
                frames = packet.decode()
            except _AV_ERRORS:
                barren += 1
                if packet.size:  # Empty ones end some Speex streams; no sound is lost with them.
                    self._lost, self._failed_at_end = self._lost + 1, True
                continue
            barren = 0 if frames else barren + 1
            self._failed_at_end = self._failed_at_end and not frames
            yield from frames
        self._failed_at_end = True

    def _sound(self, frame: AudioFrame) -> NDArray[Any] | None:
        """None: the frame cannot be used, and what it held is lost."""
        try:
            channels = frame.layout.nb_channels
            if frame.sample_rate not in _RATES or not 1 <= channels <= MAX_CHANNELS:
                raise ValueError(f"{channels} channels at {frame.sample_rate} samples a second")
            sound = samples_of(frame, channels)
        except MemoryError:
            raise
        except _AV_ERRORS:
            log.debug("cannot use a piece of %s", self.path, exc_info=True)
            self._lost, self._failed_at_end = self._lost + 1, True
            return None
        self.channels, self.rate = self.channels or channels, self.rate or frame.sample_rate
        return sound if sound.shape[1] else None


def _size(path: Path, name: str) -> int:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StoreFailed(f"{name} is not there any more ({error.strerror}); it has to be fetched again") from error
    if not size:
        raise BadRecording(f"{name} is empty (0 bytes): the recording was never written; send it again")
    return size


def _claimed_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    """The length that the header promises; None where it is only a guess or a placeholder."""
    if set(container.format.name.split(",")) & _ESTIMATED or not stream.duration or not stream.time_base:
        return None
    seconds = float(stream.duration * stream.time_base)
    return None if seconds * (stream.bit_rate or 0) / 8 >= PLACEHOLDER_BYTES else seconds
