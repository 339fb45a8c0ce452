"""Linear models of a call's questions: from named numbers to the chance of each answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np

from classifiers.learned.turn_model import Numbers

FILE = "calls.npz"


@dataclass(frozen=True, slots=True)
class CallModel:
    """Of one question."""

    answers: tuple[str, ...]
    features: Mapping[str, int]
    """Row of each in `weights`."""
    weights: Numbers
    """Shape (features, answers)."""
    bias: Numbers
    temperature: float
    """What the odds are divided by, so that of answers with a chance of 80 % four in five are right."""

    def chances(self, features: Mapping[str, float]) -> dict[str, float]:
        """Of each answer; they sum to 1."""
        known = [(self.features[name], value) for name, value in features.items() if name in self.features]
        odds = self.bias.astype(np.float64)
        if known:
            places, values = zip(*known, strict=True)
            odds = odds + np.array(values) @ self.weights[list(places)]
        return dict(zip(self.answers, self.shares(odds).tolist(), strict=True))

    def shares(self, odds: Any) -> Any:
        """Of each answer, from odds in the last axis."""
        scaled = odds / self.temperature
        shares = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return shares / shares.sum(axis=-1, keepdims=True)


def read_call_models(content: bytes) -> dict[str, CallModel]:
    with np.load(BytesIO(content), allow_pickle=False) as saved:
        arrays = dict(saved)
    questions = dict.fromkeys(name.split("/")[0] for name in arrays)
    return {question: _read(question, arrays) for question in questions}


def _read(question: str, arrays: Mapping[str, Any]) -> CallModel:
    own = {name: arrays[f"{question}/{name}"] for name in ("answers", "features", "weights", "bias", "temperature")}
    return CallModel(
        answers=tuple(own["answers"].tolist()),
        features={name: number for number, name in enumerate(own["features"].tolist())},
        weights=own["weights"].astype(np.float32),
        bias=own["bias"],
        temperature=float(own["temperature"]),
    )


def written_call_models(models: Mapping[str, CallModel]) -> bytes:
    content = BytesIO()
    arrays: dict[str, Any] = {
        f"{question}/{name}": value
        for question, model in models.items()
        for name, value in {
            "answers": np.array(model.answers),
            "features": np.array(list(model.features)),
            "weights": model.weights.astype(np.float16),
            "bias": model.bias.astype(np.float32),
            "temperature": np.array(model.temperature, dtype=np.float32),
        }.items()
    }
    np.savez_compressed(content, **arrays)
    return content.getvalue()
