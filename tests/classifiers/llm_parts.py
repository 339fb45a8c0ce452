"""What the tests of the classifier `llm` share: a call, what a model says of it, and who speaks when it does not."""

from pathlib import Path
from typing import Any

from conversations import talk
from language_model import MODEL, LanguageModel

from classifiers.kinds.llm import LlmTags
from classifiers.llm.endpoint import Endpoint, Options
from classifiers.llm.ledger import Ledger
from models.context import Context
from models.conversation import Conversation
from models.tag import Opinion, TagKind

KEY = "sk-do-not-show-me"
CALL = talk(
    "a: Hello, Miller Roofing, this is Ann, how can I help?",
    "c: Hi, I saw your ad on Google. My roof leaks; can you send someone on Tuesday? My name is Zebedee.",
    "a: Tuesday at nine it is.",
)
Form = dict[str, Any]


def quotes(*places: tuple[int, str]) -> list[Form]:
    return [{"turn": turn, "words": words} for turn, words in places]


def said(value: str, *places: tuple[int, str], confidence: Any = 0.9, **more: Any) -> Form:
    return {"value": value, "confidence": confidence, "quotes": quotes(*places), **more}


def channel(name: str, listed: str, *places: tuple[int, str], confidence: Any = 0.9) -> Form:
    return {"channel": name, "list": listed, "confidence": confidence, "quotes": quotes(*places)}


def form(*channels: Form, **answers: Form) -> Form:
    none = {"value": "none", "confidence": 0, "quotes": []}
    kinds = ("lead_quality", "not_a_lead_reason", "outcome", "lost_reason")
    return {"channels": list(channels), **dict.fromkeys(kinds, none), **answers}


GOOD = form(
    channel("google_ads", "stated", (1, "I saw your ad on Google.")),
    lead_quality=said("hot", (1, "My roof leaks"), (2, "Tuesday at nine"), score=90),
    outcome=said("appointment_booked", (2, "Tuesday at nine it is"), confidence=0.6),
)


class Instead:
    """Others, who speak where the model does not."""

    version = "instead-1"
    said = (
        Opinion(kind=TagKind.STATED_CHANNEL, item="yelp", value="yelp", confidence=0.6),
        Opinion(kind=TagKind.LEAD_QUALITY, value="warm", confidence=0.6),
        Opinion(kind=TagKind.OUTCOME, value="lost", confidence=0.6),
        Opinion(kind=TagKind.LOST_REASON, value="price", confidence=0.6),
        Opinion(kind=TagKind.HANDLING, item="greeted", value="yes", confidence=0.6),
    )

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        return list(self.said)


def llm_tags(server: LanguageModel | str, folder: Path, *, ledger: Ledger | None = None, **given: Any) -> LlmTags:
    """`given`: options of the endpoint and of the classifier. It waits for nothing between two tries."""
    named = {"url": server if isinstance(server, str) else server.url, "model": MODEL, "seconds": 20.0, **given}
    own = {name: named.pop(name) for name in ("input_tokens", "prices", "instead", "clock") if name in named}
    wait = named.pop("wait", lambda seconds: None)
    return LlmTags(Endpoint(Options(**named), wait=wait), ledger or Ledger(folder / "tokens.json"), **own)
