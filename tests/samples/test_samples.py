"""The sample calls are small, complete, and what their script writes."""

import json
import shutil
import subprocess
import sys
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from attribution.attribute import Verdict
from audio.decoding.decode import open_clip
from models.call import CallFacts, Touchpoint, Tracking
from models.channel import GROUP_OF
from models.lead import LeadQuality, Outcome

SAMPLES = Path(__file__).parents[2] / "samples"
CALLS = SAMPLES / "calls"
SOUNDS = sorted(path for path in CALLS.iterdir() if path.suffix != ".json")
METADATA = sorted(CALLS.glob("*.json"))
ROOMS = (
    "models",
    "audio",
    "transcription",
    "diarization",
    "classifiers",
    "attribution",
    "storage",
    "pipeline",
    "workers",
)

needs_flite = pytest.mark.skipif(
    shutil.which("flite") is None, reason="flite, which speaks the samples, is not installed"
)


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def sound_of(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(open_clip(path, max_seconds=120).windows(30)), axis=1)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    subprocess.run([sys.executable, SAMPLES / "make_samples.py", folder], check=True, capture_output=True)
    return folder


def test_there_are_six_recordings_and_two_transcripts() -> None:
    assert len(SOUNDS) == 6
    assert [path.stem for path in METADATA if "transcript" in read(path)] == ["07-avito", "08-instagram"]


def test_all_calls_together_stay_under_two_megabytes() -> None:
    assert sum(path.stat().st_size for path in CALLS.iterdir()) < 2_000_000


@pytest.mark.parametrize("path", SOUNDS, ids=lambda path: path.name)
def test_recording_has_metadata_that_fits_its_sound(path: Path) -> None:
    facts, clip = read(path.with_suffix(".json")), open_clip(path, max_seconds=120)
    assert facts["talk_seconds"] == pytest.approx(clip.duration, abs=0.2)
    assert len(facts.get("channel_roles", "1")) == clip.channels
    assert 30 < clip.duration < 60


@pytest.mark.parametrize("path", METADATA, ids=lambda path: path.stem)
def test_call_has_an_identity_and_an_expectation_in_our_vocabulary(path: Path) -> None:
    facts = read(path)
    assert (facts["provider"], facts["external_id"]) == ("samples", path.stem)
    expected = read(SAMPLES / "expected.json")[path.stem]
    assert set(expected["stated_channels"]) <= set(GROUP_OF)
    LeadQuality(expected["lead_quality"])
    Outcome(expected["outcome"])
    Verdict(expected["verdict"])


@pytest.mark.parametrize("path", METADATA, ids=lambda path: path.stem)
def test_metadata_has_only_fields_that_a_call_has(path: Path) -> None:
    facts = read(path)
    assert facts.keys() <= {field.name for field in fields(CallFacts)} | {"transcript"}
    assert facts["tracking"].keys() <= {field.name for field in fields(Tracking)}
    for point in facts["tracking"].get("touchpoints", []):
        assert point.keys() <= {field.name for field in fields(Touchpoint)}


def test_nothing_is_expected_of_calls_that_are_not_there() -> None:
    assert set(read(SAMPLES / "expected.json")) == {path.stem for path in METADATA}


def test_no_room_of_the_road_reads_the_expectations() -> None:
    sources = [path for room in ROOMS for path in (SAMPLES.parent / room).rglob("*.py")]
    assert sources
    assert [path for path in sources if "expected.json" in path.read_text(encoding="utf-8")] == []


@needs_flite
@pytest.mark.parametrize("name", [*(f"calls/{path.name}" for path in METADATA), "expected.json"])
def test_script_writes_the_json_that_is_here(name: str, rendered: Path) -> None:
    assert (rendered / name).read_bytes() == (SAMPLES / name).read_bytes()


@needs_flite
@pytest.mark.parametrize("name", [path.name for path in SOUNDS])
def test_script_speaks_the_recording_that_is_here(name: str, rendered: Path) -> None:
    # Not the bytes: another version of a codec, or another processor, may write other ones for the same sound.
    fresh, kept = sound_of(rendered / "calls" / name), sound_of(CALLS / name)
    assert fresh.shape == kept.shape
    assert np.corrcoef(fresh.ravel(), kept.ravel())[0, 1] > 0.95


@needs_flite
def test_script_writes_the_same_bytes_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SAMPLES))
    story = import_module("stories").GOOGLE_AD
    for name in ("once.ogg", "twice.ogg"):
        import_module("speak").render(story, tmp_path / name)
    assert (tmp_path / "once.ogg").read_bytes() == (tmp_path / "twice.ogg").read_bytes()


def test_script_says_what_is_missing_without_flite(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SAMPLES / "make_samples.py", tmp_path],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "flite is not installed" in done.stdout
    assert list(tmp_path.iterdir()) == []
