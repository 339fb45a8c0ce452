"""Phone numbers and secrets at rest: a keyed hash to find them by, a cipher to show them.

The hash is HMAC-SHA-256, the cipher Fernet (AES-128-CBC with HMAC-SHA-256); both keys are derived from one secret.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from models.errors import SettingsError


class Vault:
    """`secrets[0]` writes; the others, older ones, are still read."""

    def __init__(self, *secrets: str) -> None:
        if not secrets or any(len(secret) < 32 for secret in secrets):
            raise SettingsError("EARMARK_SECRET_KEY needs at least 32 characters; `openssl rand -hex 32` makes one")
        self._hash_key = _derived(secrets[0], b"hash")
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(s, b"cipher"))) for s in secrets])

    def hash(self, value: str) -> str:
        """The same value gives the same 64 hexadecimal digits, and nobody without the secret can try values out."""
        return hmac.new(self._hash_key, value.encode(), hashlib.sha256).hexdigest()

    def encrypt(self, value: str) -> bytes:
        return self._fernet.encrypt(value.encode())

    def decrypt(self, cipher: bytes) -> str:
        """Raises SettingsError when it was encrypted with a secret that is not known any more."""
        try:
            return self._fernet.decrypt(cipher).decode()
        except InvalidToken:
            raise SettingsError(
                "a stored phone number or secret cannot be read with this EARMARK_SECRET_KEY; "
                "set the key that the database was filled with"
            ) from None


def _derived(secret: str, purpose: bytes) -> bytes:
    return hmac.new(secret.encode(), b"earmark " + purpose, hashlib.sha256).digest()
