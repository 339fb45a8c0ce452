import pytest

from models.errors import SettingsError
from transcription.hardware import choose_hardware, compute_types

PROCESSOR = {"int8", "int8_float32", "float32", "int16"}
CARD = {"float32", "float16", "int8", "int8_float32", "int8_float16", "bfloat16"}
OLD_CARD = {"float32", "int8", "int8_float32"}


@pytest.mark.parametrize(
    ("card", "processor", "wanted", "expected"),
    [
        (CARD, PROCESSOR, ("auto", "auto"), ("cuda", "float16")),
        (OLD_CARD, PROCESSOR, ("auto", "auto"), ("cuda", "int8_float32")),
        ({"float32"}, PROCESSOR, ("auto", "auto"), ("cuda", "float32")),
        (set(), PROCESSOR, ("auto", "auto"), ("cpu", "int8")),
        (set(), {"int8_float32", "float32"}, ("auto", "auto"), ("cpu", "int8_float32")),
        (set(), {"float32"}, ("auto", "auto"), ("cpu", "float32")),
        (CARD, PROCESSOR, ("cpu", "auto"), ("cpu", "int8")),
        (CARD, PROCESSOR, ("cuda", "int8_float16"), ("cuda", "int8_float16")),
        (set(), PROCESSOR, ("auto", "float32"), ("cpu", "float32")),
        (set(), PROCESSOR, ("auto", "default"), ("cpu", "default")),
    ],
)
def test_the_best_that_is_there_is_taken_and_said(
    card: set[str], processor: set[str], wanted: tuple[str, str], expected: tuple[str, str]
) -> None:
    hardware = choose_hardware(*wanted, ask={"cuda": card, "cpu": processor}.__getitem__)
    assert (hardware.device, hardware.compute_type) == expected
    says = {"cuda": "a graphics card is here", "cpu": "no graphics card answers here"}
    assert hardware.reason == (says[expected[0]] if wanted[0] == "auto" else "as it is set")


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (("cuda", "auto"), r"'cuda' does not work.*EARMARK_WHISPER_DEVICE=auto"),
        (("auto", "float16"), r"'float16' here, only in float32, .*EARMARK_WHISPER_COMPUTE_TYPE=auto"),
    ],
)
def test_what_is_not_there_is_refused(wanted: tuple[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        choose_hardware(*wanted, ask={"cuda": set(), "cpu": PROCESSOR}.__getitem__)


def test_this_machine_computes_in_something() -> None:
    assert "float32" in compute_types("cpu")
