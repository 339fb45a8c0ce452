"""faster-whisper's model by its parts: what sounds like speech is encoded once, asked for its language and written.

Its own batched pipeline would encode a second time to ask for the language, gives a batch one language, and throws away
the sentence that is unfinished when half a minute ends.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from transcription.segments import Heard, Segment

_SLOT = 30.0
"""Seconds that the model hears at a time."""
MOST_HOTWORD_TOKENS = 223
"""Half of Whisper's text, less the mark before it: the library cuts what is longer in the middle of a name."""
_CONTEXT = 448
"""Tokens of prompt and text together."""
_LONGEST_TEXT = 400
"""Tokens; the word times need a few more."""
_SECOND_TEMPERATURES = (0.0, 0.6)
_PREPENDED = "\"'“¿([{-«"
_APPENDED = "\"'.。,，!！?？:：”)]}、»،؟؛"
"""Marks that belong to the word behind and before them; the library's own, with those of Russian and Persian."""

Sound = NDArray[np.float32]


class Decoder(Protocol):
    """What the engine needs of a speech model."""

    languages: Sequence[str]
    """That it reads."""

    def encode(self, sounds: Sequence[Sound]) -> Any:
        """At most 30 s each; what comes back is for the other two. Costs the most."""
        ...

    def chances(self, encoded: Any) -> list[dict[str, float]]:
        """Of each sound: the chance of every language."""
        ...

    def write(self, encoded: Any, sounds: Sequence[Sound], language: str, names: str | None) -> list[list[Segment]]:
        """All in one language. `names`: words that are likely to come."""
        ...

    def again(self, sound: Sound, language: str) -> list[Segment]:
        """One sound, slowly and with a second chance where the first text looks bad."""
        ...

    def hotwords(self, names: Sequence[str]) -> tuple[str, ...]:
        """As many of the names as the model can be told."""
        ...


class WhisperDecoder:
    """`model` is a faster_whisper.WhisperModel. Errors are the library's own."""

    def __init__(self, model: Any, *, beam_size: int) -> None:
        self._model = model
        self._beam_size = beam_size
        self._tokenizers: dict[str, Any] = {}
        self.languages: Sequence[str] = model.supported_languages

    def encode(self, sounds: Sequence[Sound]) -> Any:
        features = [self._features(sound) for sound in sounds]
        if self._model.model.device != "cpu":
            return self._model.encode(np.stack(features))
        # A processor is quicker with one at a time (24 % for `base`), to the same bits, and needs 90 MB for each more
        # in a batch of it: attention over 1,500 frames. Only the decoder gains from batches.
        return _together([np.asarray(self._model.encode(part[np.newaxis])) for part in features])

    def _features(self, sound: Sound) -> Sound:
        from faster_whisper.audio import pad_or_trim

        found: Sound = pad_or_trim(self._model.feature_extractor(sound)[..., :-1])
        return found

    def chances(self, encoded: Any) -> list[dict[str, float]]:
        if not self._model.model.is_multilingual:
            return [{"en": 1.0} for _ in range(encoded.shape[0])]
        found = self._model.model.detect_language(encoded)
        return [{token[2:-2]: chance for token, chance in chances} for chances in found]

    def write(self, encoded: Any, sounds: Sequence[Sound], language: str, names: str | None) -> list[list[Segment]]:
        tokenizer = self._tokenizer(language)
        prompt = self._model.get_prompt(tokenizer, [], without_timestamps=False, hotwords=names)
        results = self._model.model.generate(
            encoded,
            [prompt] * len(sounds),
            beam_size=self._beam_size,
            max_length=_most_tokens(language, len(prompt)),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed(tokenizer),
        )
        pieces = [
            timed_pieces(result.sequences_ids[0], tokenizer, _SLOT * number) for number, result in enumerate(results)
        ]
        seconds = [len(sound) / self._model.feature_extractor.sampling_rate for sound in sounds]
        self._add_words(pieces, tokenizer, encoded, seconds)
        return [
            [_segment(piece, result, tokenizer, _SLOT * number) for piece in found]
            for number, (found, result) in enumerate(zip(pieces, results, strict=True))
        ]

    def again(self, sound: Sound, language: str) -> list[Segment]:
        segments, _ = self._model.transcribe(
            sound,
            language=language,
            beam_size=self._beam_size,
            temperature=list(_SECOND_TEMPERATURES),
            best_of=2,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=False,
        )
        return [
            Segment(
                segment.text,
                tuple(Heard(word.word, word.start, word.end, word.probability) for word in segment.words or ()),
                segment.avg_logprob,
                segment.no_speech_prob,
            )
            for segment in segments
        ]

    def hotwords(self, names: Sequence[str]) -> tuple[str, ...]:
        chosen: list[str] = []
        left = MOST_HOTWORD_TOKENS
        for name in dict.fromkeys(filter(None, (name.strip() for name in names))):
            left -= len(self._model.hf_tokenizer.encode(f" {name},", add_special_tokens=False).ids)
            if left < 0:
                break
            chosen.append(name)
        return tuple(chosen)

    def _tokenizer(self, language: str) -> Any:
        from faster_whisper.tokenizer import Tokenizer

        if language not in self._tokenizers:
            self._tokenizers[language] = Tokenizer(
                self._model.hf_tokenizer, self._model.model.is_multilingual, task="transcribe", language=language
            )
        return self._tokenizers[language]

    def _suppressed(self, tokenizer: Any) -> list[int]:
        """Marks, and symbols that are no speech."""
        marks = ("transcribe", "translate", "sot", "sot_prev", "sot_lm", "no_speech")
        return sorted({*tokenizer.non_speech_tokens, *(getattr(tokenizer, mark) for mark in marks)})

    def _add_words(
        self, pieces: list[list[dict[str, Any]]], tokenizer: Any, encoded: Any, seconds: Sequence[float]
    ) -> None:
        """Each pack has a slot of its own in time, for the library looks at the pause since the word before.

        A processor takes one at a time: as quick (2 % for `base`), and each more at once needs 80 MB.
        """
        frames = [min(3000, int(np.ceil(length) * self._model.frames_per_second)) for length in seconds]
        batches, last = [(slice(None), encoded)], 0.0
        if self._model.model.device == "cpu":
            batches = [
                (slice(at, at + 1), _together([part[np.newaxis]])) for at, part in enumerate(np.asarray(encoded))
            ]
        for part, heard in batches:
            last = self._model.add_word_timestamps(
                pieces[part], tokenizer, heard, frames[part], _PREPENDED, _APPENDED, last
            )


def _most_tokens(language: str, prompt: int) -> int:
    """CTranslate2's limit, of which it writes `min(limit / 2, limit - prompt)`: usually 224 tokens.

    Half a minute of English has 160. A Persian word is three or four tokens, so that the usual limit cuts off the end
    of half a minute; the model itself has room for more.
    """
    return _CONTEXT if language == "en" else max(_CONTEXT, 2 * min(_LONGEST_TEXT, _CONTEXT - prompt))


def _together(encoded: Sequence[Any]) -> Any:
    import ctranslate2

    return ctranslate2.StorageView.from_array(np.concatenate(encoded))


def timed_pieces(tokens: Sequence[int], tokenizer: Any, offset: float) -> list[dict[str, Any]]:
    """The text between time marks, the unfinished one behind the last mark too; at least one, perhaps empty."""
    pieces: list[dict[str, Any]] = []
    text: list[int] = []
    start = end = 0.0
    for token in tokens:
        if token < tokenizer.timestamp_begin:
            text.append(token)
            continue
        end = (token - tokenizer.timestamp_begin) * 0.02
        if text:
            pieces.append(_piece(text, start, end, offset))
        text, start = [], end
    if text or not pieces:
        pieces.append(_piece(text, start, _SLOT, offset))
    return pieces


def _piece(tokens: list[int], start: float, end: float, offset: float) -> dict[str, Any]:
    return {"seek": round(offset * 100), "start": offset + start, "end": offset + max(start, end), "tokens": tokens}


def _segment(piece: Mapping[str, Any], result: Any, tokenizer: Any, offset: float) -> Segment:
    """CTranslate2's score is the mean over the tokens; Whisper counts the end mark too."""
    count = len(result.sequences_ids[0])
    words = (
        Heard(word["word"], float(word["start"]) - offset, float(word["end"]) - offset, float(word["probability"]))
        for word in piece.get("words", ())
    )
    return Segment(
        tokenizer.decode(piece["tokens"]),
        tuple(words),
        float(result.scores[0]) * count / (count + 1),
        float(result.no_speech_prob),
    )
