"""Models of the true interfaces, written by hand: whatever they hear, they say the same words over and over.

Every second of sound: "добрый день, алло." in four tokens and two marks, each at a frame of its own.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

TOKENS = ("<unk>", "▁до", "брый", "▁день", ",", "▁алло", ".", "<blk>")
BLANK = len(TOKENS) - 1
SAID = {2: 1, 4: 2, 10: 3, 12: 4, 15: 5, 16: 6}
"""Frame of each second (25 of them) and the token that is written there."""
FRAME = 0.04
ALWAYS, NEVER = -100.0, 100.0
"""How loud it has to be for words: the mean of the logarithms of the mel bands, of which digital silence has -20."""
SURE, PERHAPS = 5.0, 1.0
"""Of the token that is written, and of a blank in its place, before the softmax; 0 of all others."""
CHANCE = math.exp(SURE) / (math.exp(SURE) + math.exp(PERHAPS) + len(TOKENS) - 2)
_OPSET, _IR = 17, 8  # what the oldest onnxruntime of our range reads
_STATE = 320
_FLOAT, _INT64, _INT32, _HALF = TensorProto.FLOAT, TensorProto.INT64, TensorProto.INT32, TensorProto.FLOAT16


def gigaam_ctc(folder: Path, *, loud: float = ALWAYS) -> Path:
    """`gigaam-v3-e2e-ctc`."""
    nodes = [*_logits("features", loud), helper.make_node("LogSoftmax", ["logits"], ["log_probs"], axis=2)]
    inputs = [("features", _FLOAT, ["b", 64, "t"]), ("feature_lengths", _INT64, ["b"])]
    _save(folder / "v3_e2e_ctc.onnx", nodes, inputs, [("log_probs", _FLOAT, ["b", "f", len(TOKENS)])], _pattern(loud))
    return _described(folder, "v3_e2e_ctc")


def gigaam_rnnt(folder: Path, *, loud: float = ALWAYS) -> Path:
    """`gigaam-v3-e2e-rnnt`: the decoder only forbids the token that was written last."""
    size = len(TOKENS)
    encoder = [
        *_logits("audio_signal", loud),
        helper.make_node("Transpose", ["logits"], ["encoded"], perm=[0, 2, 1]),
        helper.make_node("Add", ["length", "three"], ["more"]),
        helper.make_node("Div", ["more", "four"], ["frames"]),
        helper.make_node("Cast", ["frames"], ["encoded_len"], to=_INT32),
    ]
    constants = _pattern(loud) | {"three": np.array(3), "four": np.array(4)}
    inputs = [("audio_signal", _FLOAT, ["b", 64, "t"]), ("length", _INT64, ["b"])]
    outputs = [("encoded", _FLOAT, ["b", size, "f"]), ("encoded_len", _INT32, ["b"])]
    _save(folder / "v3_e2e_rnnt_encoder.onnx", encoder, inputs, outputs, constants)
    states = [(name, _FLOAT, [1, 1, _STATE]) for name in ("h.1", "c.1")]
    decoder = [
        helper.make_node("Gather", ["forbidden", "x"], ["dec"]),
        helper.make_node("Identity", ["h.1"], ["h"]),
        helper.make_node("Identity", ["c.1"], ["c"]),
    ]
    outputs = [("dec", _FLOAT, [1, 1, size]), ("h", _FLOAT, [1, 1, _STATE]), ("c", _FLOAT, [1, 1, _STATE])]
    forbidden = -20 * np.eye(size, dtype=np.float32) * (np.arange(size) != BLANK)
    inputs = [("x", _INT64, [1, 1]), *states]
    _save(folder / "v3_e2e_rnnt_decoder.onnx", decoder, inputs, outputs, {"forbidden": forbidden.astype(np.float32)})
    joint = [helper.make_node("Add", ["enc", "dec"], ["joint"])]
    inputs = [("enc", _FLOAT, [1, size, 1]), ("dec", _FLOAT, [1, size, 1])]
    _save(folder / "v3_e2e_rnnt_joint.onnx", joint, inputs, [("joint", _FLOAT, [1, size, 1])], {})
    return _described(folder, "v3_e2e_rnnt")


def t_one(folder: Path) -> Path:
    """T-one: pieces of 0.3 s at 8 kHz, letters, and a state that nobody uses. It says "да" whatever it hears."""
    letters = ["д", "а", " "]
    table = np.zeros((1, 10, len(letters) + 1), np.float32)
    table[0, np.arange(10), [3, 0, 1, 3, 3, 3, 3, 3, 2, 3]] = SURE
    nodes = [
        helper.make_node("Shape", ["signal"], ["shape"]),
        helper.make_node("Gather", ["shape", "zero"], ["batch"]),
        helper.make_node("Concat", ["batch", "ones"], ["repeats"], axis=0),
        helper.make_node("Tile", ["table", "repeats"], ["logits"]),
        helper.make_node("LogSoftmax", ["logits"], ["logprobs"], axis=2),
        helper.make_node("Identity", ["state"], ["state_next"]),
    ]
    constants = {"zero": np.array([0]), "ones": np.array([1, 1]), "table": table}
    inputs = [("signal", _INT32, ["b", 2400, 1]), ("state", _HALF, ["b", 4])]
    outputs = [("logprobs", _FLOAT, ["b", 10, len(letters) + 1]), ("state_next", _HALF, ["b", 4])]
    folder.mkdir(parents=True, exist_ok=True)
    _save(folder / "model.onnx", nodes, inputs, outputs, constants)
    config = {
        "decoder_params": {"vocabulary": letters},
        "encoder_params": {"reduction_kernel_size": 3},
        "pad_token_id": len(letters),
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _logits(features: str, loud: float) -> list[Any]:
    """From (b, 64, t) to `logits` (b, t / 4, tokens): the pattern where it is loud, else blanks."""
    return [
        helper.make_node("ReduceMean", [features], ["mean"], axes=[1], keepdims=0),
        helper.make_node("Slice", ["mean", "first", "last", "axis", "step"], ["frame"]),
        helper.make_node("Greater", ["frame", "loud"], ["is_loud"]),
        helper.make_node("Unsqueeze", ["is_loud", "behind"], ["asked"]),
        helper.make_node("Shape", ["frame"], ["shape"], start=1),
        helper.make_node("Slice", ["pattern", "first", "shape", "axis"], ["said"]),
        helper.make_node("Where", ["asked", "said", "blank"], ["logits"]),
    ]


def _pattern(loud: float) -> dict[str, object]:
    said, tokens = np.full(800, BLANK), np.eye(len(TOKENS), dtype=np.float32)
    for frame, token in SAID.items():
        said[frame::25] = token
    return {
        "first": np.array([0]),
        "last": np.array([100_000]),
        "axis": np.array([1]),
        "step": np.array([4]),
        "behind": np.array([2]),
        "loud": np.array(loud, np.float32),
        "pattern": np.maximum(SURE * tokens[said], PERHAPS * tokens[BLANK])[None],
        "blank": SURE * tokens[BLANK][None, None],
    }


def _described(folder: Path, prefix: str) -> Path:
    lines = "".join(f"{token} {number}\n" for number, token in enumerate(TOKENS))
    (folder / f"{prefix}_vocab.txt").write_text(lines, "utf-8")
    config = {"model_type": prefix.replace("_", "-"), "version": "v3", "features_size": 64, "subsampling_factor": 4}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def _save(
    path: Path, nodes: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any], held: Mapping[str, object]
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in held.items()],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR), str(path))
