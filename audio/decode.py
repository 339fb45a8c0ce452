"""A file of any usual kind, however badly made, to a Clip."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av import AudioFrame, AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from audio.clip import Samples
from models.errors import BadRecording, StoreFailed

log = logging.getLogger(__name__)

MAX_CHANNELS = 8
"""Conference recorders write one channel for each party; more than this is no phone call."""
_RATES = range(2_000, 4_000_001)
"""Samples a second we resample from: outside it a header lies, and one packet could become hours of sound."""
_MAX_BARREN_PACKETS = 10_000
"""Packets in a row that hold no sound: a demuxer that runs in circles."""
_PLACEHOLDER_BYTES = 0x7FFF0000
"""Recorders that stream write the largest number they can as the size of the sound: no claim at all."""

_FORMATS = (
    "wav,w64,aiff,au,caf,mp3,aac,flac,ogg,mov,mp4,m4a,matroska,webm,amr,amrnb,amrwb,gsm,asf,avi,flv,mpeg,mpegts,"
    "ac3,eac3,ape,wv,tta,mpc,mpc8,nistsphere,voc,sox,dsf,dss,rm,tak"
)
"""Containers of sound. Playlists, image readers and the like are left out: a file that names other files or
addresses must never make us open them, and a picture or a text is no recording."""
_OPEN_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
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

_KINDS = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x7fELF", "a program"),
    (b"RIFF", "a RIFF file (WAV or AVI)"),
    (b"ID3", "a file with MP3 tags"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
)


@dataclass(frozen=True, slots=True)
class FileClip:
    """A Clip that decodes its file anew each time it is read."""

    path: Path
    rate: int
    channels: int
    duration: float
    partial: bool

    def windows(self, seconds: float) -> Iterator[Samples]:
        size = max(1, round(seconds * self.rate))
        held: list[Samples] = []
        count = 0
        for piece in _Reader(self.path, self.rate, self.channels).pieces():
            held.append(piece)
            count += piece.shape[1]
            while count >= size:
                joined = np.concatenate(held, axis=1)
                yield np.ascontiguousarray(joined[:, :size])
                held, count = [joined[:, size:]], count - size
        if count:
            yield np.concatenate(held, axis=1)


def open_clip(path: Path, *, max_seconds: float, rate: int = 16000) -> FileClip:
    """Decode the file once, to learn how long it really is.

    A file that breaks off gives what is there, marked `partial`. All channels are kept, up to `MAX_CHANNELS`.
    Raises BadRecording for what holds no sound, or more than `max_seconds` of it, StoreFailed when the file is gone.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise StoreFailed(
            f"{path.name} is not there any more ({error.strerror}); it has to be fetched again"
        ) from error
    if not size:
        raise BadRecording(f"{path.name} is empty (0 bytes): the recording was never written; send it again")
    reader = _Reader(path, rate, None)
    samples = 0
    for piece in reader.pieces():
        samples += piece.shape[1]
        if samples > max_seconds * rate:
            raise BadRecording(
                f"{path.name} lasts longer than {_length(max_seconds)}, the most that is taken; "
                "cut it, or raise EARMARK_MAX_SECONDS"
            )
    if not samples:
        raise BadRecording(_no_sound(path, size, "it has an audio stream, but not one sample of it could be decoded"))
    return FileClip(path, rate, reader.channels or 1, samples / rate, reader.broke_off(samples / rate))


class _Reader:
    """One pass over a file; remembers how it ended."""

    def __init__(self, path: Path, rate: int, channels: int | None) -> None:
        self.path = path
        self.rate = rate
        self.channels = channels
        self._claimed: float | None = None
        self._failed_at_end = False
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None

    def pieces(self) -> Iterator[Samples]:
        """Sound at `rate`, some thousand samples at a time. The first pass settles `channels`."""
        with self._open() as container:
            stream = self._stream(container)
            for frame in self._frames(container, stream):
                yield from self._resampled(frame)
            yield from self._resampled(None)

    def broke_off(self, seconds: float) -> bool:
        """The reading ended in an error, or the header promised clearly more than came."""
        if self._failed_at_end or _is_short_riff(self.path):
            return True
        return self._claimed is not None and self._claimed > seconds + max(0.5, 0.01 * seconds)

    def _open(self) -> InputContainer:
        try:
            return av.open(
                str(self.path.absolute()), metadata_errors="ignore", options=dict(_OPEN_OPTIONS), timeout=60.0
            )
        except _AV_ERRORS as error:
            log.debug("cannot open %s", self.path, exc_info=True)
            reason = "no audio format that we know"
            raise BadRecording(_no_sound(self.path, self.path.stat().st_size, reason)) from error

    def _stream(self, container: InputContainer) -> AudioStream:
        try:
            stream = container.streams.audio[0]
            rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        except (AttributeError, *_AV_ERRORS) as error:
            reason = "there is no audio stream that can be decoded in it"
            raise BadRecording(_no_sound(self.path, self.path.stat().st_size, reason)) from error
        if rate and rate not in _RATES:
            raise BadRecording(
                f"{self.path.name} claims {rate} samples a second, which no recorder writes; send it anew"
            )
        if channels > MAX_CHANNELS:
            raise BadRecording(
                f"{self.path.name} has {channels} channels; at most {MAX_CHANNELS} are taken: mix some down"
            )
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
            try:
                frames = packet.decode()
            except _AV_ERRORS:
                self._failed_at_end, barren = True, barren + 1
                continue
            if frames:
                self._failed_at_end, barren = False, 0
            yield from frames
        self._failed_at_end = True

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Samples]:
        """`frame` at our rate; None flushes. A stream may change its rate or channels in the middle."""
        try:
            if frame is not None:
                shape = (frame.format.name, frame.layout.name, frame.sample_rate)
                if shape != self._shape:
                    yield from self._flushed()
                    self._start(frame, shape)
                frame.pts = None  # Gaps and jumps in time stamps are not heard.
            if self._resampler is not None:
                yield from self._arrays(self._resampler.resample(frame))
        except _AV_ERRORS:
            log.debug("cannot resample a piece of %s", self.path, exc_info=True)
            self._failed_at_end, self._resampler, self._shape = True, None, None

    def _flushed(self) -> Iterator[Samples]:
        if self._resampler is not None:
            yield from self._arrays(self._resampler.resample(None))

    def _start(self, frame: AudioFrame, shape: tuple[str, str, int]) -> None:
        if frame.sample_rate not in _RATES:
            raise ValueError(f"{frame.sample_rate} samples a second")
        channels = len(frame.layout.channels)
        self.channels = self.channels or channels
        layout = frame.layout if channels == self.channels else _LAYOUTS.get(self.channels, "stereo")
        self._resampler = AudioResampler(format="flt", layout=layout, rate=self.rate)
        self._shape = shape

    def _arrays(self, frames: list[AudioFrame]) -> Iterator[Samples]:
        """Interleaved in one plane: PyAV reads beyond the planes of a frame with eight channels, and crashes."""
        for frame in frames:
            channels = len(frame.layout.channels)
            if channels != self.channels or not frame.samples:
                continue
            sound = np.nan_to_num(frame.to_ndarray(), nan=0.0, posinf=1.0, neginf=-1.0)
            yield np.clip(sound.reshape(-1, channels).T, -1.0, 1.0, dtype=np.float32)


_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def _claimed_seconds(container: InputContainer, stream: AudioStream) -> float | None:
    """The length that the header promises; None where it is only a guess or a placeholder."""
    if set(container.format.name.split(",")) & _ESTIMATED or not stream.duration or not stream.time_base:
        return None
    seconds = float(stream.duration * stream.time_base)
    return None if seconds * (stream.bit_rate or 0) / 8 >= _PLACEHOLDER_BYTES else seconds


def _is_short_riff(path: Path) -> bool:
    """A WAV whose header promises clearly more bytes than the file has; FFmpeg itself believes the file."""
    with path.open("rb") as file:
        head = file.read(8)
    promised = int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or promised >= _PLACEHOLDER_BYTES:
        return False
    size = path.stat().st_size
    return promised + 8 - size > max(4096, size // 100)


def _no_sound(path: Path, size: int, reason: str) -> str:
    return (
        f"{path.name} ({size:,} bytes) looks like {_looks_like(path)}, not like a recording: {reason}. "
        "Send WAV, MP3, M4A, FLAC or Ogg/Opus"
    )


def _looks_like(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(512)
    for magic, kind in _KINDS:
        if head.startswith(magic):
            return kind
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < 512 else "ignore")
    except UnicodeDecodeError:
        return "bytes of an unknown kind"
    printable = sum(letter.isprintable() or letter.isspace() for letter in text)
    return "a text" if text and printable > 0.95 * len(head.decode("utf-8", "replace")) else "bytes of an unknown kind"


def _length(seconds: float) -> str:
    return f"{seconds / 3600:g} hours" if seconds >= 3600 else f"{seconds:g} seconds"
