"""The tree of our errors. A message names the value that was wrong and what to do.

EarmarkError
├── BadInput             what was sent cannot be taken: the sender must change it
│   ├── BadRecording     the sound cannot be read; never retried
│   └── RefusedAddress   a URL or path that we will not open
├── NoEngine             no engine on this machine reads the call's language; never retried
├── NotFound             no such thing in this workspace
├── Denied               no key, or one without the right
├── Conflict             the thing has changed meanwhile, or is in a state that forbids it
├── SettingsError        a setting is wrong or missing: the operator must change it
├── EngineFailed         an engine broke on good input; retried
├── StoreFailed          the object store did not answer as it should; retried
├── FetchFailed          a recording could not be downloaded just now; retried
├── DeliveryFailed       a receiver did not take what we sent; retried
└── LeaseLost            another worker has taken this piece of work; its result is the one that counts
"""


class EarmarkError(Exception):
    """Any error that we raise on purpose; its text may be shown to a user."""


class BadInput(EarmarkError):
    """What was sent cannot be taken."""


class BadRecording(BadInput):
    """The sound cannot be read. A retry would meet the same bytes."""


class RefusedAddress(BadInput):
    """A URL or a path that must not be opened from here."""


class NoEngine(EarmarkError):
    """No engine here reads this language; a stated reason on the call."""


class NotFound(EarmarkError):
    """No such thing in this workspace."""


class Denied(EarmarkError):
    """No key, or a key without the right that is needed."""


class Conflict(EarmarkError):
    """The thing is in a state that forbids what was asked."""


class SettingsError(EarmarkError):
    """A setting is wrong or missing."""


class EngineFailed(EarmarkError):
    """An engine broke on input that it should read. Worth a retry."""


class StoreFailed(EarmarkError):
    """The object store did not answer as it should. Worth a retry."""


class FetchFailed(EarmarkError):
    """A recording could not be downloaded from its URL just now. Worth a retry."""


class DeliveryFailed(EarmarkError):
    """A receiver did not take what was sent. Worth a retry.

    `is_final`: the receiver wants no more of it, and a further attempt would be the same.
    """

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


class LeaseLost(EarmarkError):
    """The lease of this work row is no longer ours; everything since must be rolled back."""
