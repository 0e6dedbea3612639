"""A bounded cache of verified tokens, each until it expires."""

import hashlib
import time
from collections import OrderedDict

from rpc_access._caller import Caller


class VerifiedTokens:
    """Remembers who sent a token, so that its signature is verified once.

    The keys are SHA-256 digests: the cache holds no token, and its size doesn't depend on theirs.

    Args:
        tokens_max: How many tokens are remembered; the least recently used one is dropped.
    """

    def __init__(self, tokens_max: int) -> None:
        self._tokens_max = tokens_max
        self._tokens: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tokens)

    def caller(self, token: bytes) -> Caller | None:
        """Returns the caller of a verified token that hasn't expired; otherwise None."""
        digest = hashlib.sha256(token).digest()
        found = self._tokens.get(digest)
        if found is None:
            return None
        if found[1] <= time.time():
            del self._tokens[digest]
            return None
        self._tokens.move_to_end(digest)
        return found[0]

    def add(self, token: bytes, caller: Caller, expires_at: float) -> None:
        """Remembers a verified token until a time in seconds since the epoch."""
        self._tokens[hashlib.sha256(token).digest()] = (caller, expires_at)
        if len(self._tokens) > self._tokens_max:
            self._tokens.popitem(last=False)

    def clear(self) -> None:
        """Forgets all tokens: a key that signed one of them may be revoked."""
        self._tokens.clear()
