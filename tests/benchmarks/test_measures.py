"""What the benchmarks compute with: words, ratios, calls of a given length, decoders that always do the same."""

import wave
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import Measure, table
from benchmarks.calls import telephone_call
from benchmarks.contest import Took, contest, ratio, spread, timed
from benchmarks.dialogues import dialogues
from benchmarks.fixed_decoder import filled_shares, fixed_decoder
from benchmarks.random_whisper import build
from benchmarks.speech_part import mono_mix, speech_part
from benchmarks.table import markdown
from benchmarks.telephone import over_telephone
from benchmarks.word_error import plain_words, wrong_words
from transcription.engines import whisper


class TestWords:
    @pytest.mark.parametrize(
        ("reference", "heard", "wrong"),
        [
            ("", "", 0),
            ("one two", "", 2),
            ("", "one", 1),
            ("one two three", "one two three", 0),
            ("one two three", "one too three", 1),
            ("one two three", "one three", 1),
            ("one two three", "one two and three", 1),
            ("one two three", "three two one", 2),
        ],
    )
    def test_wrong_words_are_put_in_left_out_or_changed(self, reference: str, heard: str, wrong: int) -> None:
        assert wrong_words(reference.split(), heard.split()) == wrong

    def test_case_and_marks_are_no_errors(self) -> None:
        assert plain_words("Well, it’s o'clock - I think.") == ["well", "it's", "o'clock", "i", "think"]


class TestContest:
    def test_the_order_turns_round_so_that_nobody_is_always_first(self) -> None:
        order: list[str] = []
        contest({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
        assert order == ["a", "b", "b", "a", "a", "b"]

    def test_who_runs_elsewhere_tells_its_own_time(self) -> None:
        assert timed(lambda: Took(7.0, 5.0)) == Took(7.0, 5.0)

    def test_ratios_go_round_by_round(self) -> None:
        ours, theirs = [Took(2, 3), Took(4, 2), Took(9, 8)], [Took(1, 1), Took(4, 4), Took(3, 4)]
        assert str(ratio(ours, theirs)) == "2.00 (0.50-3.00)"
        assert str(ratio(ours, theirs, wall=True)) == "2.00 (1.00-3.00)"

    def test_noise_is_what_the_same_work_differs_by(self) -> None:
        assert spread([Took(2, 4), Took(3, 5)]) == "25% of the processor's time and 50% of the clock's"


class TestSound:
    @pytest.mark.parametrize("seconds", [3.0, 31.5])
    def test_a_call_has_exactly_the_length_that_was_asked(self, tmp_path: Path, seconds: float) -> None:
        path = telephone_call(tmp_path / "call.wav", seconds=seconds)
        assert path.stat().st_size == pytest.approx(2 * 8000 * seconds, abs=200)  # mu-law is a byte a sample
        assert mono_mix(path, tmp_path).stat().st_size == pytest.approx(8000 * seconds, abs=200)

    def test_a_telephone_keeps_its_band_and_nothing_else(self) -> None:
        time = np.arange(16_000) / 16_000
        tones = np.stack([0.5 * np.sin(2 * np.pi * pitch * time) for pitch in (100, 1000, 6000)])
        loud = over_telephone(tones.astype(np.float32), 16_000)[:, 1000:-1000].std(axis=1)
        assert loud[1] == pytest.approx(0.5 / np.sqrt(2), rel=0.05)
        assert max(loud[0], loud[2]) < 0.02

    def test_every_dialogue_has_two_voices_that_flite_has(self) -> None:
        voices = [{voice for voice, _ in rows} for rows in dialogues().values()]
        assert len(voices) == 8
        assert all(len(two) == 2 and two <= {"rms", "slt", "awb"} for two in voices)


class TestFixedDecoder:
    def test_a_window_is_as_full_as_its_sound(self) -> None:
        features = np.zeros((3, 80, 3000), np.float32)
        features[0] = 1
        features[1, :, :600] = -1
        assert filled_shares(features) == [1.0, 0.2, 0.0]

    def test_words_fill_the_sound_and_windows_are_counted(self, tmp_path: Path) -> None:
        call = telephone_call(tmp_path / "call.wav", seconds=20)
        with fixed_decoder(1, tokens=60) as work:
            engine = whisper.create(model=build(tmp_path / "nano", "nano"), device="cpu", beam_size=1, threads=1)
            turns = speech_part(call, engine, language="en")
        assert work.windows == 1, "both sides fit in, and nothing is heard again"
        assert work.network.processor > 0 < work.network.wall
        words = [word for turn in turns for word in turn.words]
        assert 15 < len(words) < 60, "two a second of the speech"
        assert len({word.text for word in words}) > 0.9 * len(words)

    def test_the_library_has_its_own_decoder_again(self) -> None:
        import ctranslate2

        before = ctranslate2.models.Whisper
        with fixed_decoder(1):
            assert ctranslate2.models.Whisper is not before
        assert ctranslate2.models.Whisper is before


class TestTables:
    def test_columns_are_as_wide_as_their_widest_cell(self) -> None:
        assert markdown(("a", "b"), [("1", "long")]) == "| a   | b    |\n| --- | ---- |\n| 1   | long |"

    def test_a_measure_that_is_not_there_or_breaks_is_said_so(self, tmp_path: Path) -> None:
        assert table(Measure("nothing_like_it", ""), tmp_path) == ("Not measured here.", True)
        text, good = table(Measure("word_error", "", folder=False), tmp_path)
        assert text.startswith("It did not run: IndexError")
        assert not good

    def test_calls_are_kept(self, tmp_path: Path) -> None:
        path = telephone_call(tmp_path / "call.wav", seconds=2)
        with wave.open(str(tmp_path / "other.wav"), "wb") as other:
            other.setparams((1, 2, 8000, 0, "NONE", ""))
        (tmp_path / "other.wav").replace(path)
        assert telephone_call(path, seconds=2).stat().st_size < 100
