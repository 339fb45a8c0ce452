"""Learns the models of this room from labelled calls. scikit-learn is imported here and nowhere else in the room.

Two steps. Turns are read by one linear model with many targets. What it says of calls that it has not seen (five folds,
no call in two of them) is what the models of the calls' questions learn from, as that is what they will get. Examples
of one id stay together: a call may come again made harder, without its speakers or with words misheard.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.learned.call_features import (
    ACTS,
    BEFORE_CHANNELS,
    FIRST_QUESTION,
    HANDLING,
    HANDLING_PREFIX,
    NOT_APPLICABLE,
    QUESTION_OF_TAG,
    QUESTIONS,
    TAGS,
    Features,
    answers_of,
    call_features,
    with_first,
)
from classifiers.learned.call_model import CallModel
from classifiers.learned.channel_features import CHANNEL_QUESTION, NO_CHANNEL, SAYS, channel_features
from classifiers.learned.examples import CHANNEL_LISTS, Example
from classifiers.learned.turn_model import Numbers, TurnModel, matrix_of, read_turn_model, written_turn_model
from classifiers.learned.turns import Blocks, blocks_of
from classifiers.learned.understood import Call, Understood, find, understand
from models.act import Act
from models.context import Context

TARGETS = (*ACTS, *SAYS, *TAGS)
_FOLDS = 5
_OFTEN = 1000
"""Examples after which the progress is told."""
_RAREST = 3
"""Turns, or calls, that a feature must be in."""
_LEAST = 4
"""Turns that must have a target."""
_TURN_FIT, _TAG_FIT, _CALL_FIT, _CHANNEL_FIT = 8.0, 1.0, 0.1, 1.0
"""Inverse strengths of regularisation, chosen on calls that are in neither training nor test; `_TAG_FIT`: of the tags
of a whole call in its turns."""
_KEPT = 0.12
"""Share of a target's weights that are kept, the largest: the others are noise, and nine tenths of the file."""


@dataclass(frozen=True, slots=True)
class Learned:
    turns: TurnModel
    calls: Mapping[str, CallModel]


@dataclass(frozen=True, slots=True)
class Read:
    """What the first step learned."""

    model: TurnModel
    unseen: Sequence[Numbers]
    """Of each example whose tags are asked: shape (turns, targets), by a model that has not learned from it."""


Pair = tuple[Example, Call]
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Rows:
    """All turns of all examples."""

    blocks: list[Blocks]
    wanted: NDArray[np.bool_]
    """Shape (turns, targets)."""
    counts: NDArray[np.bool_]
    """Whether the turn's example says anything of the target."""
    owner: NDArray[np.int64]
    """Number of the example."""


def learn(examples: Sequence[Example], told: Told = lambda _: None) -> Learned:
    """`told` hears of the progress."""
    pairs = find_all(examples, told)
    read = learn_turns(pairs, told)
    return Learned(read.model, learn_calls(pairs, read, told=told))


def find_all(examples: Sequence[Example], told: Told = lambda _: None) -> list[Pair]:
    """What lexicons and rules find in them; without those in a language that has none."""
    pairs = []
    for number, example in enumerate(examples):
        if number % _OFTEN == 0:
            told(f"reading {len(examples)} examples: {number}")
        if (call := _found(example)) is not None:
            pairs.append((example, call))
    return pairs


def learn_turns(pairs: Sequence[Pair], told: Told = lambda _: None) -> Read:
    """The first step, which takes nearly all of the time."""
    from joblib import Parallel, delayed

    rows = _rows(pairs)
    asked = [number for number, (example, _) in enumerate(pairs) if _is_asked(example)]
    told(f"learning turns: {len(rows.blocks)} of them, {len(TARGETS)} targets")
    place = _folds(pairs[number][0] for number in asked)
    fold = np.array([place.get(pairs[number][0].id, -1) for number in rows.owner.tolist()])
    chances = np.zeros((len(rows.blocks), len(TARGETS)), np.float32)
    fits = Parallel(n_jobs=-1, return_as="generator")(
        delayed(_fit_turns)(rows, fold != number) for number in range(_FOLDS + 1)
    )
    for number in range(_FOLDS):
        out = np.flatnonzero(fold == number)
        chances[out] = next(fits).chances([rows.blocks[row] for row in out])
        told(f"learning turns: {number + 1} of {_FOLDS} folds")
    model = next(fits)  # the last one has learned from all of them
    return Read(model, [chances[rows.owner == number] for number in asked])


def learn_calls(
    pairs: Sequence[Pair], read: Read, more: Sequence[Pair] = (), told: Told = lambda _: None
) -> Mapping[str, CallModel]:
    """The second step. `pairs`: those of the first; `more`: calls that it has not learned from."""
    known = [pair for pair in pairs if _is_asked(pair[0])]
    understood = [
        *(Understood(call, TARGETS, chances) for (_, call), chances in zip(known, read.unseen, strict=True)),
        *(understand(call, read.model) for _, call in more),
    ]
    told(f"learning the tags of {len(known)} calls and exchanges, and of {len(more)} more")
    return _calls([example for example, _ in (*known, *more)], understood)


def asked(examples: Iterable[Example]) -> list[Example]:
    """Those that the second step needs."""
    return [example for example in examples if _is_asked(example)]


def written_read(read: Read) -> bytes:
    content = BytesIO()
    np.savez_compressed(
        content,
        model=np.frombuffer(written_turn_model(read.model), dtype=np.uint8),
        unseen=np.concatenate(read.unseen).astype(np.float16),
        ends=np.cumsum([len(chances) for chances in read.unseen]),
    )
    return content.getvalue()


def read_again(content: bytes) -> Read:
    """What `written_read` wrote."""
    with np.load(BytesIO(content), allow_pickle=False) as saved:
        unseen = saved["unseen"].astype(np.float32)
        return Read(read_turn_model(saved["model"].tobytes()), np.split(unseen, saved["ends"][:-1]))


def _is_asked(example: Example) -> bool:
    return example.piece != "acts"


def _found(example: Example) -> Call | None:
    return find(example.conversation, Context(language=example.conversation.language), whole=example.piece is None)


def _rows(pairs: Sequence[Pair]) -> _Rows:
    blocks, wanted, counts, owner = [], [], [], []
    for number, (example, call) in enumerate(pairs):
        says = _says(example, call)
        for turn, acts in zip(call.turns, example.acts, strict=True):
            names = {*acts, *says[turn.number], *_tags(example)}
            blocks.append(blocks_of(turn))
            wanted.append([target in names for target in TARGETS])
            owner.append(number)
        counts += [_counts(example)] * len(call.turns)
    return _Rows(blocks, np.array(wanted), np.array(counts), np.array(owner))


def _counts(example: Example) -> list[bool]:
    placed = example.piece == "channels" or (example.piece is None and Act.NAME_SOURCE in example.known_acts)
    says, whole = placed and example.tells("stated_channels"), example.piece is None
    tags = [whole and example.tells(question) for question in QUESTION_OF_TAG]
    return [act in example.known_acts for act in ACTS] + [says] * len(SAYS) + tags


def _tags(example: Example) -> set[str]:
    return {f"call {example.labels.get(question)}" for question in QUESTIONS} if example.piece is None else set()


def _says(example: Example, call: Call) -> dict[int, set[str]]:
    """Where the caller says each stated channel: where it is named, else wherever they tell what brought them."""
    callers = [turn.number for turn in call.turns if turn.side != "a"]
    if example.piece is None:
        callers = [number for number in callers if Act.NAME_SOURCE in example.acts[number]]
    says: dict[int, set[str]] = defaultdict(set)
    for channel in example.channels("stated"):
        named = [number for number in callers if channel in call.turns[number].channels]
        for number in named or callers:
            says[number].add(f"says {channel}")
    return says


def _fit_turns(rows: _Rows, chosen: NDArray[np.bool_]) -> TurnModel:
    from scipy.sparse import csr_matrix

    places = np.flatnonzero(chosen)
    blocks = [rows.blocks[place] for place in places]
    keys, rarity = _vocabulary(blocks)
    matrix = matrix_of(blocks, keys, rarity)
    wanted, counts = rows.wanted[places], rows.counts[places]

    def fit(target: int) -> tuple[Numbers, float]:
        own = np.flatnonzero(counts[:, target])
        return _fit_target(matrix[own], wanted[own, target], _TAG_FIT if TARGETS[target] in TAGS else _TURN_FIT)

    fitted = [fit(target) for target in range(len(TARGETS))]
    weights = csr_matrix(np.stack([_pruned(weights) for weights, _ in fitted], axis=1))
    return TurnModel(TARGETS, keys, rarity, weights, np.array([bias for _, bias in fitted], np.float32))


def _vocabulary(blocks: Sequence[Blocks]) -> tuple[NDArray[np.uint32], Numbers]:
    """Features that are often enough, and how rare each is."""
    often = Counter(key for turn in blocks for _, keys in turn for key in keys)
    keys = np.array(sorted(key for key, count in often.items() if count >= _RAREST), dtype=np.uint32)
    counts = np.array([often[key] for key in keys.tolist()])
    return keys, (np.log((1 + len(blocks)) / (1 + counts)) + 1).astype(np.float32)


def _fit_target(matrix: Any, wanted: NDArray[np.bool_], strength: float) -> tuple[Numbers, float]:
    from sklearn.linear_model import LogisticRegression

    if wanted.sum() < _LEAST:
        return np.zeros(matrix.shape[1], np.float32), -9.0
    model = LogisticRegression(C=strength, max_iter=200, solver="liblinear", dual=True, tol=0.1, random_state=0)
    model.fit(matrix, wanted)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _pruned(weights: Numbers) -> Numbers:
    size = np.abs(weights)
    return np.where(size >= np.quantile(size, 1 - _KEPT), weights, 0).astype(np.float32)


def _calls(examples: Sequence[Example], unseen: Sequence[Understood]) -> dict[str, CallModel]:
    whole = [number for number, example in enumerate(examples) if example.piece is None]
    features = {number: call_features(unseen[number]) for number in whole}
    fold = _folds(examples)
    models, known = {}, {}
    for question in (*QUESTIONS, *HANDLING):
        models[question], chances = _fit_question(question, examples, features, fold)
        if question == FIRST_QUESTION:
            features = {number: with_first(own, chances[number]) for number, own in features.items()}
        known[question] = chances
    answers = {number: answers_of({name: known[name][number] for name in BEFORE_CHANNELS}) for number in whole}
    models[CHANNEL_QUESTION], _ = _fit_call(*_channel_rows(examples, unseen, answers, fold), _CHANNEL_FIT)
    return models


def _fit_question(
    question: str, examples: Sequence[Example], features: Mapping[int, Features], fold: Mapping[str, int]
) -> tuple[CallModel, dict[int, dict[str, float]]]:
    """And the chances of each answer in every call, by models that have not learned from it."""
    asked = [number for number in features if _answer(examples[number], question)]
    answers = [str(_answer(examples[number], question)) for number in asked]
    groups = [fold[examples[number].id] for number in asked]
    model, odds = _fit_call([features[number] for number in asked], answers, groups, _CALL_FIT)
    known = set(asked)
    chances = {number: model.chances(own) for number, own in features.items() if number not in known}
    for number, shares in zip(asked, model.shares(odds).tolist(), strict=True):
        chances[number] = dict(zip(model.answers, shares, strict=True))
    return model, chances


def _answer(example: Example, question: str) -> str | None:
    """None: the example says nothing of it."""
    if question not in HANDLING:
        return example.labels.get(question)
    handling = example.labels.get("handling") or {}
    item = question.removeprefix(HANDLING_PREFIX)
    return {True: "yes", False: "no", None: NOT_APPLICABLE}[handling[item]] if item in handling else None


def _folds(examples: Iterable[Example]) -> dict[str, int]:
    """By id."""
    return {name: number % _FOLDS for number, name in enumerate(sorted({example.id for example in examples}))}


def _channel_rows(
    examples: Sequence[Example], unseen: Sequence[Understood], answers: Mapping[int, Features], fold: Mapping[str, int]
) -> tuple[list[Features], list[str], list[int]]:
    rows = [
        (features, channel_answer(example, channel), fold[example.id])
        for number, (example, one) in enumerate(zip(examples, unseen, strict=True))
        for channel, features in channel_features(one, answers.get(number, {})).items()
        if example.tells_channel(channel)
    ]
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


def channel_answer(example: Example, channel: str) -> str:
    """In which list of the labels the channel is, or `NO_CHANNEL`."""
    return next((name for name in CHANNEL_LISTS if channel in example.channels(name)), NO_CHANNEL)


def _fit_call(
    rows: Sequence[Features], answers: Sequence[str], groups: Sequence[int], strength: float
) -> tuple[CallModel, Any]:
    """And the odds of each answer by models that have not learned from the row."""
    from sklearn.feature_extraction import DictVectorizer

    vectorizer = DictVectorizer(dtype=np.float32)
    matrix, wanted = vectorizer.fit_transform(_often(rows)), np.array(answers)
    kinds, odds = _odds_unseen(matrix, wanted, np.array(groups), strength)
    model = _fitted(matrix, wanted, strength)
    weights, bias = _two_sided(model)
    names = {name: number for number, name in enumerate(vectorizer.get_feature_names_out().tolist())}
    temperature = _temperature(odds, wanted, kinds)
    return CallModel(tuple(kinds), names, weights.astype(np.float32), bias, temperature), odds


def _often(rows: Sequence[Features]) -> list[Features]:
    """Without the features that hardly any row has."""
    count = Counter(name for row in rows for name in row)
    return [{name: value for name, value in row.items() if count[name] >= _RAREST} for row in rows]


def _fitted(matrix: Any, wanted: Any, strength: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=1000, tol=1e-3, class_weight=_balanced(wanted)).fit(matrix, wanted)


def _balanced(wanted: Any) -> dict[str, float]:
    """Half way to equal weight: rare answers must be found, and still be rare."""
    counts = Counter(wanted.tolist())
    mean = len(wanted) / len(counts)
    return {answer: (mean / count) ** 0.5 for answer, count in counts.items()}


def _two_sided(model: Any) -> tuple[Any, Any]:
    """Weights (features, answers) and bias; scikit-learn has one column for two answers."""
    if len(model.classes_) > 2:
        return model.coef_.T, model.intercept_
    half = model.coef_.T / 2
    return np.hstack([-half, half]), np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])


def _odds_unseen(matrix: Any, wanted: Any, folds: Any, strength: float) -> tuple[list[str], Any]:
    kinds = sorted(set(wanted.tolist()))
    odds = np.full((len(wanted), len(kinds)), -20.0)
    for number in sorted(set(folds.tolist())):
        inside, outside = np.flatnonzero(folds != number), np.flatnonzero(folds == number)
        model = _fitted(matrix[inside], wanted[inside], strength)
        columns = [kinds.index(answer) for answer in model.classes_.tolist()]
        odds[outside[:, None], columns] = np.log(model.predict_proba(matrix[outside]) + 1e-9)
    return kinds, odds


def _temperature(odds: Any, wanted: Any, kinds: Sequence[str]) -> float:
    """The one with which the unseen answers are likeliest."""
    right = np.array([kinds.index(answer) for answer in wanted.tolist()])

    def surprise(temperature: float) -> float:
        scaled = odds / temperature
        likely = scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True)
        return float(-likely[np.arange(len(right)), right].mean())

    return min((float(value) for value in np.geomspace(0.3, 4, 40)), key=surprise)
