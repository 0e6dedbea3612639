"""A bounded cache of verified tokens, each until it expires."""

from time import time
from typing import Final

from rpc_access._verified_token import VerifiedToken

BYTES_MAX: Final = 16 * 1024 * 1024
"""The size of all tokens in one cache."""


class VerifiedTokens:
    """Remembers who sent a token, so that its signature is verified once.

    Args:
        tokens_max: How many tokens are remembered; the one that was verified first is forgotten.
    """

    def __init__(self, tokens_max: int) -> None:
        self._tokens_max = tokens_max
        self._tokens: dict[bytes, VerifiedToken] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._tokens)

    def get(self, token: bytes) -> VerifiedToken | None:
        """Returns the content of a verified token that hasn't expired; otherwise None."""
        found = self._tokens.get(token)
        if found is None:
            return None
        if found.expires_at <= time():
            self._forget(token)
            return None
        return found

    def add(self, token: bytes, verified: VerifiedToken) -> None:
        """Remembers a verified token until it expires."""
        if token not in self._tokens:
            self._bytes += len(token)
        self._tokens[token] = verified
        while len(self._tokens) > self._tokens_max or self._bytes > BYTES_MAX:
            self._forget(next(iter(self._tokens)))

    def clear(self) -> None:
        """Forgets all tokens: a key that signed one of them may be revoked."""
        self._tokens.clear()
        self._bytes = 0

    def _forget(self, token: bytes) -> None:
        del self._tokens[token]
        self._bytes -= len(token)
