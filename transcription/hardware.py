"""What this machine can compute with: a card or the processor, and in which numbers."""

import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.errors import SettingsError

_BEST = {
    "cuda": ("float16", "int8_float16", "int8_float32", "float32"),
    "cpu": ("int8", "int8_float32", "float32"),
}
"""The first one that is there. Cards are made for float16, and old ones without it are quick with int8; a processor
needs 30 to 40 % less time with int8 than with float32."""
_ASK = "import ctranslate2, sys; print(*ctranslate2.get_supported_compute_types(sys.argv[1]))"
_PATIENCE = 60.0
"""Seconds for a cold card to answer."""

Ask = Callable[[str], Collection[str]]
"""The compute types of a device; none when it does not work here."""


@dataclass(frozen=True, slots=True)
class Hardware:
    device: str
    compute_type: str
    reason: str
    """Why this device, for people."""


def choose_hardware(device: str, compute_type: str, ask: Ask | None = None) -> Hardware:
    """`auto` is the best that is here; what is asked for by name is taken, or refused.

    Raises SettingsError when this machine does not have what was asked for.
    """
    asked = ask or compute_types
    if device == "auto":
        device, why = ("cuda", "a graphics card is here") if asked("cuda") else ("cpu", "no graphics card answers here")
    else:
        why = "as it is set"
    there = asked(device)
    if not there:
        raise SettingsError(f"the device {device!r} does not work on this machine; set EARMARK_WHISPER_DEVICE=auto")
    if compute_type == "auto":
        compute_type = next((kind for kind in _BEST.get(device, ()) if kind in there), "default")
    elif compute_type not in (*there, "default", "auto"):
        raise SettingsError(
            f"{device} does not compute in {compute_type!r} here, only in {', '.join(sorted(there))}; "
            "set EARMARK_WHISPER_COMPUTE_TYPE=auto"
        )
    return Hardware(device, compute_type, why)


@cache
def compute_types(device: str) -> frozenset[str]:
    """What CTranslate2 computes in on a device.

    A card is asked by a process of its own: whoever has spoken to CUDA once breaks all processes forked from it
    (CTranslate2, issue 539), and a driver that aborts takes only that process along.
    """
    if device == "cuda" and not has_card():
        return frozenset()
    try:
        if device == "cpu":
            import ctranslate2

            return frozenset(ctranslate2.get_supported_compute_types("cpu"))
        told = subprocess.run(
            [sys.executable, "-c", _ASK, device], capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except (OSError, ValueError, RuntimeError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(told.stdout.split())


def has_card() -> bool:
    """By its device file; WSL has another one."""
    return any(Path("/dev").glob("nvidia[0-9]*")) or Path("/dev/dxg").exists()
