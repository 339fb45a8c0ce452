"""What a file is by its first bytes."""

from audio.decoding.mpeg import is_chained

HEAD_BYTES = 512
"""Read to name a file; a text shows itself in less."""
CHAIN_BYTES = 8192
"""Read to recognise MPEG audio, which has no header of its own: three frames of at most 1441 bytes, with room."""

_SOUND = (
    b"RIFF", b"RIFX", b"RF64", b"BW64", b"riff\x2e\x91\xcf\x11", b"FORM", b".snd", b"NIST_1A", b"OggS", b"fLaC",
    b"ID3", b"#!AMR", b"#!SILK", b"\x1a\x45\xdf\xa3", b"caff", b"wvpk", b"MAC ", b"Creative Voice File", b"TTA1",
    b"MPCK", b"MP+", b"DSD ", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"FLV\x01", b".RMF", b"tBaK", b"\x02dss", b"\x03ds2",
)  # fmt: skip
"""First bytes of files that say themselves how they are to be read."""
_OTHER = (
    b"\x89PNG", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xdb", b"GIF8", b"%PDF", b"PK\x03\x04",
    b"\x1f\x8b\x08", b"\x7fELF", b"7z\xbc\xaf", b"Rar!", b"SQLite format 3",
)  # fmt: skip
"""First bytes of what is no sound, whatever its name says."""
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
    (b"RF64", "a RIFF file (RF64)"),
    (b"RIFX", "a RIFF file (RIFX)"),
    (b"FORM", "an IFF file (AIFF)"),
    (b"#!AMR", "an AMR file"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM file"),
    (b"\x30\x26\xb2\x75", "a Windows Media file"),
)


def has_header(head: bytes) -> bool:
    """The file says itself what it is: raw sound never begins so, but by a chance of one in thousands of millions."""
    if head.startswith(_SOUND + _OTHER) or head[4:8] in {b"ftyp", b"moov", b"wide", b"mdat"}:
        return True
    return is_chained(head)


def looks_like(head: bytes) -> str:
    """For a reason: what these first bytes (at most HEAD_BYTES) are, in words."""
    for magic, kind in _KINDS:
        if head.startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return "an MP4 file"
    return "a text" if is_text(head) else "bytes of an unknown kind"


def is_text(head: bytes) -> bool:
    """Nearly all of it can be printed. Text in UTF-8 alone: in other codings every sound would be one."""
    try:
        text = head.decode("utf-8", errors="strict" if len(head) < HEAD_BYTES else "ignore")
    except UnicodeDecodeError:
        return False
    printable = sum(letter.isprintable() or letter.isspace() for letter in text)
    return bool(text) and printable > 0.95 * len(head.decode("utf-8", "replace"))
