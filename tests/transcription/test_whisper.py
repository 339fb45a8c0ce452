"""What Whisper's engine does with a decoder that errs. The recordings are marks, the model reads them."""

from pathlib import Path
from typing import Any

import pytest
from fake_decoder import FakeDecoder, Stretch, engine, recording

from models.context import Context
from models.errors import EngineFailed
from models.health import EventKind, SoundEvent
from models.transcript import LanguageStretch, Transcript
from transcription.coverage import NOTHING_WRITTEN, uncovered
from transcription.segments import Heard, Segment
from transcription.transcriber import HearsLanguage

Sides = dict[int, list[Stretch]]
ENGLISH = Context(language="en")


def every(seconds: float, end: float, *, length: float = 9.0, start: float = 0.0) -> list[Stretch]:
    return [(at, at + length) for at in (start + seconds * n for n in range(round((end - start) / seconds)))]


def written(sides: Sides, decoder: FakeDecoder, folder: Path, context: Context = ENGLISH, **options: Any) -> Transcript:
    return engine(decoder, folder, **options).transcribe(recording(sides), context, progress=lambda _: None)


def seconds_without_reason(sides: Sides, transcript: Transcript) -> list[object]:
    spans = recording(sides).speech()
    return list(uncovered(spans, transcript.words, transcript.dropped))


class TestCost:
    @pytest.mark.parametrize(
        ("sides", "passes"),
        [
            ({0: [(1, 3)], 1: []}, 1),  # "yes"
            ({0: [(1, 10)], 1: [(12, 14)]}, 1),
            ({0: [(1, 15)], 1: [(16, 29)]}, 1),
            ({0: every(10, 280), 1: []}, 10),  # A monologue: three pieces of 9 s for each pass.
            ({0: every(10, 280), 1: [(100, 101)]}, 10),
            ({0: every(20, 280), 1: every(20, 280, start=10)}, 10),
            ({0: [], 1: []}, 0),
        ],
    )
    @pytest.mark.parametrize("language", ["en", None])
    def test_a_call_costs_its_speech(self, sides: Sides, passes: int, language: str | None, tiny_whisper: Path) -> None:
        decoder = FakeDecoder()
        written(sides, decoder, tiny_whisper, Context(language=language))
        assert (sum(decoder.batches), decoder.again_seconds) == (passes, [])

    def test_both_sides_share_batches(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder()
        sides = {0: every(40, 200), 1: every(40, 200, start=20)}
        transcript = written(sides, decoder, tiny_whisper)
        assert decoder.batches == [3]
        assert {word.channel for word in transcript.words} == {0, 1}

    def test_words_stay_on_their_side_where_a_pack_is_shared(self, tiny_whisper: Path) -> None:
        sides: Sides = {0: [(1, 4), (20, 23)], 1: [(5, 7)]}
        transcript = written(sides, FakeDecoder(), tiny_whisper)
        assert {word.channel for word in transcript.words if 5 <= (word.start or 0) < 7} == {1}
        assert {word.channel for word in transcript.words if not 5 <= (word.start or 0) < 7} == {0}

    @pytest.mark.parametrize(
        ("kind", "chance", "left_out"),
        [
            (EventKind.MUSIC, 0.5, "hold music"),
            (EventKind.MUSIC, 1.0, None),  # Somebody speaks over it.
            (EventKind.RINGING, 0.75, "ringing"),
            (EventKind.RINGING, 1.0, None),  # Between the rings.
        ],
    )
    def test_music_is_not_decoded_but_speech_over_it_is(
        self, kind: EventKind, chance: float, left_out: str | None, tiny_whisper: Path
    ) -> None:
        event = SoundEvent(kind=kind, channel=0, start=9.9, end=40.0)
        sound = recording({0: [(10, 22)], 1: [(10, 22)]}, events=[event], chance=chance)
        transcript = engine(FakeDecoder(), tiny_whisper).transcribe(sound, ENGLISH, progress=lambda _: None)
        assert {word.channel for word in transcript.words} == ({1} if left_out else {0, 1})
        assert [(piece.channel, piece.reason) for piece in transcript.dropped] == ([(0, left_out)] if left_out else [])

    def test_speech_that_reaches_out_of_the_music_is_decoded(self, tiny_whisper: Path) -> None:
        event = SoundEvent(kind=EventKind.MUSIC, channel=0, start=0, end=15.0)
        sound = recording({0: [(10, 22)]}, events=[event], chance=0.5)
        transcript = engine(FakeDecoder(), tiny_whisper).transcribe(sound, ENGLISH, progress=lambda _: None)
        assert (transcript.dropped, len(transcript.words)) == ((), 24)


class TestNothingIsLost:
    @pytest.mark.parametrize(
        "sides",
        [
            {0: [(1, 95)]},  # One run of speech, over three times what the model hears.
            {0: [(1, 40)], 1: []},
            {0: every(10, 200), 1: every(30, 200, length=2)},
        ],
    )
    @pytest.mark.parametrize(
        "faults",
        [
            {},
            {"loses_after": 6},
            {"deaf": True},
            {"deaf": True, "deaf_again": True},
            {"says": "no " * 30},
        ],
        ids=["sound", "loses tails", "deaf at first", "deaf", "loops"],
    )
    @pytest.mark.parametrize("second_try", [True, False])
    def test_every_second_of_speech_ends_in_words_or_in_a_reason(
        self, sides: Sides, faults: dict[str, Any], second_try: bool, tiny_whisper: Path
    ) -> None:
        transcript = written(sides, FakeDecoder(**faults), tiny_whisper, second_try=second_try)
        assert seconds_without_reason(sides, transcript) == []

    def test_a_lost_tail_is_heard_again_and_once(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder(loses_after=6)
        transcript = written({0: [(1, 27)]}, decoder, tiny_whisper)
        assert decoder.again_seconds == pytest.approx([20], abs=0.1)
        assert {word.text.partition("-")[0] for word in transcript.words} == {"w", "again"}
        late = [word for word in transcript.words if word.text.startswith("again")]
        assert min(word.start or 0 for word in late) == pytest.approx(7, abs=0.1)
        assert transcript.dropped == ()

    def test_what_is_missing_of_many_packs_is_heard_together(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder(loses_after=25)
        written({0: every(30, 300, length=28)}, decoder, tiny_whisper)
        assert len(decoder.again_seconds) < 4
        assert sum(decoder.again_seconds) == pytest.approx(30, abs=1)

    def test_what_stays_silent_is_told(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder(deaf=True, deaf_again=True)
        transcript = written({0: [(1, 4)], 1: [(6, 8)]}, decoder, tiny_whisper)
        told = [(piece.channel, round(piece.start), round(piece.end), piece.reason) for piece in transcript.dropped]
        assert told == [(0, 1, 4, NOTHING_WRITTEN), (1, 6, 8, NOTHING_WRITTEN)]
        assert len(decoder.again_seconds) == 1

    def test_improbable_text_where_nothing_was_heard_before_is_dropped(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder(deaf=True, avg_logprob=-1.2)
        transcript = written({0: [(1, 4)]}, decoder, tiny_whisper)
        assert transcript.words == ()
        assert {(piece.reason, bool(piece.text)) for piece in transcript.dropped} == {("text on silence", True)}

    def test_improbable_text_on_speech_is_marked(self, tiny_whisper: Path) -> None:
        transcript = written({0: [(1, 4)]}, FakeDecoder(avg_logprob=-1.2), tiny_whisper)
        assert len(transcript.words) == 6
        assert transcript.notes[0] == "doubtful from 1.0 to 3.0 s: improbable text"

    @pytest.mark.parametrize("second_try", [True, False])
    def test_the_list_of_names_is_no_speech(self, second_try: bool, tiny_whisper: Path) -> None:
        class Leaking(FakeDecoder):
            def write(self, encoded: Any, sounds: Any, language: str, names: str | None) -> list[list[Segment]]:
                said = [f" {part}" for part in (names or "").split()]
                words = tuple(Heard(text, 0.2 + 0.4 * place, 0.5 + 0.4 * place, 0.9) for place, text in enumerate(said))
                return [[Segment("".join(said), words, -0.2, 0.0)] for _ in sounds]

        names = ("Aster Dental", "Kim Lee", "Oak Street")
        context = Context(language="en", vocabulary=names)
        transcript = written({0: [(1, 4)]}, Leaking(), tiny_whisper, context, second_try=second_try)
        heard = {word.text.partition("-")[0] for word in transcript.words}
        # Heard again without the list, so that a true greeting is not lost.
        assert heard == ({"again"} if second_try else set())
        assert [piece.reason for piece in transcript.dropped] == ([] if second_try else ["the list of names came back"])

    def test_silence_has_no_words_and_says_so(self, tiny_whisper: Path) -> None:
        transcript = written({0: [], 1: []}, FakeDecoder(), tiny_whisper, Context())
        assert (transcript.words, transcript.language, transcript.language_confidence) == ((), None, None)
        assert transcript.notes == ("no speech was found in the recording",)

    def test_the_one_side_of_a_call_is_channel_0(self, tiny_whisper: Path) -> None:
        sound = recording({0: [], 1: [(1, 9)]}, sides=1)
        decoder = FakeDecoder(loses_after=4, deaf_again=True)
        transcript = engine(decoder, tiny_whisper).transcribe(sound, Context(), progress=lambda _: None)
        assert {word.channel for word in transcript.words} == {piece.channel for piece in transcript.dropped} == {0}


class TestMemory:
    def test_a_full_memory_halves_the_batch_for_good(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder(room=2)
        whisper = engine(decoder, tiny_whisper, batch_size=8)
        sides = {0: every(30, 270, length=28)}
        for _ in range(2):
            transcript = whisper.transcribe(recording(sides), ENGLISH, progress=lambda _: None)
            assert seconds_without_reason(sides, transcript) == []
            assert len(transcript.words) >= 9 * 56
        assert decoder.batches == [2, 2, 2, 2, 1] * 2
        assert "2 pieces" in whisper.describe()

    @pytest.mark.parametrize("step", ["chances", "write"])
    @pytest.mark.parametrize("error", [RuntimeError("CUDA failed with error out of memory"), MemoryError()])
    def test_it_may_run_full_at_any_step(self, step: str, error: Exception, tiny_whisper: Path) -> None:
        class Full(FakeDecoder):
            def chances(self, encoded: Any) -> list[dict[str, float]]:
                if step == "chances" and len(encoded) > 1:
                    raise error
                return super().chances(encoded)

            def write(self, encoded: Any, sounds: Any, language: str, names: str | None) -> list[list[Segment]]:
                if step == "write" and len(encoded) > 1:
                    raise error
                return super().write(encoded, sounds, language, names)

        transcript = written({0: every(30, 180, length=28)}, Full(), tiny_whisper, Context())
        assert len(transcript.words) >= 6 * 56
        assert transcript.language == "en"

    def test_no_room_for_a_single_piece_is_said(self, tiny_whisper: Path) -> None:
        with pytest.raises(EngineFailed, match=r"no room.*smaller model"):
            written({0: [(1, 5)]}, FakeDecoder(room=0), tiny_whisper)

    def test_another_failure_is_not_tried_again(self, tiny_whisper: Path) -> None:
        class Broken(FakeDecoder):
            def encode(self, sounds: Any) -> Any:
                raise RuntimeError("cuDNN is not here")

        with pytest.raises(EngineFailed, match="cuDNN is not here"):
            written({0: [(1, 5)]}, Broken(), tiny_whisper)


class TestLanguage:
    def test_most_of_the_speech_decides_and_not_the_greeting(self, tiny_whisper: Path) -> None:
        sides: Sides = {0: [(0, 15)], 1: [(16, 29), (35, 43)]}
        sound = recording(sides, russian={1: sides[1]})
        transcript = engine(FakeDecoder(), tiny_whisper).transcribe(sound, Context(), progress=lambda _: None)
        assert transcript.language == "ru"

    def test_a_language_that_changes_for_certain_is_read_and_told(self, tiny_whisper: Path) -> None:
        sides: Sides = {0: every(30, 600, length=28), 1: []}
        sound = recording(sides, russian={0: sides[0][12:]})
        decoder = FakeDecoder()
        transcript = engine(decoder, tiny_whisper).transcribe(sound, Context(), progress=lambda _: None)
        assert transcript.language == "en"
        assert [(round(s.start), round(s.end), s.language) for s in transcript.languages] == [
            (0, 358, "en"),
            (360, 598, "ru"),
        ]
        assert {word.text.split("-")[1] for word in transcript.words if (word.start or 0) < 359} == {"en"}
        assert {word.text.split("-")[1] for word in transcript.words if (word.start or 0) > 359} == {"ru"}
        assert any("ru is spoken from 360 to 598 s" in note for note in transcript.notes)

    @pytest.mark.parametrize(("sure", "length"), [(0.75, 28.0), (0.95, 3.0)])
    def test_one_doubtful_or_short_window_flips_nothing(self, sure: float, length: float, tiny_whisper: Path) -> None:
        sides: Sides = {0: every(30, 300, length=28), 1: [(29, 29 + length)]}
        sound = recording(sides, russian={1: sides[1]})
        transcript = engine(FakeDecoder(sure=sure), tiny_whisper).transcribe(sound, Context(), progress=lambda _: None)
        assert (transcript.language, transcript.languages) == ("en", ())

    def test_a_language_that_is_told_is_asked_of_nobody(self, tiny_whisper: Path) -> None:
        sides: Sides = {0: every(30, 300, length=28)}
        sound = recording(sides, russian=sides)
        decoder = FakeDecoder()
        transcript = engine(decoder, tiny_whisper).transcribe(sound, ENGLISH, progress=lambda _: None)
        assert (transcript.language, transcript.language_confidence, transcript.languages) == ("en", None, ())
        assert {language for language, _, _ in decoder.written} == {"en"}

    def test_only_allowed_languages_are_heard(self, tiny_whisper: Path) -> None:
        sides: Sides = {0: [(0, 20)]}
        whisper = engine(FakeDecoder(), tiny_whisper, languages=("ru", "fa"))
        transcript = whisper.transcribe(recording(sides), Context(), progress=lambda _: None)
        assert transcript.language in ("ru", "fa")
        assert any("doubtful" in note for note in transcript.notes)

    @pytest.mark.parametrize("language", [None, "ru"])
    def test_a_language_that_was_asked_for_costs_no_second_hearing(
        self, language: str | None, tiny_whisper: Path
    ) -> None:
        sides: Sides = {0: every(30, 300, length=28)}
        sound, decoder = recording(sides, russian=sides), FakeDecoder()
        whisper = engine(decoder, tiny_whisper)
        assert isinstance(whisper, HearsLanguage)
        heard = whisper.language_of(sound, Context())
        assert (heard.language, heard.confidence, heard.stretches) == ("ru", 0.95, ())
        transcript = whisper.transcribe(sound, Context(language=language), progress=lambda _: None)
        assert (sum(decoder.batches), transcript.language) == (10, "ru")
        assert seconds_without_reason(sides, transcript) == []

    def test_what_was_heard_of_another_recording_is_forgotten(self, tiny_whisper: Path) -> None:
        sides: Sides = {0: [(1, 20)]}
        whisper = engine(FakeDecoder(), tiny_whisper)
        whisper.language_of(recording(sides, russian=sides), Context())
        transcript = whisper.transcribe(recording(sides), Context(), progress=lambda _: None)
        assert transcript.language == "en"

    def test_the_language_of_the_metadata_is_believed(self, tiny_whisper: Path) -> None:
        decoder = FakeDecoder()
        heard = engine(decoder, tiny_whisper).language_of(recording({0: [(1, 20)]}), Context(language="fa"))
        assert (heard.language, heard.confidence, decoder.batches) == ("fa", 1.0, [])

    @pytest.mark.parametrize(("well_read", "rough"), [((), True), (("fa",), False)])
    def test_persian_is_rough_unless_the_weights_are_made_for_it(
        self, well_read: tuple[str, ...], rough: bool, tiny_whisper: Path
    ) -> None:
        whisper = engine(FakeDecoder(), tiny_whisper, well_read=frozenset(well_read))
        transcript = whisper.transcribe(recording({0: [(1, 5)]}), Context(language="fa"), progress=lambda _: None)
        assert transcript.rough == rough


def test_a_call_without_speech_is_not_rough(tiny_whisper: Path) -> None:
    transcript = written({0: []}, FakeDecoder(), tiny_whisper, Context())
    assert (transcript.language, transcript.rough) == (None, False)


def test_names_are_told_to_the_decoder(tiny_whisper: Path) -> None:
    decoder = FakeDecoder()
    written({0: [(1, 5)]}, decoder, tiny_whisper, Context(language="en", vocabulary=("Aster Dental", "Kim")))
    assert decoder.written == [("en", 1, "Aster Dental, Kim")]


def test_who_expects_other_names_is_another_engine_to_a_transcript(tiny_whisper: Path) -> None:
    engines = [
        written({0: [(1, 5)]}, FakeDecoder(), tiny_whisper, Context(language="en", vocabulary=names)).engine
        for names in ((), ("Kim",), ("Aster Dental",), ("Kim",))
    ]
    assert engines[1] == engines[3]
    assert len(set(engines)) == 3


def test_stretches_are_of_the_transcript(tiny_whisper: Path) -> None:
    sides: Sides = {0: every(30, 300, length=28), 1: every(30, 120, length=20)}
    sound = recording(sides, russian={1: sides[1]})
    transcript = engine(FakeDecoder(), tiny_whisper).transcribe(sound, Context(), progress=lambda _: None)
    assert [(stretch.channel, stretch.language) for stretch in transcript.languages] == [(0, "en"), (1, "ru")]
    assert all(isinstance(stretch, LanguageStretch) and stretch.confidence > 0.9 for stretch in transcript.languages)
