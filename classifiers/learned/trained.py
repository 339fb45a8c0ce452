"""The weights of both models, and the version by which they are known: those that are shipped, or learned here."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zipfile import BadZipFile
from zlib import crc32

from classifiers.learned import call_model, turn_model
from classifiers.learned.call_model import CallModel
from classifiers.learned.turn_model import TurnModel
from models.errors import BadInput

FOLDER = "classifiers.learned.weights"
FILES = (turn_model.FILE, call_model.FILE)
"""numpy's own format: arrays of numbers and names, nothing that runs."""


@dataclass(frozen=True, slots=True)
class Trained:
    turns: TurnModel
    calls: Mapping[str, CallModel]
    """By question."""
    version: str
    """Changes with the weights, so that it can be told of a tag which of them made it."""


@cache
def shipped() -> Trained:
    """Loaded once for a process."""
    return read_trained({name: files(FOLDER).joinpath(name).read_bytes() for name in FILES})


def read_trained(contents: Mapping[str, bytes]) -> Trained:
    """`contents`: of both `FILES`. Raises BadInput for what holds no such weights."""
    turns, calls = (contents[name] for name in FILES)
    try:
        models = turn_model.read_turn_model(turns), call_model.read_call_models(calls)
    except (ValueError, KeyError, EOFError, OSError, BadZipFile) as error:
        raise BadInput(f"{' and '.join(FILES)} hold no weights; learn them again") from error
    return Trained(*models, f"learned-3 weights {crc32(turns + calls):08x}")


def written_trained(turns: TurnModel, calls: Mapping[str, CallModel]) -> dict[str, bytes]:
    """What `read_trained` reads."""
    return dict(zip(FILES, (turn_model.written_turn_model(turns), call_model.written_call_models(calls)), strict=True))
