"""Channels, lead quality and outcome by a language model behind an OpenAI-compatible endpoint.

Off until the settings name it: it sends the words of a call out of this process. Whatever goes wrong there costs a
warning and not the call, whose tags are then those of the other classifiers.
"""

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import structlog

from classifiers.classifier import Classifier
from classifiers.llm.answer import Heard, read_answer
from classifiers.llm.endpoint import Endpoint, Refused, Reply
from classifiers.llm.ledger import Ledger, Prices, Spent
from classifiers.llm.question import PROMPT, SCHEMA, Question, question_of, tokens_of
from classifiers.spoken import language_of
from models.call import LANGUAGES
from models.context import Context
from models.conversation import Conversation
from models.errors import EngineFailed
from models.tag import CHANNEL_KINDS, Opinion, TagKind

ENOUGH_FAILURES, REST_SECONDS = 3, 60.0
"""After so many calls without an answer it is not asked for a while: a backlog would wait out the time of each call."""
_TOGETHER = (
    CHANNEL_KINDS,
    (TagKind.LEAD_QUALITY, TagKind.NOT_A_LEAD_REASON),
    (TagKind.OUTCOME, TagKind.LOST_REASON),
)
"""What one classifier answers together or not at all."""

log = structlog.get_logger()


class LlmTags:
    """Fits `classifiers.classifier.Classifier`."""

    def __init__(
        self,
        endpoint: Endpoint,
        ledger: Ledger,
        *,
        input_tokens: int = 12_000,
        prices: Prices | None = None,
        instead: Classifier | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`instead` speaks where the model does not; None: others are asked anyway."""
        self.version = f"llm-1 prompt {PROMPT} model {endpoint.options.model}"
        self._endpoint, self._ledger, self._instead = endpoint, ledger, instead
        self._input_tokens, self._prices = input_tokens, prices or Prices()
        self._clock = clock
        self._failures, self._rests_until = 0, 0.0

    def classify(self, conversation: Conversation, context: Context) -> list[Opinion]:
        # In other languages every tag is withheld: nothing is sent out for that.
        readable = any(turn.words for turn in conversation.turns) and language_of(conversation, context) in LANGUAGES
        opinions = self._asked(conversation, context) if readable else []
        return opinions + self._missing(opinions, conversation, context)

    def _missing(self, opinions: list[Opinion], conversation: Conversation, context: Context) -> list[Opinion]:
        if self._instead is None:
            return []
        answered = {kind for kinds in _TOGETHER for kind in kinds if any(one.kind in kinds for one in opinions)}
        return [one for one in self._instead.classify(conversation, context) if one.kind not in answered]

    def _asked(self, conversation: Conversation, context: Context) -> list[Opinion]:
        if self._clock() < self._rests_until:
            return []
        question = question_of(conversation, context, self._input_tokens)
        detail = {"turns_not_read": question.left_out} if question.left_out else {}
        try:
            reply, spent = self._paid(question)
            heard = read_answer(reply.text, conversation, self.version, detail)
        except EngineFailed as error:
            self._failed(error)
            return []
        self._failures = 0
        self._tell(heard, spent, question)
        return heard.opinions

    def _paid(self, question: Question) -> tuple[Reply, Spent]:
        """Booked before it is asked, and put right after. An answer that never came may have been paid all the same."""
        most = Spent(question.most_tokens, self._endpoint.options.answer_tokens)
        day = self._ledger.book(most)
        try:
            reply = self._endpoint.ask(question.messages, SCHEMA)
        except Refused:
            self._ledger.correct(day, most, Spent())
            raise
        return reply, self._corrected(day, most, reply)

    def _corrected(self, day: date, most: Spent, reply: Reply) -> Spent:
        """What it took, as the endpoint says; where it does not, as it was estimated."""
        read = most.read if reply.tokens_in is None else reply.tokens_in
        written = tokens_of(reply.text) if reply.tokens_out is None else reply.tokens_out
        spent = Spent(read, written)
        self._ledger.correct(day, most, spent)
        return spent

    def _failed(self, error: EngineFailed) -> None:
        self._failures += 1
        told: dict[str, object] = {"why": str(error), "model": self._endpoint.options.model}
        if self._failures >= ENOUGH_FAILURES:
            self._rests_until = self._clock() + REST_SECONDS
            told["not_asked_for_seconds"] = REST_SECONDS
        log.warning("the language model has no say in this call", **told)

    def _tell(self, heard: Heard, spent: Spent, question: Question) -> None:
        told: dict[str, object] = {"tokens_read": spent.read, "tokens_written": spent.written}
        if cost := self._prices.of(spent):
            told["cost"] = round(cost, 6)
        if question.left_out:
            told["turns_not_read"] = question.left_out
        log.info("the language model has answered", tags=len(heard.opinions), **told)
        if heard.dropped:
            log.warning("what the language model said was not believed", dropped=heard.dropped)


def create(**options: Any) -> LlmTags:
    """`options`: the arguments of `LlmTags`."""
    return LlmTags(**options)
