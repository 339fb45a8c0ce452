from pathlib import Path

import pytest

from benchmarks.der import Error, Stretch, error_rate, read_rttm

TRUTH = [Stretch(0, 4, "ann"), Stretch(4, 10, "bob")]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([Stretch(0, 4, "1"), Stretch(4, 10, "0")], Error(0, 0, 0)),
        ([Stretch(0, 10, "0")], Error(0, 0, 40)),
        ([Stretch(0, 4, "0")], Error(60, 0, 0)),
        ([Stretch(0, 4, "0"), Stretch(4, 12, "1")], Error(0, 20, 0)),
        ([Stretch(0, 5, "0"), Stretch(4, 10, "1")], Error(0, 10, 0)),
    ],
)
def test_error_is_what_was_missed_invented_and_confused(found: list[Stretch], expected: Error) -> None:
    assert error_rate(TRUTH, found) == expected


def test_a_collar_forgives_what_is_near_a_boundary() -> None:
    late = [Stretch(0, 4.1, "0"), Stretch(4.1, 10, "1")]
    assert error_rate(TRUTH, late).total == pytest.approx(1.0)
    assert error_rate(TRUTH, late, collar=0.25).total == 0


def test_rttm_is_read_by_its_columns(tmp_path: Path) -> None:
    file = tmp_path / "call.rttm"
    file.write_text("SPKR-INFO x\nSPEAKER call 1 1.50 2.00 <NA> <NA> ann <NA> <NA>\n")
    assert read_rttm(file) == [Stretch(1.5, 3.5, "ann")]
