"""A linear model of turns: for each of its targets (an act, a channel, a tag of the call) a chance, 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.learned.turns import Blocks

FILE = "turns.npz"
"""numpy's own format: arrays of numbers and names, nothing that runs."""
_SHARES = {"letters": 2.0, "said": 2.4, "before": 1.0, "after": 0.6, "classed": 1.0, "form": 0.3}
"""Length of each block's vector; `form` is not brought to a length, its features weigh so much each. Chosen on calls
that are in neither training nor test."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TurnModel:
    targets: tuple[str, ...]
    keys: NDArray[np.uint32]
    """Hashes of the features it knows, ascending."""
    rarity: Numbers
    """Of each feature: log of how few turns have it, at least 1."""
    weights: Any
    """scipy's sparse matrix (features, targets), of float32."""
    bias: Numbers

    def chances(self, turns: Sequence[Blocks]) -> Numbers:
        """Shape (turns, targets)."""
        odds = np.asarray((matrix_of(turns, self.keys, self.rarity) @ self.weights).todense()) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float32)


def matrix_of(turns: Sequence[Blocks], keys: NDArray[np.uint32], rarity: Numbers) -> Any:
    """scipy's sparse matrix (turns, features)."""
    from scipy.sparse import csr_matrix

    rows = [_row(blocks, keys, rarity) for blocks in turns]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places = np.concatenate([places for places, _ in rows]) if rows else np.zeros(0, np.int64)
    values = np.concatenate([values for _, values in rows]) if rows else np.zeros(0, np.float32)
    return csr_matrix((values, places, ends), shape=(len(turns), len(keys)), dtype=np.float32)


def _row(blocks: Blocks, keys: NDArray[np.uint32], rarity: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """The features of a turn that are known, and their values."""
    places, values = [], []
    for name, hashes in blocks:
        wanted = np.array(hashes, dtype=np.uint32)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        at = at[keys[at] == wanted]
        if len(at):
            rare = np.ones(len(at), np.float32) if name == "form" else rarity[at] / np.linalg.norm(rarity[at])
            places.append(at)
            values.append(rare * np.float32(_SHARES[name]))
    if not places:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    return np.concatenate(places), np.concatenate(values)


def read_turn_model(content: bytes) -> TurnModel:
    from scipy.sparse import csr_matrix

    with np.load(BytesIO(content), allow_pickle=False) as saved:
        scale, places = saved["scale"], saved["places"]
        weights = saved["weights"].astype(np.float32) * scale[places]
        shape = len(saved["keys"]), len(scale)
        matrix = csr_matrix((weights, places.astype(np.int32), saved["starts"]), shape=shape)
        return TurnModel(tuple(saved["targets"].tolist()), saved["keys"], saved["rarity"], matrix, saved["bias"])


def written_turn_model(model: TurnModel) -> bytes:
    """Weights in 8 bits: a hundredth of a target's largest weight changes nothing."""
    weights = model.weights
    scale = np.maximum(np.abs(weights).max(axis=0).toarray().ravel() / 127, 1e-9).astype(np.float32)
    content = BytesIO()
    np.savez_compressed(
        content,
        targets=np.array(model.targets),
        keys=model.keys,
        rarity=model.rarity.astype(np.float32),
        weights=np.round(weights.data / scale[weights.indices]).astype(np.int8),
        places=weights.indices.astype(np.uint8),
        starts=weights.indptr.astype(np.int32),
        scale=scale,
        bias=model.bias.astype(np.float32),
    )
    return content.getvalue()
