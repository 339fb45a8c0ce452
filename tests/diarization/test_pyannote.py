"""The engine `pyannote`: what needs no torch always, the rest where pyannote.audio is installed (`make test-pyannote`).

Its pipelines have the architecture of the published ones and random weights: nothing here says how well they hear.
"""

import importlib.util
import pickle
import re
import socket
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pyannote_folders import COMMUNITY_1, V3_1, hollow, true

from audio.clip import Samples
from audio.quality import Levels
from audio.sound import Sound
from diarization.engines import pyannote as engine
from diarization.engines.pyannote import Pyannote, create
from models.context import Context
from models.conversation import Diarization, SpeakerTurn
from models.errors import BadRecording, EngineFailed, SettingsError

RATE = 16000
INSTALLED = importlib.util.find_spec("torch") is not None
needs_torch = pytest.mark.skipif(not INSTALLED, reason="pyannote.audio is not installed; `make test-pyannote` does it")


@dataclass
class Held:
    """A clip in memory; what it is asked for past `breaks_after` seconds cannot be read."""

    samples: Samples
    breaks_after: float = float("inf")
    rate: int = RATE
    partial: bool = False

    @property
    def channels(self) -> int:
        return len(self.samples)

    @property
    def duration(self) -> float:
        return float(self.samples.shape[1] / self.rate)

    def windows(self, seconds: float) -> Iterator[Samples]:
        size = round(seconds * self.rate)
        for at in range(0, self.samples.shape[1], size):
            if at / self.rate >= self.breaks_after:
                raise BadRecording("it breaks off")
            yield self.samples[:, at : at + size]


def sound(seconds: float, *, channels: tuple[int, ...] = (0,), **given: Any) -> Sound:
    """Noise that swells and falls, another on each of two channels."""
    draw = np.random.default_rng(5)
    count = round(seconds * RATE)
    loud = np.interp(np.arange(count), np.arange(count // 8000 + 2) * 8000.0, draw.random(count // 8000 + 2))
    samples = (draw.normal(size=(2, count)) * 0.1 * loud).astype(np.float32)
    levels = Levels((1.0, 1.0), (0.1, 0.1), same=False)
    return Sound(clip=Held(samples, **given), levels=levels, channels=channels, sides=1, chances={})


@dataclass
class Annotation:
    """Stands for pyannote.core's."""

    said: list[tuple[float, float, str]] = field(default_factory=list)

    def labels(self) -> list[str]:
        return sorted({label for _, _, label in self.said})

    def itertracks(self, *, yield_label: bool) -> Iterator[tuple[Any, str, str]]:
        assert yield_label
        yield from ((SimpleNamespace(start=start, end=end), "_", label) for start, end, label in self.said)


def output(full: list[tuple[float, float, str]], single: list[tuple[float, float, str]]) -> SimpleNamespace:
    labels = Annotation(full).labels()
    return SimpleNamespace(
        speaker_diarization=Annotation(full),
        exclusive_speaker_diarization=Annotation(single),
        speaker_embeddings=np.eye(4)[[ord(label[0]) - ord("A") for label in labels]],
    )


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("diarization.choose", "diarization.engines.pyannote"):
        monkeypatch.setattr(f"{module}.installed", lambda: "4.0.7")


@pytest.fixture
def heard(package: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Pyannote]:
    """An engine whose library says what it is told to, piece after piece."""

    def made(*outputs: object) -> Pyannote:
        left = iter(outputs)

        def apply(pipeline: object, samples: NDArray[np.float32], rate: int) -> object:
            said = next(left)
            if isinstance(said, Exception):
                raise said
            return said

        monkeypatch.setattr(engine, "_load", lambda *given: "a pipeline")
        monkeypatch.setattr(engine, "_apply", apply)
        return create(model=hollow(tmp_path / "model"))

    return made


def test_what_the_library_says_becomes_turns(heard: Callable[..., Pyannote]) -> None:
    said = output(
        [(0.0310, 5.00049, "B"), (4.0, 9.0, "A"), (9.5, 10.7, "B")],
        [(0.031, 4.5, "B"), (4.5, 9.0, "A"), (9.5, 12, "B")],
    )
    found = heard(said).diarize(sound(10.0), Context())
    assert found.turns == (SpeakerTurn(0.031, 5.0, 0), SpeakerTurn(4.0, 9.0, 1), SpeakerTurn(9.5, 10.0, 0))
    assert found.exclusive == (SpeakerTurn(0.031, 4.5, 0), SpeakerTurn(4.5, 9.0, 1), SpeakerTurn(9.5, 10.0, 0))


def test_speakers_who_are_nobody_are_settled(heard: Callable[..., Pyannote]) -> None:
    said = [(0.0, 5.0, "A"), (5.0, 5.5, "C"), (6.0, 9.0, "B")]
    found = heard(output(said, said)).diarize(sound(10.0), Context())
    assert [(turn.start, turn.end, turn.speaker) for turn in found.exclusive] == [(0.0, 5.5, 0), (6.0, 9.0, 1)]


def test_a_long_recording_is_heard_in_pieces(heard: Callable[..., Pyannote], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST_PIECE", 40.0)
    first = [(0.0, 20.0, "A"), (20.0, 35.0, "B")]
    second = [(0.0, 10.0, "B"), (10.0, 35.0, "A")]
    found = heard(output(first, first), output(second, second)).diarize(sound(70.0), Context())
    assert [(turn.start, turn.end, turn.speaker) for turn in found.turns] == [(0, 20, 0), (20, 45, 1), (45, 70, 0)]


@pytest.mark.parametrize("seconds", [0.0, 0.3, 29.9, 30.0, 61.7, 90.0])
def test_pieces_are_the_whole_recording_and_none_is_too_long(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "LONGEST_PIECE", 30.0)
    given = sound(seconds, channels=(1,))
    pieces = list(engine._pieces(given))
    whole = np.concatenate([np.zeros(0, np.float32), *(samples for _, samples in pieces)])
    assert np.array_equal(whole, given.clip.samples[1])  # type: ignore[attr-defined]
    assert all(len(samples) <= 30.0 * RATE for _, samples in pieces)
    ends = np.cumsum([len(samples) for _, samples in pieces]) / RATE
    assert [start for start, _ in pieces] == pytest.approx([0.0, *ends[:-1]][: len(pieces)])


@pytest.mark.parametrize(
    "error",
    [RuntimeError("CUDA error: out of memory\nat kernel"), pickle.UnpicklingError("bad"), Exception("odd"), KeyError()],
)
def test_whatever_the_library_raises_is_our_error(error: Exception, heard: Callable[..., Pyannote]) -> None:
    with pytest.raises(EngineFailed, match="pyannote could not hear this recording: ") as caught:
        heard(error).diarize(sound(5.0), Context())
    assert re.fullmatch(r"[^\n]+: [^\n]+", str(caught.value))


@pytest.mark.usefixtures("package")
def test_weights_that_cannot_be_loaded_are_our_error(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="pyannote could not load: "):
        create(model=hollow(tmp_path / "model")).diarize(sound(5.0), Context())


def test_a_recording_that_breaks_off_stays_the_recordings_fault(heard: Callable[..., Pyannote]) -> None:
    with pytest.raises(BadRecording):
        heard().diarize(sound(65.0, breaks_after=60.0), Context())


def test_where_nothing_is_worth_hearing_nothing_is_loaded(heard: Callable[..., Pyannote]) -> None:
    assert heard().diarize(sound(5.0, channels=()), Context()) == Diarization()


def test_without_its_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diarization.choose.installed", lambda: None)
    with pytest.raises(SettingsError, match=r"pip install 'earmark\[pyannote\]'"):
        create(model=hollow(tmp_path / "model"))


@pytest.mark.usefixtures("package")
def test_the_version_tells_models_apart(tmp_path: Path) -> None:
    first, second = (create(model=hollow(tmp_path / name, name)) for name in (COMMUNITY_1, V3_1))
    assert first.version != second.version
    assert "pyannote.audio 4.0.7" in first.version


@pytest.fixture(scope="module", params=[COMMUNITY_1, V3_1], ids=["community-1", "3.1"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of the library, while it saves.
        return true(tmp_path_factory.mktemp("pyannote") / "model", str(request.param))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise AssertionError(f"asked the network: {given}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@needs_torch
@pytest.mark.usefixtures("no_network")
def test_a_folder_is_loaded_and_hears_without_any_network(folder: Path) -> None:
    diarizer = create(model=folder, device="cpu", threads=1)
    found = diarizer.diarize(sound(14.0), Context())
    assert found.turns
    assert {turn.speaker for turn in found.turns} == set(range(len({turn.speaker for turn in found.turns})))
    assert found.turns[0].speaker == 0
    assert all(0 <= turn.start < turn.end <= 14.0 for turn in (*found.turns, *found.exclusive))
    for before, after in zip(found.exclusive, found.exclusive[1:], strict=False):
        assert after.start >= before.end - 1e-9
    assert diarizer.diarize(sound(14.0), Context()) == found


@needs_torch
@pytest.mark.parametrize("seconds", [0.02, 0.5, 3.0])
def test_short_recordings_are_no_trouble(seconds: float, folder: Path) -> None:
    found = create(model=folder, device="cpu", threads=1).diarize(sound(seconds), Context())
    assert all(turn.end <= seconds for turn in found.turns)


@needs_torch
def test_telemetry_is_off(folder: Path) -> None:
    create(model=folder, device="cpu", threads=1).diarize(sound(0.5), Context())
    from pyannote.audio.telemetry.metrics import is_metrics_enabled

    assert not is_metrics_enabled()


@needs_torch
def test_voices_worked_out_once_a_window_are_those_of_the_library(folder: Path) -> None:
    import torch

    from diarization.pipeline_folder import parts_of

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fast = engine._load(parts_of(folder), "cpu", 1)._embedding
    windows = torch.randn(3, 1, 32000, generator=torch.Generator().manual_seed(1))
    waveforms = windows[[0, 0, 0, 1, 1, 1, 2, 2]]
    masks = torch.zeros(8, 118)
    masks[0, :60], masks[1, 60:], masks[6, 10:90] = 1, 1, 1  # nobody speaks in the second window
    expected = fast._original(waveforms, masks=masks)
    assert np.allclose(fast(waveforms, masks=masks), expected, atol=1e-4 * np.abs(expected).max())
    assert np.allclose(fast(waveforms), fast._original(waveforms))


@needs_torch
def test_a_card_out_of_memory_gets_smaller_batches() -> None:
    import torch

    class Pipeline:
        embedding_batch_size = segmentation_batch_size = 32
        tried: list[int] = []  # noqa: RUF012

        def __call__(self, file: dict[str, Any], **bounds: int) -> str:
            self.tried.append(self.embedding_batch_size)
            if self.embedding_batch_size > 8:
                raise torch.cuda.OutOfMemoryError("full")
            return f"{tuple(file['waveform'].shape)} {file['sample_rate']} {bounds}"

    said = engine._apply(Pipeline(), np.zeros(100, np.float32), RATE)
    assert said == "(1, 100) 16000 {'min_speakers': 1, 'max_speakers': 8}"
    assert Pipeline.tried == [32, 16, 8]


@needs_torch
def test_a_card_that_cannot_hear_even_one_window_is_our_error(
    heard: Callable[..., Pyannote], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    with pytest.raises(EngineFailed, match="full"):
        heard(torch.cuda.OutOfMemoryError("full")).diarize(sound(5.0), Context())
