"""PocketSphinx with the English model of its wheel: works anywhere without a download, and errs often.

The rough fallback, for English alone: of clear synthetic voices it gets one word in twenty to one in eight wrong,
over the telephone band one in seven to one in three, and of real conversations far more (`benchmarks/word_error.py`).

A language model of telephone calls was tried beside the general one of the wheel, and left out: it helps on calls
like those it was written for, hardly on others, and takes 40 % more time. It was a trigram of 650 sentences of our own
about fifty trades, in the wording of none of these sets. Words wrong in 100:

| set | general | own alone | both, weight .1 | one model of both |
|---|---|---|---|---|
| samples, as recorded / telephone band | 5.4 / 14.1 | 22.1 / 25.4 | 4.3 / 8.6 | 11.0 / 14.2 |
| calls of other trades, clean / telephone band | 12.9 / 33.7 | 56.5 / 66.4 | 13.4 / 31.8 | 23.8 / 41.3 |
| real speech, clean / telephone band (51 words) | 27.5 / 56.9 | 86.3 / 92.2 | 27.5 / 56.9 | |

`Both` decodes with each and searches the lattice of the two texts with interpolated probabilities; `one model of both`
is a trigram of interpolated probabilities over all words and the pairs of the 1,000 most frequent.
"""

from collections.abc import Sequence
from importlib.metadata import version as installed_version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio.clip import Clip
from audio.sound import Sound
from audio.speech import SpeechOptions, cut_speech, joined_spans
from models.context import Context
from models.errors import EngineFailed, NoEngine
from models.transcript import Transcript, Word
from transcription.coverage import unwritten
from transcription.transcriber import Progress, in_order
from transcription.worth import speech_worth_hearing

ROUGH_NOTE = "written by pocketsphinx, the rough fallback: expect many wrong words; a Whisper model does far better"
_DOUBTFUL = 0.3
"""Confidence below which, on the sets above, one word in two is wrong (one in five of the clearest, four in five of
the worst); above .9 it is one in fifty of clear voices, but two in five of odd ones: no confidence here is safe."""
_MODEL = "en-us"
_FILLERS = ("<", "[", "++")
"""Beginnings of what the decoder writes for silence, breath and noise."""
_JOIN_GAP = 0.6
"""Seconds. The language model wants whole sentences: pauses inside one are kept."""
_LONGEST = 20.0
_TARGET_RMS = 0.08
"""The decoder's features are normalised by loudness over the utterance, but its first frames are not."""


class PocketSphinx:
    """One decoder, loaded on first use."""

    def __init__(self) -> None:
        self.version = f"pocketsphinx {installed_version('pocketsphinx')} {_MODEL}"
        self._decoder: Any = None

    def transcribe(self, sound: Sound, context: Context, *, progress: Progress) -> Transcript:
        if context.language not in (None, "en"):
            raise NoEngine(
                f"pocketsphinx reads English only, and this call is in {context.language!r}; "
                "put a Whisper model on this machine (`earmark models fetch small`) and run the call again"
            )
        clip, sides = sound.clip, sound.sides
        worth, dropped = speech_worth_hearing(sound, _SPEECH)
        spans = {number: joined_spans(found, gap=_JOIN_GAP, longest=_LONGEST) for number, found in worth.items()}
        progress(0.05)
        total = sum(span.end - span.start for found in spans.values() for span in found) or 1.0
        words: list[Word] = []
        heard = 0.0
        for piece in cut_speech(clip, spans):
            words += self._words(piece.sound, piece.span.start, piece.channel, clip)
            heard += piece.span.end - piece.span.start
            progress(0.05 + 0.95 * heard / total)
        dropped += unwritten(worth, words)
        return Transcript(
            words=in_order(words, sides),
            language="en" if words else context.language,
            engine=self.version,
            duration=clip.duration,
            channels=sides,
            rough=True,
            partial=clip.partial,
            notes=_notes(words),
            dropped=in_order(dropped, sides),
        )

    def _words(self, sound: NDArray[np.float32], start: float, channel: int, clip: Clip) -> list[Word]:
        decoder = self._loaded()
        try:
            decoder.start_utt()
            decoder.process_raw(_as_pcm(sound), full_utt=True)
            decoder.end_utt()
            found = list(decoder.seg())
        except (RuntimeError, ValueError, OSError) as error:
            self._decoder = None
            raise EngineFailed(f"pocketsphinx broke at {start:.1f} s of channel {channel}: {error}") from error
        words = []
        for segment in found:
            text = spoken_text(segment.word)
            if text:
                first = start + segment.start_frame / _FRAMES
                last = min(start + (segment.end_frame + 1) / _FRAMES, clip.duration)
                words.append(Word(text, round(first, 2), round(last, 2), _chance(segment.prob), channel))
        return words

    def _loaded(self) -> Any:
        if self._decoder is None:
            from pocketsphinx import Decoder

            try:
                self._decoder = Decoder(samprate=16000, loglevel="FATAL", bestpath=True)
            except (RuntimeError, ValueError, OSError) as error:
                raise EngineFailed(f"pocketsphinx cannot load its model {_MODEL!r}: {error}") from error
        return self._decoder


_FRAMES = 100
"""Frames a second."""
_SPEECH = SpeechOptions(min_silence=0.4, pad=0.25)


def create() -> PocketSphinx:
    return PocketSphinx()


def spoken_text(entry: str) -> str:
    """A word as it is written; empty for silence and noise. `read(2)` is the second way to say `read`."""
    if entry.startswith(_FILLERS):
        return ""
    word, _, _ = entry.partition("(")
    return "I" + word[1:] if word == "i" or word.startswith("i'") else word


def _notes(words: Sequence[Word]) -> tuple[str, ...]:
    if not words:
        return ("no speech was found in the recording",)
    doubtful = sum(word.confidence is not None and word.confidence < _DOUBTFUL for word in words)
    return ROUGH_NOTE, f"of {len(words)} words {doubtful} are doubtful even to pocketsphinx"


def _as_pcm(sound: NDArray[np.float32]) -> bytes:
    rms = float(np.sqrt(np.mean(np.square(sound)))) if len(sound) else 0.0
    loud = sound * (_TARGET_RMS / rms) if rms > 0 else sound
    return np.asarray(np.clip(loud, -1, 1) * 32767, dtype="<i2").tobytes()


def _chance(posterior: float) -> float:
    """Of the word in the lattice of its utterance."""
    return round(min(1.0, max(0.0, posterior)), 3)
