"""Names of objects: how ours are made, and which ones are never opened."""

import secrets
from pathlib import PurePosixPath

from models.errors import RefusedAddress

OWN_PREFIX = "recordings/"
"""Under it lies what we wrote ourselves; what lands by itself lies elsewhere."""

AUDIO_TYPES: dict[str, str] = {
    ".3gp": "audio/3gpp",
    ".aac": "audio/aac",
    ".ac3": "audio/ac3",
    ".aif": "audio/aiff",
    ".aifc": "audio/aiff",
    ".aiff": "audio/aiff",
    ".al": "audio/x-alaw",
    ".alaw": "audio/x-alaw",
    ".alw": "audio/x-alaw",
    ".amr": "audio/amr",
    ".au": "audio/basic",
    ".awb": "audio/amr-wb",
    ".caf": "audio/x-caf",
    ".flac": "audio/flac",
    ".g722": "audio/g722",
    ".gsm": "audio/gsm",
    ".m4a": "audio/mp4",
    ".mka": "audio/x-matroska",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".mulaw": "audio/basic",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".pcma": "audio/x-alaw",
    ".pcmu": "audio/basic",
    ".slin": "application/octet-stream",
    ".sln": "application/octet-stream",
    ".sln12": "application/octet-stream",
    ".sln16": "application/octet-stream",
    ".sln192": "application/octet-stream",
    ".sln24": "application/octet-stream",
    ".sln32": "application/octet-stream",
    ".sln44": "application/octet-stream",
    ".sln48": "application/octet-stream",
    ".sln8": "application/octet-stream",
    ".sln96": "application/octet-stream",
    ".snd": "audio/basic",
    ".sph": "audio/x-nist",
    ".spx": "audio/ogg",
    ".ul": "audio/basic",
    ".ulaw": "audio/basic",
    ".ulw": "audio/basic",
    ".w64": "audio/x-w64",
    ".wav": "audio/wav",
    ".wav49": "audio/wav",
    ".weba": "audio/webm",
    ".webm": "video/webm",
    ".wma": "audio/x-ms-wma",
}
"""Endings of files that phone systems record into, in lower case, with their media types."""

_OTHER_SUFFIX = ".bin"
_OTHER_TYPE = "application/octet-stream"
_MAX_KEY_BYTES = 1024  # the limit of S3


def suffix_of(key: str) -> str:
    """The ending of a name in lower case with its dot; empty if there is none."""
    return PurePosixPath(key).suffix.lower()


def content_type_of(key: str) -> str:
    return AUDIO_TYPES.get(suffix_of(key), _OTHER_TYPE)


def new_key(suffix: str) -> str:
    """A random key such as `recordings/2a/2a9f….wav`: it tells nothing of the call.

    An ending that is not in AUDIO_TYPES becomes `.bin`: the bytes are kept, the decoder will judge them.
    """
    name = secrets.token_hex(16)
    ending = suffix.lower() if suffix.lower() in AUDIO_TYPES else _OTHER_SUFFIX
    return f"{OWN_PREFIX}{name[:2]}/{name}{ending}"


def check_key(key: str) -> str:
    """The key itself. Raises RefusedAddress for one that could lead out of the store, or that no store can hold."""
    fault = _fault_of(key)
    if fault:
        raise RefusedAddress(f"the object key {key[:200]!r} is refused: {fault}. Use a name such as 'inbox/call-1.wav'")
    return key


def _fault_of(key: str) -> str | None:
    if not key:
        return "it is empty"
    if not key.isprintable():
        # Also catches NUL, line ends and lone surrogates, which no database stores.
        return "it has a character that cannot be printed"
    if "\\" in key:
        return "it has a backslash; parts of a key are separated by '/'"
    if len(key.encode()) > _MAX_KEY_BYTES:
        return f"it is longer than {_MAX_KEY_BYTES} bytes"
    if key.startswith("/"):
        return "it is an absolute path"
    if any(part in ("", ".", "..") for part in key.split("/")):
        return "each part between '/' must be a name, not empty and not '.' or '..'"
    return None
