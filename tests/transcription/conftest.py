"""A Whisper with random weights: it speaks nonsense, and takes every road that a real one takes."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

WIDTH, HEADS, LAYERS = 32, 2, 2
LANGUAGES = re.findall(
    r"\w+",
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml "
    "cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am "
    "yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su",
)


@pytest.fixture(scope="session")
def tiny_whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that faster-whisper wants, small enough to build in a moment."""
    folder = tmp_path_factory.mktemp("weights") / "tiny-random"
    folder.mkdir()
    _build(folder)
    return folder


def _vocabulary() -> tuple[Any, dict[str, int]]:
    """A tokenizer of Whisper's size: bytes, invented words, the empty token that makes it multilingual, the marks."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    entries = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    entries |= {f"Ġ{number:x}": number for number in range(len(entries), 50256)} | {"": 50256}
    marks = ["endoftext", "startoftranscript", *LANGUAGES]
    marks += ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
    tokenizer = Tokenizer(models.BPE(vocab=entries, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(f"<|{mark}|>", special=True, normalized=False) for mark in marks])
    times = [AddedToken(f"<|{step * 0.02:.2f}|>", special=False, normalized=False) for step in range(1501)]
    tokenizer.add_tokens(times)
    return tokenizer, tokenizer.get_vocab()


class _Dice:
    """Fills the parts of a network; the seed is fixed, so the nonsense is always the same."""

    def __init__(self) -> None:
        self.numbers = np.random.default_rng(1)

    def weights(self, *shape: int) -> Any:
        return (self.numbers.standard_normal(shape) * 0.05).astype(np.float32)

    def linear(self, part: Any, out: int, into: int) -> None:
        part.weight, part.bias = self.weights(out, into), np.zeros(out, np.float32)

    def norm(self, part: Any) -> None:
        part.gamma, part.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)

    def block(self, layer: Any, *, decodes: bool) -> None:
        self.norm(layer.self_attention.layer_norm)
        self.linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH)
        self.linear(layer.self_attention.linear[1], WIDTH, WIDTH)
        if decodes:
            self.norm(layer.attention.layer_norm)
            for part, width in zip(layer.attention.linear, (1, 2, 1), strict=True):
                self.linear(part, width * WIDTH, WIDTH)
        self.norm(layer.ffn.layer_norm)
        self.linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        self.linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)


def _network(size: int) -> Any:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    spec, dice = WhisperSpec(LAYERS, HEADS, LAYERS, HEADS), _Dice()
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = dice.weights(WIDTH, 80, 3), np.zeros(WIDTH, np.float32)
    encoder.conv2.weight, encoder.conv2.bias = dice.weights(WIDTH, WIDTH, 3), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = dice.weights(1500, WIDTH)
    decoder.position_encodings.encodings = dice.weights(448, WIDTH)
    decoder.embeddings.weight = decoder.projection.weight = dice.weights(size, WIDTH)
    decoder.scale_embeddings = False
    for half, layers in ((encoder, encoder.layer), (decoder, decoder.layer)):
        dice.norm(half.layer_norm)
        for layer in layers:
            dice.block(layer, decodes=half is decoder)
    return spec


def _build(folder: Path) -> None:
    tokenizer, numbers = _vocabulary()
    spec = _network(len(numbers))
    spec.register_vocabulary(sorted(numbers, key=lambda token: numbers[token]))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [numbers["<|endoftext|>"]]
    spec.config.lang_ids = [numbers[f"<|{language}|>"] for language in LANGUAGES]
    spec.config.alignment_heads = [[layer, head] for layer in range(LAYERS // 2, LAYERS) for head in range(HEADS)]
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": 80, "sampling_rate": 16000}))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any connection is an error: engines must not ask a hub behind our back."""
    import socket

    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
