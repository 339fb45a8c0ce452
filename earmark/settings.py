"""Every setting, from the environment (`EARMARK_…`) and from `.env` in the working folder. The only reader of both.

Settings are read once, in `wiring.py`, and handed on as arguments.
"""

import os
import secrets
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from attribution.models import Model
from audio.decoding.raw import raw_format
from models.errors import SettingsError

PREFIX = "EARMARK_"
Names = Annotated[tuple[str, ...], NoDecode]
Share = Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]


def _is_long(token: SecretStr | None) -> SecretStr | None:
    if token is not None and len(token.get_secret_value()) < 20:
        raise ValueError("it needs 20 characters or more; `openssl rand -hex 32` makes one")
    return token


def _are_codes(languages: tuple[str, ...]) -> tuple[str, ...]:
    for language in languages:
        if not (len(language) in (2, 3) and language.isascii() and language.islower()):
            raise ValueError(f"{language!r} is no code of a language; write `en,ru,fa`")
    return languages


def _are_two_parts(shares: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    if len(shares) != 2 or not 0 < sum(shares) <= 1:
        raise ValueError("two shares are needed, such as `0.4,0.4`, together above 0 and at most 1")
    return shares


def _is_raw_format(text: str | None) -> str | None:
    try:
        return None if text is None else str(raw_format(text))
    except SettingsError as error:
        raise ValueError(str(error)) from None


class Settings(BaseSettings):
    """One field a setting. A description says what it does, its unit and its special values."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    # Where things lie
    data_dir: Path = Field(
        Path("data"), description="Folder for everything that is kept without a server: database, recordings, messages."
    )
    database_url: str | None = Field(
        None, repr=False, description="`postgresql://user:password@host/name`; empty: SQLite in the data folder."
    )
    secret_key: SecretStr | None = Field(
        None,
        description="32 characters or more that encrypt phone numbers and secrets; empty: made in the data folder.",
    )
    old_secret_keys: Names = Field(
        (), repr=False, description="Earlier secret keys, comma-separated: still read, never written."
    )

    # Object store
    s3_endpoint: str | None = Field(
        None, description="`host:port` or `https://host` of an S3 store; empty: a folder in the data folder."
    )
    s3_bucket: str = Field("earmark", description="Bucket for recordings.")
    s3_access_key: str | None = Field(None, description="Access key of the S3 store.")
    s3_secret_key: SecretStr | None = Field(None, description="Secret key of the S3 store.")
    s3_region: str | None = Field(None, description="Region of the bucket; empty: the store is asked.")
    s3_secure: bool = Field(True, description="TLS to an endpoint that is given without http:// or https://.")
    s3_prefix: str = Field("", description="All our keys lie under this, in a bucket that is shared.")
    s3_create_bucket: bool = Field(False, description="Make the bucket when it is missing.")

    # Workers
    broker_url: SecretStr | None = Field(
        None, description="`redis://…` or `amqp://…`; empty: messages are files in the data folder, for one machine."
    )
    queue_prefix: str = Field(
        "", description="Names of our queues begin with this, on a broker that is shared, such as `earmark-`."
    )
    sweep_seconds: float | None = Field(
        None, gt=0, description="Between two looks for lost work; empty: 5 on one machine, 30 with a broker."
    )
    speech_threads: int = Field(0, ge=0, description="Threads of the speech engine; 0: one for each core.")

    # API
    host: str = Field("127.0.0.1", description="Address that `serve` listens on; 0.0.0.0 opens it to the network.")
    port: int = Field(8484, ge=0, le=65535, description="Port that `serve` listens on; a taken one moves to the next.")
    threads: int = Field(
        40, ge=1, description="Requests that are worked on at once, and database connections for them."
    )

    # What is taken in
    max_seconds: float = Field(6 * 3600, gt=0, description="Longest recording, in seconds.")
    max_bytes: int = Field(2 * 1024**3, gt=0, description="Largest recording or request, in bytes.")
    raw_format: Annotated[str | None, AfterValidator(_is_raw_format)] = Field(
        None,
        description="How sound with neither header nor telling name is read: `mulaw/8000/1`, `s16le/16000/2`, …",
    )
    fetch_seconds: float = Field(600, gt=0, description="Longest download of a recording from a URL, in seconds.")
    allow_private_urls: bool = Field(
        False, description="Whether a URL may lead to this machine or a private network; only for a closed one."
    )
    s3_notify_arn: str | None = Field(
        None,
        description="`arn:minio:sqs::EARMARK:webhook`: `earmark setup` asks the bucket to tell what lands through it.",
    )
    storage_events_token: Annotated[SecretStr | None, AfterValidator(_is_long)] = Field(
        None, description="What the store sends as bearer token to `/api/v1/storage-events`; 20 characters or more."
    )
    drop_prefix: str = Field(
        "inbox/", description="Objects and files that land under it by themselves are calls (see `earmark sources`)."
    )
    drop_settle_seconds: float = Field(
        10, ge=0, description="A dropped file is taken when its size has stood still for this long, in seconds."
    )

    # Leads
    lead_silence_days: int = Field(
        30,
        ge=1,
        le=36_500,
        description="A caller who calls again after more days than these is a new lead "
        "(`earmark callers silence`: another number for a workspace).",
    )

    # Credit
    credit_model: Model = Field(
        Model.LAST_TOUCH,
        description="How a record shares out the credit of its call: `last_touch`, `first_touch`, `linear`, "
        "`time_decay`, `position_based`, or `stated`. Another one holds for the records that are written from then on.",
    )
    credit_half_life_days: float = Field(
        7, ge=0.01, le=36_500, description="`time_decay`: a touch that is older by these days gets half as much."
    )
    credit_position: Annotated[tuple[Share, ...], NoDecode, AfterValidator(_are_two_parts)] = Field(
        (Decimal("0.4"), Decimal("0.4")),
        description="`position_based`: the shares of the first touch and of the last; those between get the rest.",
    )
    credit_stated: Share = Field(
        Decimal("0.5"),
        description="`stated`: the share of what the caller said, 0 to 1; the last touch gets the rest.",
    )

    # Touchpoints
    number_window_minutes: float = Field(
        60,
        gt=0,
        le=60 * 24 * 90,
        description="A call belongs to the nearest earlier session that was shown the number dialled, if that was not "
        "more than these minutes before, and nothing surer binds it to one.",
    )

    # Engines
    transcriber: str = Field(
        "auto",
        description="`auto`, `whisper`, `pocketsphinx`, or an engine for each language: "
        "`ru=onnx:gigaam-v3-e2e-rnnt, *=whisper:large-v3-turbo` (see Models).",
    )
    whisper_model: str = Field(
        "large-v3-turbo", description="Size name, hub id or local folder of a model in CTranslate2 format."
    )
    languages: Annotated[Names, AfterValidator(_are_codes)] = Field(
        (), description="Languages that calls are in, such as `en,ru,fa`: no other is heard; empty: any."
    )
    whisper_device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where Whisper and the ONNX models run.")
    whisper_compute_type: str = Field(
        "auto", description="`int8`, `float16`, …; `auto`: float16 on a graphics card, int8 else."
    )
    whisper_batch_size: int = Field(
        0, ge=0, description="Pieces of speech decoded at once; 0: 16 on a graphics card, 4 else."
    )
    models_dir: Path | None = Field(None, description="Where fetched models lie; empty: `models` in the data folder.")
    fetch_models: bool = Field(
        True,
        description="Whether a missing Whisper (with a token pyannote, too) may be fetched; false on a closed network.",
    )
    scripted_words: Path | None = Field(
        None, description="For tests of an installation: a file with what the engine `scripted` says."
    )
    diarizer: str = Field(
        "auto",
        description="What tells the speakers of a mono recording apart: `pyannote`, `embedded`, or `auto`: "
        "pyannote where its package and model are here, else embedded.",
    )
    pyannote_model: str = Field(
        "pyannote/speaker-diarization-community-1",
        description="Hub id or local folder of a pyannote pipeline; `community-1` and `3.1` are short for two.",
    )
    pyannote_device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where pyannote runs.")
    hub_token: SecretStr | None = Field(
        None, description="Token of the model hub, for models whose conditions were accepted, such as pyannote's."
    )
    classifiers: Names = Field(
        ("learned", "amounts"),
        description="Comma-separated, all are asked. The rules alone: `mentions,quality,outcome,amounts`. With a "
        "language model, to which the words of every call then go: `learned,amounts,llm`.",
    )
    thresholds: Names = Field(
        (),
        description="Confidence from which a tag is given; below it says `unknown` and waits for a person. "
        "Comma-separated, of a tag or of a tag in one language: `outcome=0.6,fa.stated_channel=0.7`.",
    )

    # Language model
    llm_url: str | None = Field(
        None,
        description="OpenAI-compatible endpoint of the classifier `llm`, such as `http://127.0.0.1:11434/v1`. "
        "Nothing is sent to it unless EARMARK_CLASSIFIERS names `llm`.",
    )
    llm_model: str | None = Field(None, description="The model's name there, such as `qwen3:14b`.")
    llm_key: SecretStr | None = Field(None, description="Key of the endpoint, sent as bearer token; empty: none.")
    llm_seconds: float = Field(
        60, gt=0, le=600, description="For the question about one call, in seconds, further tries included."
    )
    llm_input_tokens: int = Field(
        12_000,
        ge=4000,
        description="Most tokens that are sent about one call, 2400 of them the question; of a longer one its "
        "beginning and its end.",
    )
    llm_answer_tokens: int = Field(1500, ge=200, description="Longest answer about one call, in tokens.")
    llm_tokens_per_day: int = Field(
        2_000_000,
        ge=0,
        description="Most tokens that are read and written in a day (UTC) by all processes of this data folder; then "
        "the other classifiers speak alone. 0: no bound.",
    )
    llm_tokens_per_month: int = Field(0, ge=0, description="The same for a month; 0: no bound.")
    llm_price_read: float = Field(
        0, ge=0, description="What a million tokens that it reads cost, in any money: the log and doctor tell the sum."
    )
    llm_price_written: float = Field(0, ge=0, description="What a million tokens that it writes cost.")

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severity that is logged."
    )
    log_format: Literal["auto", "text", "json"] = Field("auto", description="`auto`: text at a terminal, JSON else.")

    @field_validator("old_secret_keys", "classifiers", "thresholds", "languages", "credit_position", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        return tuple(part.strip() for part in given.split(",") if part.strip()) if isinstance(given, str) else given

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'earmark.sqlite').absolute()}"

    @property
    def weights_dir(self) -> Path:
        return self.models_dir or self.data_dir / "models"

    @property
    def hub_secret(self) -> str | None:
        return self.hub_token.get_secret_value() if self.hub_token else None

    @property
    def sweep(self) -> float:
        return self.sweep_seconds or (30.0 if self.broker_url else 5.0)

    def secrets(self) -> tuple[str, ...]:
        """The secret that writes, then the older ones. Makes one in the data folder when none is set."""
        current = self.secret_key.get_secret_value() if self.secret_key else _kept_secret(self.data_dir / "secret.key")
        return (current, *self.old_secret_keys)


def read_settings(**given: object) -> Settings:
    """`given` goes before the environment. Raises SettingsError naming the variable and its value."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        value = first["input"]
        shown = repr(", ".join(map(str, value)) if isinstance(value, tuple) else value)
        shown = "set" if field.endswith(("key", "keys", "token")) else shown
        said = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{PREFIX}{field.upper()} is {shown}: {said}") from None


def unknown_variables() -> list[str]:
    """Variables that look like ours and are no setting: most likely misspelt. Those of the tests aside."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *dotenv_values(".env"))}
    return sorted(name for name in given if name.startswith(PREFIX) and name not in {*known, f"{PREFIX}TEST_DATA"})


def place_caches(data_dir: Path) -> None:
    """What numba compiles for librosa lands in the home folder; users without one get it in ours.

    To be called before anybody imports librosa.
    """
    if "NUMBA_CACHE_DIR" not in os.environ and not os.access(Path("~").expanduser(), os.W_OK):
        os.environ["NUMBA_CACHE_DIR"] = str(data_dir.absolute() / "numba")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        own = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(own, path)  # of two processes that start at once one wins, and both read the same
        own.unlink()
    return path.read_text().strip()
