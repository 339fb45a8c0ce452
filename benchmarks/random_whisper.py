"""Whisper networks of true dimensions with random weights: they cost what real ones cost, and need no download.

The layout is CTranslate2's own specification of a Whisper; what they write means nothing (see `fixed_decoder`).
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

END_OF_TEXT = 50257
"""As in every multilingual Whisper: below it are letters and words, above it marks and times."""
_LANGUAGES = re.findall(
    r"\w+",
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su",
)
"""In Whisper's order, by which a language has its number."""
_MARKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")


@dataclass(frozen=True, slots=True)
class Size:
    """Dimensions of a Whisper with 80 mel bands."""

    width: int
    heads: int
    layers: int
    """Of the encoder, and of the decoder."""


SIZES = {"nano": Size(64, 2, 2), "tiny": Size(384, 6, 4), "base": Size(512, 8, 6)}
"""`tiny` and `base` as OpenAI published them; `nano` costs next to nothing, so that what is left is ours."""


def build(folder: Path, size: str) -> Path:
    """Writes the folder that faster-whisper loads; the same bytes each time. Returns it; one that is there is kept."""
    if not (folder / "preprocessor_config.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder, SIZES[size])
    return folder


def _write(folder: Path, size: Size) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    tokenizer = _tokenizer()
    numbers = tokenizer.get_vocab()
    spec = WhisperSpec(size.layers, size.heads, size.layers, size.heads)
    _Filler(size.width).fill(spec, len(numbers))
    spec.register_vocabulary(sorted(numbers, key=lambda token: numbers[token]))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [END_OF_TEXT]
    spec.config.lang_ids = [numbers[f"<|{language}|>"] for language in _LANGUAGES]
    upper = range(size.layers // 2, size.layers)
    spec.config.alignment_heads = [[layer, head] for layer in upper for head in range(size.heads)]
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    extractor = {"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(extractor))


def _tokenizer() -> Any:
    """Letters, made-up words, the empty token by which CTranslate2 knows a multilingual model, marks and times."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    entries = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    entries |= {f"Ġw{number:x}": number for number in range(len(entries), END_OF_TEXT - 1)} | {"": END_OF_TEXT - 1}
    tokenizer = Tokenizer(models.BPE(vocab=entries, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    marks = ["endoftext", "startoftranscript", *_LANGUAGES, *_MARKS]
    tokenizer.add_special_tokens([AddedToken(f"<|{mark}|>", special=True, normalized=False) for mark in marks])
    times = [AddedToken(f"<|{step / 50:.2f}|>", special=False, normalized=False) for step in range(1501)]
    tokenizer.add_tokens(times)
    return tokenizer


class _Filler:
    """Random weights of Whisper's own spread, biases of zero; seeded."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._dice = np.random.default_rng(0)

    def fill(self, spec: Any, vocabulary: int) -> None:
        width, encoder, decoder = self._width, spec.encoder, spec.decoder
        for part, into in ((encoder.conv1, 80), (encoder.conv2, width)):
            part.weight, part.bias = self._random(width, into, 3), np.zeros(width, np.float32)
        encoder.position_encodings.encodings = self._random(1500, width)
        decoder.position_encodings.encodings = self._random(448, width)
        decoder.embeddings.weight = decoder.projection.weight = self._random(vocabulary, width)
        decoder.scale_embeddings = False
        for half in (encoder, decoder):
            self._norm(half.layer_norm)
            for layer in half.layer:
                self._layer(layer, decodes=half is decoder)

    def _layer(self, layer: Any, *, decodes: bool) -> None:
        width = self._width
        self._attention(layer.self_attention, (3, 1))
        if decodes:
            self._attention(layer.attention, (1, 2, 1))
        self._norm(layer.ffn.layer_norm)
        self._linear(layer.ffn.linear_0, 4 * width, width)
        self._linear(layer.ffn.linear_1, width, 4 * width)

    def _attention(self, part: Any, widths: tuple[int, ...]) -> None:
        self._norm(part.layer_norm)
        for linear, times in zip(part.linear, widths, strict=True):
            self._linear(linear, times * self._width, self._width)

    def _linear(self, part: Any, out: int, into: int) -> None:
        part.weight, part.bias = self._random(out, into), np.zeros(out, np.float32)

    def _norm(self, part: Any) -> None:
        part.gamma, part.beta = np.ones(self._width, np.float32), np.zeros(self._width, np.float32)

    def _random(self, *shape: int) -> NDArray[np.float32]:
        return self._dice.standard_normal(shape, dtype=np.float32) * np.float32(0.02)
