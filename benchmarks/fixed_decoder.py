"""A Whisper whose decoder always does the same work, and whose text looks healthy: for timing random weights.

Random weights never end a sentence, or end it at once, and loop; whoever retries what loops would be timed for it. So
all contestants get this class for CTranslate2's: every window is decoded for `TOKENS` steps with the same beam, then
the nonsense is replaced by as many different words as its sound can hold, with good marks and times.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.contest import NOTHING, Took
from benchmarks.random_whisper import END_OF_TEXT

TOKENS = 100
"""For each window of 30 s: about what a lively conversation has."""
_FRAMES = 3000
_NO_TIMES = 50363
"""`<|notimestamps|>`: with times, the rules for them would decide what random weights write."""
_WORDS = range(1000, 50000)
"""Numbers of tokens that are made-up words of their own."""


@dataclass(slots=True)
class Work:
    """What the networks were asked for."""

    windows: int = 0
    """Of 30 s, decoded."""
    network: Took = NOTHING
    """Inside the networks."""

    @contextmanager
    def inside(self) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.network = Took(
            self.network.wall + time.perf_counter() - wall, self.network.processor + time.process_time() - processor
        )


@dataclass(frozen=True, slots=True)
class _Result:
    """As much of CTranslate2's result as its users read."""

    sequences: list[list[str]]
    sequences_ids: list[list[int]]
    scores: list[float]
    no_speech_prob: float


@dataclass(frozen=True, slots=True)
class _Alignment:
    """As much of CTranslate2's alignment as its users read."""

    alignments: list[tuple[int, int]]
    text_token_probs: list[float]


@contextmanager
def fixed_decoder(beam_size: int, tokens: int = TOKENS) -> Iterator[Work]:
    """Models that are loaded inside decode `tokens` steps for every window; yields the count of what they did."""
    import ctranslate2

    original, work = ctranslate2.models.Whisper, Work()
    ctranslate2.models.Whisper = _fixed(original, work, beam_size, tokens)
    try:
        yield work
    finally:
        ctranslate2.models.Whisper = original


def _fixed(original: Any, work: Work, beam_size: int, tokens: int) -> Any:
    # By the encoding of each window: some encode several batches before they decode the first, and some put windows
    # together that were encoded one by one.
    shares: dict[bytes, float] = {}

    class FixedWhisper(original):  # type: ignore[misc]
        """CTranslate2's, with the options that decide the decoder's work held fast."""

        def encode(self, features: Any, to_cpu: bool = False) -> Any:
            with work.inside():
                encoded = super().encode(features, to_cpu)
            shares.update(zip(_names(encoded), filled_shares(np.array(features)), strict=True))
            return encoded

        def generate(self, features: Any, prompts: Any, **_options: Any) -> list[_Result]:
            work.windows += len(prompts)
            prompts = [prompt if _NO_TIMES in prompt else [*prompt, _NO_TIMES] for prompt in prompts]
            # CTranslate2 takes min(max_length / 2, max_length - prompt) steps.
            with work.inside():
                super().generate(
                    features, prompts, beam_size=beam_size, max_length=2 * tokens, suppress_tokens=[END_OF_TEXT],
                    suppress_blank=False, return_scores=True, return_no_speech_prob=True,
                )  # fmt: skip
            filled = [shares[name] for name in _names(features)]
            return [_healthy(number, max(1, round(tokens * share))) for number, share in enumerate(filled)]

        def align(self, features: Any, start: Any, texts: Any, frames: Any, **options: Any) -> list[_Alignment]:
            with work.inside():
                super().align(features, start, texts, frames, **options)
            counts = frames if isinstance(frames, Sequence) else [frames] * len(texts)
            return [_evenly(len(text), count // 2) for text, count in zip(texts, counts, strict=True)]

    return FixedWhisper


def _names(encoded: Any) -> list[bytes]:
    """The beginning of the first vector of each window, in which there is something of all that was heard."""
    return [window[0, :16].tobytes() for window in np.array(encoded)]


def filled_shares(features: Any) -> list[float]:
    """How much of each window is sound, 0 to 1: what is behind it is zeros. Shape (windows, bands, frames)."""
    heard = np.any(features.reshape(len(features), -1, features.shape[-1]) != 0, axis=1)
    lasts = [int(np.flatnonzero(window)[-1]) + 1 if window.any() else 0 for window in heard]
    return [last / _FRAMES for last in lasts]


def _healthy(number: int, count: int) -> _Result:
    """Words drawn without order: whoever measures how well a text can be compressed finds nothing odd."""
    identifiers = np.random.default_rng(number).choice(_WORDS, count).tolist()
    return _Result([[str(identifier) for identifier in identifiers]], [identifiers], [-0.2], 0.01)


def _evenly(count: int, steps: int) -> _Alignment:
    """Tokens, and the mark behind them, spread over the steps of 20 ms that are sound: random times leave holes."""
    return _Alignment([(token, token * steps // (count + 1)) for token in range(count + 1)], [0.9] * count)
