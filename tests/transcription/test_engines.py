"""The engines on sound. The voices are those of the sample calls; Whisper's weights are random, and so its words."""

import json
import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio.clip import Clip, Samples
from audio.decoding.decode import open_clip
from audio.sound import Sound, listen
from audio.speech import Span
from models.context import Context
from models.conversation import Role
from models.errors import BadRecording, EngineFailed, NoEngine, SettingsError
from models.transcript import Dropped, LanguageStretch, Transcript
from transcription.coverage import uncovered
from transcription.engines import pocketsphinx, scripted, whisper

CALL = Path(__file__).parents[2] / "samples" / "calls" / "05-wrong-number.mp3"


@dataclass
class Cut:
    """The beginning of a clip, its channels chosen or silenced (None)."""

    source: Clip
    duration: float
    picked: tuple[int | None, ...] = (0, 1)
    partial: bool = False

    @property
    def rate(self) -> int:
        return self.source.rate

    @property
    def channels(self) -> int:
        return len(self.picked)

    def windows(self, seconds: float) -> Iterator[Samples]:
        left = round(self.duration * self.rate)
        for window in self.source.windows(seconds):
            sound = window[:, :left]
            if sound.shape[1]:
                yield np.stack([np.zeros_like(sound[0]) if n is None else sound[n] for n in self.picked])
            left -= sound.shape[1]


def call(seconds: float = 8.0, *picked: int | None) -> Cut:
    return Cut(open_clip(CALL, max_seconds=600), seconds, picked or (0, 1))


def heard(seconds: float = 8.0, *picked: int | None, named: bool = False) -> Sound:
    return listen(call(seconds, *picked), named=named)


def all_of(sound: Sound) -> list[tuple[int, Span]]:
    return [(channel, span) for channel, spans in sound.speech().items() for span in spans]


def said(transcript: Transcript, channel: int) -> str:
    return " ".join(word.text for word in transcript.words if word.channel == channel)


@pytest.fixture(scope="module")
def sphinx() -> pocketsphinx.PocketSphinx:
    return pocketsphinx.create()


class TestPocketsphinx:
    def test_each_side_is_written_with_times_and_progress(self, sphinx: pocketsphinx.PocketSphinx) -> None:
        seen: list[float] = []
        transcript = sphinx.transcribe(heard(), Context(), progress=seen.append)
        assert "good morning" in said(transcript, 0)
        assert "order two large" in said(transcript, 1)
        assert (transcript.language, transcript.rough, transcript.channels) == ("en", True, 2)
        assert transcript.engine == sphinx.version
        starts = [word.start or 0.0 for word in transcript.words]
        assert starts == sorted(starts)
        assert all(0 <= (word.start or 0) < (word.end or 0) <= 8 and word.confidence for word in transcript.words)
        assert seen == sorted(seen)
        assert seen[-1] == pytest.approx(1.0)
        doubtful = sum((word.confidence or 0) < 0.3 for word in transcript.words)
        assert f"of {len(transcript.words)} words {doubtful} are doubtful" in transcript.notes[1]

    def test_one_sound_on_two_channels_is_written_once(self, sphinx: pocketsphinx.PocketSphinx) -> None:
        transcript = sphinx.transcribe(heard(3.0, 0, 0), Context(), progress=lambda _: None)
        assert transcript.channels == 1
        assert said(transcript, 0).count("morning") == 1

    @pytest.mark.parametrize(("roles", "channels"), [({}, 1), ({0: Role.CALLER, 1: Role.AGENT}, 2)])
    def test_a_dead_channel_is_a_silent_party_only_when_it_has_a_name(
        self, sphinx: pocketsphinx.PocketSphinx, roles: dict[int, Role], channels: int
    ) -> None:
        transcript = sphinx.transcribe(
            heard(3.0, None, 0, named=bool(roles)), Context(channel_roles=roles), progress=lambda _: None
        )
        assert transcript.channels == channels
        assert "morning" in said(transcript, channels - 1)

    def test_silence_has_no_words_and_says_so(self, sphinx: pocketsphinx.PocketSphinx) -> None:
        transcript = sphinx.transcribe(heard(3.0, None, None), Context(), progress=lambda _: None)
        assert transcript.words == ()
        assert "no speech" in transcript.notes[0]

    def test_every_second_of_speech_ends_in_words_or_in_a_reason(self, sphinx: pocketsphinx.PocketSphinx) -> None:
        sound = heard(20.0)
        transcript = sphinx.transcribe(sound, Context(), progress=lambda _: None)
        whole = [
            hole for hole in uncovered(sound.speech(), transcript.words, transcript.dropped) if hole in all_of(sound)
        ]
        assert whole == []

    @pytest.mark.parametrize("language", ["ru", "fa"])
    def test_another_language_has_no_engine(self, sphinx: pocketsphinx.PocketSphinx, language: str) -> None:
        with pytest.raises(NoEngine, match=rf"English only.*'{language}'.*earmark models fetch"):
            sphinx.transcribe(heard(), Context(language=language), progress=lambda _: None)

    @pytest.mark.parametrize(
        ("entry", "text"),
        [
            ("read(2)", "read"),
            ("<sil>", ""),
            ("[NOISE]", ""),
            ("++BREATH++", ""),
            ("i'm", "I'm"),
            ("i", "I"),
            ("in", "in"),
        ],
    )
    def test_words_are_written_as_people_write_them(self, entry: str, text: str) -> None:
        assert pocketsphinx.spoken_text(entry) == text


@pytest.mark.usefixtures("no_network")
class TestWhisper:
    def test_words_lie_inside_the_recording_on_their_channels(self, tiny_whisper: Path) -> None:
        engine = whisper.create(model=tiny_whisper, beam_size=1, second_try=False)
        seen: list[float] = []
        transcript = engine.transcribe(heard(), Context(), progress=seen.append)
        assert transcript.words
        assert transcript.channels == 2
        assert all(0 <= (word.start or 0) <= (word.end or 0) <= 8 for word in transcript.words)
        assert [before <= after for before, after in pairwise(seen)] == [True] * (len(seen) - 1)
        assert seen[-1] == pytest.approx(1.0)

    def test_the_language_is_detected_and_a_doubt_is_noted(self, tiny_whisper: Path) -> None:
        engine = whisper.create(model=tiny_whisper, beam_size=1, second_try=False, languages=["ru", "fa"])
        transcript = engine.transcribe(heard(4.0), Context(), progress=lambda _: None)
        assert transcript.language in ("ru", "fa")
        assert transcript.language_confidence is not None
        assert any("doubtful" in note for note in transcript.notes)

    @pytest.mark.parametrize(("language", "rough"), [("en", False), ("ru", False), ("fa", True)])
    def test_a_language_that_stock_weights_read_badly_is_rough(
        self, tiny_whisper: Path, language: str, rough: bool
    ) -> None:
        engine = whisper.create(model=tiny_whisper, beam_size=1, second_try=False)
        transcript = engine.transcribe(heard(3.0), Context(language=language), progress=lambda _: None)
        assert (transcript.language, transcript.language_confidence, transcript.rough) == (language, None, rough)

    def test_doubtful_packs_are_heard_again(self, tiny_whisper: Path) -> None:
        written = {
            again: whisper.create(model=tiny_whisper, beam_size=1, second_try=again).transcribe(
                heard(2.5, 0), Context(language="en"), progress=lambda _: None
            )
            for again in (True, False)
        }
        assert written[True].words != written[False].words

    def test_silence_has_no_words_and_no_language(self, tiny_whisper: Path) -> None:
        transcript = whisper.create(model=tiny_whisper).transcribe(
            heard(3.0, None, None), Context(), progress=lambda _: None
        )
        assert (transcript.words, transcript.language) == ((), None)
        assert "no speech" in transcript.notes[0]

    def test_a_language_that_the_weights_do_not_have_has_no_engine(self, tiny_whisper: Path) -> None:
        with pytest.raises(NoEngine, match="does not read 'tlh'"):
            whisper.create(model=tiny_whisper).transcribe(heard(), Context(language="tlh"), progress=lambda _: None)

    def test_the_version_tells_weights_and_options_apart(self, tiny_whisper: Path) -> None:
        versions = {whisper.create(model=tiny_whisper, beam_size=size).version for size in (1, 1, 5)}
        assert len(versions) == 2
        assert all("tiny-random" in version for version in versions)

    def test_weights_that_are_not_here_are_a_matter_of_settings(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match="earmark models fetch small"):
            whisper.create(model="small", cache_dir=tmp_path)

    def test_broken_weights_are_a_matter_of_settings(self, tiny_whisper: Path, tmp_path: Path) -> None:
        for path in tiny_whisper.iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes()[: 1000 if path.name == "model.bin" else None])
        with pytest.raises(SettingsError, match="cannot be loaded"):
            whisper.create(model=tmp_path).transcribe(heard(), Context(), progress=lambda _: None)


class TestScripted:
    def test_it_says_what_it_was_told(self) -> None:
        engine = scripted.create(script={"words": "hello there", "language": "en"})
        transcript = engine.transcribe(heard(4.0), Context(), progress=lambda _: None)
        assert [(word.text, word.start, word.end) for word in transcript.words] == [("hello", 0, 2), ("there", 2, 4)]

    def test_it_tells_what_was_dropped_and_spoken_where(self) -> None:
        dropped: dict[str, Any] = {"start": 1.0, "end": 2.0, "channel": 1, "reason": "hold music"}
        stretch: dict[str, Any] = {"start": 0.0, "end": 3.0, "channel": 0, "language": "fa", "confidence": 0.9}
        script = {"language": "ru", "language_confidence": 0.8, "dropped": [dropped], "languages": [stretch]}
        transcript = scripted.create(script=script).transcribe(heard(), Context(), progress=lambda _: None)
        assert (transcript.dropped, transcript.languages) == ((Dropped(**dropped),), (LanguageStretch(**stretch),))
        assert transcript.language_confidence == 0.8

    def test_a_function_may_answer_by_clip_and_context(self) -> None:
        engine = scripted.create(script=lambda clip, context: {"words": f"{clip.channels} {context.language}"})
        assert said(engine.transcribe(heard(), Context(language="fa"), progress=lambda _: None), 0) == "2 fa"

    def test_it_fails_as_often_as_told_across_processes(self, tmp_path: Path) -> None:
        path = tmp_path / "script.json"
        path.write_text(json.dumps({"words": [{"text": "hi", "channel": 1}], "fail": 2, "message": "no luck"}))
        for _ in range(2):
            with pytest.raises(EngineFailed, match="no luck"):
                scripted.create(script=path).transcribe(heard(), Context(), progress=lambda _: None)
        assert said(scripted.create(script=path).transcribe(heard(), Context(), progress=lambda _: None), 1) == "hi"

    def test_it_raises_the_error_that_is_named(self) -> None:
        engine = scripted.create(script={"fail": 1, "error": "BadRecording"})
        with pytest.raises(BadRecording):
            engine.transcribe(heard(), Context(), progress=lambda _: None)

    def test_it_kills_its_process_and_goes_on_at_the_next_attempt(self, tmp_path: Path) -> None:
        path = tmp_path / "script.json"
        path.write_text(json.dumps({"words": "alive", "crash": 1}))
        process = multiprocessing.get_context("spawn").Process(target=_transcribe, args=(path,))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        assert said(scripted.create(script=path).transcribe(heard(), Context(), progress=lambda _: None), 0) == "alive"

    def test_a_script_that_is_no_json_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "script.json"
        path.write_text("hello")
        with pytest.raises(SettingsError, match=r"script\.json"):
            scripted.create(script=path)


def _transcribe(path: Path) -> None:
    scripted.create(script=path).transcribe(heard(), Context(), progress=lambda _: None)
