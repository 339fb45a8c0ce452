"""Which classifiers tag the calls of this process, made of the settings."""

import classifiers.kinds
from classifiers.classifier import Classifier
from classifiers.llm.endpoint import Endpoint, Options
from classifiers.llm.ledger import Ledger, Prices
from classifiers.settle import Thresholds, thresholds_of
from earmark.learned_weights import LearnedInUse, LearnedWeights
from earmark.plugins import check, find
from earmark.settings import Settings
from models.errors import BadInput, SettingsError

LLM, LEARNED = "llm", "learned"
"""Where the language model is asked alone, the learned one speaks for it when it does not."""
VARIABLE = "EARMARK_CLASSIFIERS"


def check_classifiers(settings: Settings) -> None:
    """Loads nothing and asks nobody. Raises SettingsError for one that there is not, or that lacks a setting."""
    for name in settings.classifiers:
        check(classifiers.kinds, name, variable=VARIABLE)
    if LLM in settings.classifiers:
        llm_endpoint(settings)
    thresholds(settings)


def thresholds(settings: Settings) -> Thresholds:
    """Raises SettingsError."""
    try:
        return thresholds_of(settings.thresholds)
    except BadInput as error:
        raise SettingsError(f"EARMARK_THRESHOLDS: {error}") from None


def make_classifiers(settings: Settings) -> tuple[Classifier, ...]:
    """Raises SettingsError."""
    check_classifiers(settings)
    return tuple(_make(name, settings) for name in settings.classifiers)


def learned_weights(settings: Settings) -> LearnedWeights:
    return LearnedWeights(settings.data_dir / "learned")


def _make(name: str, settings: Settings) -> Classifier:
    if name == LEARNED:
        return LearnedInUse(learned_weights(settings))
    if name == LLM:
        return _llm(settings)
    made: Classifier = find(classifiers.kinds, name)()
    return made


def llm_endpoint(settings: Settings) -> Endpoint:
    """Raises SettingsError naming what is missing or wrong."""
    for variable, value in (("URL", settings.llm_url), ("MODEL", settings.llm_model)):
        if value is None:
            raise SettingsError(f"{VARIABLE} names llm, and EARMARK_LLM_{variable} is not set; do, or take llm away")
    return Endpoint(
        Options(
            url=settings.llm_url or "",
            model=settings.llm_model or "",
            key=settings.llm_key.get_secret_value() if settings.llm_key else None,
            seconds=settings.llm_seconds,
            answer_tokens=settings.llm_answer_tokens,
        )
    )


def llm_ledger(settings: Settings) -> Ledger:
    """What was spent in this data folder."""
    return Ledger(
        settings.data_dir / "llm-tokens.json",
        per_day=settings.llm_tokens_per_day,
        per_month=settings.llm_tokens_per_month,
    )


def llm_prices(settings: Settings) -> Prices:
    return Prices(read=settings.llm_price_read, written=settings.llm_price_written)


def _llm(settings: Settings) -> Classifier:
    alone = set(settings.classifiers) == {LLM}
    made: Classifier = find(classifiers.kinds, LLM)(
        endpoint=llm_endpoint(settings),
        ledger=llm_ledger(settings),
        input_tokens=settings.llm_input_tokens,
        prices=llm_prices(settings),
        instead=_make(LEARNED, settings) if alone else None,
    )
    return made
