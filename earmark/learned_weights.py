"""Weights that were learned here, in the data folder, and which of them the classifier `learned` uses.

`learned/<name>/` holds both files of weights and `about.json`; `learned/in-use` has the name that is switched on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from classifiers.kinds import learned
from classifiers.kinds.learned import LearnedTags
from classifiers.learned.trained import FILES, Trained, read_trained, shipped
from models.context import Context
from models.conversation import Conversation
from models.errors import BadInput, NotFound
from models.tag import Opinion

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LearnedWeights:
    """Those of one data folder."""

    folder: Path
    """`learned` in the data folder; it need not be there."""

    def names(self) -> list[str]:
        """The oldest first."""
        return sorted(path.parent.name for path in self.folder.glob("*/about.json"))

    def save(self, contents: Mapping[str, bytes], about: Mapping[str, Any]) -> str:
        """The name that they get: when they were learned, and a part of their version."""
        trained, now = read_trained(contents), datetime.now(UTC)
        name = f"{now:%Y-%m-%d-%H%M}-{trained.version[-8:]}"
        part = self.folder / f".{name}.part"
        part.mkdir(parents=True, exist_ok=True)
        for file, content in contents.items():
            (part / file).write_bytes(content)
        known = {"learned_at": f"{now:%Y-%m-%dT%H:%M:%SZ}", "version": trained.version, "shipped": shipped().version}
        (part / "about.json").write_text(json.dumps({**known, **about}, indent=2) + "\n", encoding="utf-8")
        part.replace(self.folder / name)
        return name

    def about(self, name: str) -> dict[str, Any]:
        """Raises NotFound."""
        try:
            found: dict[str, Any] = json.loads((self.folder / name / "about.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            names = ", ".join(self.names()) or "none"
            raise NotFound(f"no weights {name!r} were learned in {self.folder}; there are: {names}") from None
        return found

    def read(self, name: str) -> Trained:
        """Raises NotFound, and BadInput for weights that do not fit this version of Earmark."""
        if (base := self.about(name).get("shipped")) != shipped().version:
            raise BadInput(f"weights {name} were learned on top of {base}, and this is another; `earmark train` again")
        try:
            return read_trained({file: (self.folder / name / file).read_bytes() for file in FILES})
        except (OSError, BadInput) as error:
            raise BadInput(f"weights {name} in {self.folder} cannot be read ({error}); `earmark train` again") from None

    def in_use(self) -> str | None:
        """The name; None: those that are shipped."""
        try:
            return self._chosen.read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def switch(self, name: str) -> None:
        """Every process uses them from its next call on. Raises NotFound, BadInput."""
        self.read(name)
        part = self._chosen.with_name("in-use.part")
        part.write_text(f"{name}\n", encoding="utf-8")
        part.replace(self._chosen)

    def back(self) -> None:
        """To those that are shipped."""
        self._chosen.unlink(missing_ok=True)

    @property
    def _chosen(self) -> Path:
        return self.folder / "in-use"


class LearnedInUse:
    """The classifier `learned`, by the weights that are switched on; it sees a switch at its next call."""

    def __init__(self, weights: LearnedWeights) -> None:
        self._weights = weights
        self._name = weights.in_use()
        self._tags = self._made()
        self.version = self._tags.version

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        if (name := self._weights.in_use()) != self._name:
            self._name = name
            self._tags = self._made()
            self.version = self._tags.version
        return self._tags.classify(conversation, context)

    def _made(self) -> LearnedTags:
        """By those that are shipped where the others cannot be used: a call without tags helps nobody."""
        if self._name is None:
            return learned.create()
        try:
            return learned.create(trained=self._weights.read(self._name))
        except (NotFound, BadInput) as error:
            log.warning("the shipped weights are used", why=str(error))
            return learned.create()
