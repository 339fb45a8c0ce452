"""A form with a recording, written to disk as it comes in: memory holds some pieces of it, never the whole."""

from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from api.bodies import MAX_JSON_BYTES, check_length, too_large
from api.problems import BROKEN_FORM, INVALID, Fault, Problem
from models.errors import StoreFailed

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

RECORDING, METADATA = "recording", "metadata"
FRAME_BYTES = 64 * 1024
"""Room for the boundaries and headers of a form."""
GATHERED_BYTES = 1024**2
"""Written to the disk at once."""


@dataclass(slots=True)
class Form:
    """What came in. `recording`: where its bytes are; `name`: what the sender calls the file."""

    metadata: bytes | None = None
    recording: Path | None = None
    name: str = ""


async def read_form(request: Request, folder: Path, *, max_bytes: int) -> Form:
    """Raises Problem: too large, cut off, or with parts that are not known; StoreFailed: the disk is full."""
    check_length(request, max_bytes + MAX_JSON_BYTES + FRAME_BYTES, what="the form")
    form = Form()
    with (folder / "recording").open("wb") as file:
        reader, boundary = _Reader(form, file, max_bytes), _boundary(request)
        try:
            parser = MultipartParser(boundary, reader.callbacks())
            async for piece in request.stream():
                parser.write(piece)
                if reader.gathered_size >= GATHERED_BYTES:
                    await run_in_threadpool(reader.write)
            parser.finalize()
        except FormParserError as error:
            raise Problem(BROKEN_FORM, f"the form cannot be read: {error}") from None
        if not reader.is_whole:
            raise Problem(BROKEN_FORM, "the form breaks off before its last boundary; send it again, whole")
        await run_in_threadpool(reader.write)
    return form


def _boundary(request: Request) -> bytes:
    header = Message()
    header["content-type"] = request.headers["content-type"]
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= 200:
        raise Problem(BROKEN_FORM, "the Content-Type of the form names no boundary; let your client set the header")
    return boundary.encode("latin-1", "replace")


@dataclass(slots=True)
class _Reader:
    form: Form
    file: BinaryIO
    max_bytes: int
    is_whole: bool = False
    gathered_size: int = 0
    _gathered: list[bytes] = field(default_factory=list)
    _size: int = 0
    _part: str = ""
    _header: tuple[bytes, bytes] = (b"", b"")
    _headers: dict[str, str] = field(default_factory=dict)
    _text: list[bytes] = field(default_factory=list)

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._named,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._whole,
        }

    def write(self) -> None:
        """What was gathered, to the disk."""
        try:
            self._write_gathered()
        except OSError as error:
            raise StoreFailed(f"the recording cannot be kept while it comes in: {error.strerror}") from error
        self._gathered.clear()
        self.gathered_size = 0

    def _write_gathered(self) -> None:
        for piece in self._gathered:
            self.file.write(piece)
        self.file.flush()

    def _begin(self) -> None:
        self._header, self._headers, self._text, self._size = (b"", b""), {}, [], 0

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        self._headers[name.decode("latin-1").lower()] = value.decode("utf-8", "replace")
        self._header = (b"", b"")

    def _named(self) -> None:
        said = Message()
        said["content-disposition"] = self._headers.get("content-disposition", "")
        part = said.get_param("name", header="content-disposition")
        self._part = part if isinstance(part, str) else ""
        if self._part not in (RECORDING, METADATA):
            detail = f"the form has a part {self._part!r}; there are: {RECORDING} (a file) and {METADATA} (JSON)"
            raise Problem(INVALID, detail, faults=[Fault(field=self._part, value=None, detail=detail)])
        if (self.form.recording if self._part == RECORDING else self.form.metadata) is not None:
            raise Problem(INVALID, f"the form has {self._part} twice; send one call at a time")
        if self._part == RECORDING:
            self.form.recording = Path(self.file.name)
            self.form.name = _file_name(said.get_filename())

    def _data(self, data: bytes, start: int, end: int) -> None:
        limit = self.max_bytes if self._part == RECORDING else MAX_JSON_BYTES
        self._size += end - start
        if self._size > limit:
            raise too_large(f"the part {self._part}", limit)
        if self._part == RECORDING:
            self._gathered.append(data[start:end])
            self.gathered_size += end - start
        else:
            self._text.append(data[start:end])

    def _end(self) -> None:
        if self._part == METADATA:
            self.form.metadata = b"".join(self._text)

    def _whole(self) -> None:
        self.is_whole = True


def _file_name(given: str | None) -> str:
    """The last part of what may be a path on the sender's machine, without what cannot be printed."""
    last = (given or "").replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable())[:200]
