"""Engine `onnx` on models of the true interfaces, loaded from folders by the package's own loader."""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from itertools import pairwise
from pathlib import Path

import pytest
import tiny_onnx
from test_engines import Cut, heard, said

from audio.sound import listen
from models.context import Context
from models.errors import EngineFailed, NoEngine, SettingsError
from models.transcript import Transcript
from transcription.coverage import NOTHING_WRITTEN, uncovered
from transcription.engines import onnx
from transcription.onnx_weights import MODELS, is_here, languages_of
from transcription.tokens import LAST_SOUND

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture(scope="module")
def ctc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_onnx.gigaam_ctc(tmp_path_factory.mktemp("ctc"))


@pytest.fixture(scope="module")
def rnnt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_onnx.gigaam_rnnt(tmp_path_factory.mktemp("rnnt"))


def written(folder: Path, *picked: int | None, seconds: float = 8.0, context: Context | None = None) -> Transcript:
    engine = onnx.create(model=folder, device="cpu", threads=1)
    return engine.transcribe(heard(seconds, *picked), context or Context(), progress=lambda _: None)


@pytest.mark.parametrize("model", ["ctc", "rnnt"])
def test_each_side_is_written_with_times_and_confidence(model: str, request: pytest.FixtureRequest) -> None:
    transcript = written(request.getfixturevalue(model))
    for channel in (0, 1):
        assert said(transcript, channel).startswith("добрый день, алло.")
    assert {word.text for word in transcript.words} <= {"добрый", "день,", "день", "алло.", "алло"}
    assert all(word.confidence == pytest.approx(tiny_onnx.CHANCE, abs=0.01) for word in transcript.words)
    assert (transcript.language, transcript.rough, transcript.channels) == ("ru", False, 2)
    starts = [word.start or 0.0 for word in transcript.words]
    assert starts == sorted(starts)


def test_words_stand_where_their_tokens_were_written(ctc: Path) -> None:
    sound = heard(8.0, 0)
    words = written(ctc, 0).words
    begin = sound.speech()[0][0].start
    ends = [begin + 10 * tiny_onnx.FRAME, begin + 15 * tiny_onnx.FRAME, begin + 16 * tiny_onnx.FRAME + LAST_SOUND]
    starts = [begin + frame * tiny_onnx.FRAME for frame in (2, 10, 15)]
    assert [word.start for word in words[:3]] == pytest.approx(starts, abs=0.011)
    assert [word.end for word in words[:3]] == pytest.approx(ends, abs=0.011)  # the last not at the next sentence
    for before, after in pairwise(words):
        assert (before.end or 0) <= (after.start or 0) + 1e-6


def test_speech_without_words_is_dropped_with_its_reason(tmp_path: Path) -> None:
    transcript = written(tiny_onnx.gigaam_ctc(tmp_path, loud=tiny_onnx.NEVER))
    assert transcript.words == ()
    lost = {
        channel: sum(one.end - one.start for one in transcript.dropped if one.channel == channel) for channel in (0, 1)
    }
    for channel, spans in heard(8.0).speech().items():
        assert lost[channel] >= sum(span.end - span.start for span in spans) - 0.01
    assert {one.reason for one in transcript.dropped} == {NOTHING_WRITTEN}


def test_a_piece_that_falls_silent_in_its_middle_is_told(ctc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = onnx.create(model=ctc, device="cpu", threads=1)
    loaded = engine._loaded()
    recognize = loaded.recognize

    def first_second(sounds: list[object], **named: object) -> list[object]:
        return [
            replace(one, tokens=one.tokens[:6], timestamps=one.timestamps[:6], logprobs=one.logprobs[:6])
            for one in recognize(sounds, **named)
        ]

    monkeypatch.setattr(loaded, "recognize", first_second)
    sound = heard(20.0)
    transcript = engine.transcribe(sound, Context(), progress=lambda _: None)
    assert transcript.words
    assert {one.reason for one in transcript.dropped} == {NOTHING_WRITTEN}
    assert uncovered(sound.speech(), transcript.words, transcript.dropped) == []


def test_all_speech_ends_in_words_or_is_dropped(rnnt: Path) -> None:
    transcript = written(rnnt, seconds=40.0)
    for channel, spans in heard(40.0).speech().items():
        for span in spans:
            assert any(
                word.channel == channel and span.start - 0.6 <= (word.start or 0) <= span.end
                for word in transcript.words
            ) or any(one.start <= span.start and span.end <= one.end for one in transcript.dropped)


def test_a_batch_that_fails_is_halved(ctc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = written(ctc)
    engine = onnx.create(model=ctc, device="cpu", threads=1)
    loaded = engine._loaded()
    recognize, sizes = loaded.recognize, []

    def narrow(sounds: list[object], **named: object) -> object:
        sizes.append(len(sounds))
        if len(sounds) > 1:
            raise RuntimeError("out of memory")
        return recognize(sounds, **named)

    monkeypatch.setattr(loaded, "recognize", narrow)
    assert engine.transcribe(heard(), Context(), progress=lambda _: None).words == whole.words
    assert max(sizes) > 1

    monkeypatch.setattr(loaded, "recognize", lambda *_, **__: 1 / 0)
    with pytest.raises(EngineFailed, match=r"broke at \d+\.\d s of channel \d"):
        engine.transcribe(heard(), Context(), progress=lambda _: None)


def test_the_model_reads_its_own_languages_alone(ctc: Path) -> None:
    with pytest.raises(NoEngine, match="reads ru only, not 'fa'"):
        written(ctc, context=Context(language="fa"))
    assert written(ctc, context=Context(language="ru")).language == "ru"


def test_digital_silence_says_nothing(ctc: Path) -> None:
    engine = onnx.create(model=ctc, device="cpu", threads=1)
    sound = listen(Cut(heard().clip, 4.0, (None,)), named=True)
    transcript = engine.transcribe(sound, Context(), progress=lambda _: None)
    assert (transcript.words, transcript.dropped) == ((), ())
    assert "no speech" in transcript.notes[0]


def test_a_model_for_eight_kilohertz_gets_them(tmp_path: Path) -> None:
    transcript = written(tiny_onnx.t_one(tmp_path), 0)
    assert {word.text for word in transcript.words} == {"да"}
    assert transcript.language is None  # its folder does not tell
    assert all(word.confidence for word in transcript.words)


def test_it_loads_at_once_when_asked_and_says_what_runs_where(ctc: Path) -> None:
    assert onnx.create(model=ctc, device="cpu").load() == f"onnx with {ctc.name} on cpu as float32"


def test_a_damaged_model_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    folder = tiny_onnx.gigaam_ctc(tmp_path / "x")
    (folder / "v3_e2e_ctc.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(SettingsError, match="cannot be loaded on cpu"):
        onnx.create(model=folder, device="cpu").load()


def test_without_the_package_it_names_the_extra(ctc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(onnx, "installed_version", missing)
    with pytest.raises(SettingsError, match=r"pip install 'earmark\[onnx\]'"):
        onnx.create(model=ctc, device="cpu")


@pytest.mark.parametrize(("name", "model"), MODELS.items(), ids=MODELS)
def test_our_names_are_what_the_package_loads(name: str, model: object, tmp_path: Path) -> None:
    from onnx_asr.loader import create_asr_resolver
    from onnx_asr.resolver import model_repos

    known = MODELS[name]
    for quantization, suffix in ((None, ""), ("int8", "?int8"))[: 1 if name == "t-one" else 2]:
        wanted = create_asr_resolver(known.kind, tmp_path).model_type._get_model_files(quantization)
        ours = {file.format(suffix).partition("/")[2] or file.format(suffix) for file in known.files}
        for file in wanted.values():
            bare = file.removeprefix("*/").replace("v?", known.repository.split("-")[1] if "gigaam" in name else "v?")
            assert bare in ours
    assert model_repos.get(known.kind, known.repository) == known.repository


class TestFolders:
    def test_a_folder_is_known_by_its_files(self, ctc: Path, rnnt: Path) -> None:
        for folder, kind in ((ctc, "gigaam-v3-e2e-ctc"), (rnnt, "gigaam-v3-e2e-rnnt")):
            found = is_here(str(folder), None)
            assert found is not None
            assert (found.kind, found.languages, found.quantization) == (kind, ("ru",), None)

    def test_a_name_is_looked_for_among_the_fetched(self, tmp_path: Path) -> None:
        assert is_here("gigaam-v3-e2e-ctc", tmp_path) is None
        tiny_onnx.gigaam_ctc(tmp_path / "onnx--gigaam-v3-e2e-ctc")
        found = is_here("gigaam-v3-e2e-ctc", tmp_path)
        assert found is not None
        assert found.folder.name == "onnx--gigaam-v3-e2e-ctc"
        assert is_here("gigaam-v3-e2e-ctc+int8", tmp_path) is None

    def test_a_model_of_ones_own_says_its_type(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text('{"model_type": "nemo-conformer-ctc"}')
        found = is_here(str(tmp_path), None)
        assert found is not None
        assert (found.kind, found.languages) == ("nemo-conformer-ctc", ())
        assert languages_of(str(tmp_path)) == ()

    @pytest.mark.parametrize("config", ['{"model_type": "whisper"}', "[]", "{", None])
    def test_any_other_folder_is_refused(self, tmp_path: Path, config: str | None) -> None:
        if config is not None:
            (tmp_path / "config.json").write_text(config)
        with pytest.raises(SettingsError, match="is no ONNX model that we can read"):
            is_here(str(tmp_path), None)
