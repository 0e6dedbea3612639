"""The internal token that tells services who calls: short-lived, and signed by the gateway.

It is gRPC metadata of a call. Services have only public keys, so no service can make one.
"""

import json
import time
from pathlib import Path
from typing import Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import JWSRegistry

from rpc_access._caller import Caller
from rpc_access._errors import KeySourceError
from rpc_access._key_sets import key_set_of
from rpc_access._key_sources import KeyFile
from rpc_access._token_rules import TokenRules
from rpc_access._verified_tokens import VerifiedTokens

METADATA: Final = "caller-token"
"""The key of the token in a call's metadata. A gateway never takes it from a client."""
AUDIENCE: Final = "services"
TYPE: Final = "caller+jwt"
ALGORITHM: Final = "Ed25519"
"""By RFC 9864."""
LIFE_SECONDS: Final = 60
CLOCK_SKEW_SECONDS: Final = 10
CALLERS_MAX: Final = 10_000
"""How many tokens a signer keeps, and how many a verifier remembers."""
FILE_CHECK_SECONDS: Final = 1.0
"""The least time between two readings of the file of keys."""


class CallerTokenSigner:
    """Signs the tokens of callers, and keeps each one until half of its life is over.

    Args:
        key_file: The private key: an Ed25519 JWK (RFC 8037).

    Raises:
        KeySourceError: The file has no such key; the text names it.
    """

    def __init__(self, key_file: Path) -> None:
        self._key = _private_key(key_file)
        self._header = {
            "alg": ALGORITHM,
            "typ": TYPE,
            "kid": self._key.kid or self._key.thumbprint(),
        }
        self._registry = JWSRegistry(algorithms=[ALGORITHM])
        self._tokens: dict[Caller, tuple[str, float]] = {}

    def token(self, caller: Caller) -> str:
        """Returns a token of a caller that is accepted for at least half of its life."""
        now = time.time()
        kept = self._tokens.get(caller)
        if kept is not None and now < kept[1]:
            return kept[0]
        issued_at = int(now)
        claims = {
            "aud": AUDIENCE,
            "sub": caller.subject,
            "scope": " ".join(sorted(caller.scopes)),
            "iat": issued_at,
            "exp": issued_at + LIFE_SECONDS,
        }
        token = jwt.encode(self._header, claims, self._key, registry=self._registry)
        # The order is that of the times of signature, so the first one is the oldest.
        self._tokens.pop(caller, None)
        self._tokens[caller] = (token, issued_at + LIFE_SECONDS / 2)
        if len(self._tokens) > CALLERS_MAX:
            del self._tokens[next(iter(self._tokens))]
        return token


class CallerTokenVerifier:
    """Verifies the tokens of callers, and remembers each one until it expires.

    Args:
        jwks_file: A JWK Set with the gateways' public keys. A change of the file is noticed.

    Raises:
        KeySourceError: The file has no public key; the text names it.
    """

    def __init__(self, jwks_file: Path) -> None:
        self._file = KeyFile(jwks_file)
        self._text = b""
        self._keys = self._read()
        self._next_check_at = time.monotonic() + FILE_CHECK_SECONDS
        self._verified = VerifiedTokens(CALLERS_MAX)
        self._rules = TokenRules(
            issuer=None,
            audience=AUDIENCE,
            types=[TYPE],
            algorithms=[ALGORITHM],
            clock_skew_seconds=CLOCK_SKEW_SECONDS,
        )

    def verify(self, token: str | bytes) -> Caller:
        """Returns the caller of a token.

        Raises:
            TokenError: The token is rejected.
        """
        text = token if isinstance(token, bytes) else token.encode("utf-8", "replace")
        self._check_file()
        verified = self._verified.get(text)
        if verified is None:
            verified = self._rules.verify(text, self._keys)
            self._verified.add(text, verified)
        return verified.caller

    def _check_file(self) -> None:
        now = time.monotonic()
        if now < self._next_check_at:
            return
        self._next_check_at = now + FILE_CHECK_SECONDS
        before = self._keys
        try:
            self._keys = self._read()
        except (
            KeySourceError
        ):  # the last keys stay, for example while a deployment replaces the file
            return
        if self._keys is not before:
            self._verified.clear()

    def _read(self) -> KeySet:
        text = self._file.read_now()
        if text != self._text:
            self._keys, self._text = key_set_of(text, self._file.place), text
        return self._keys


def _private_key(path: Path) -> OKPKey:
    try:
        key = OKPKey.import_key(json.loads(KeyFile(path).read_now()))
    except (JoseError, KeyError, TypeError, ValueError):
        raise KeySourceError(f"{path}: is no JWK of an Ed25519 key") from None
    if not key.is_private or key.curve_name != ALGORITHM:
        raise KeySourceError(f"{path}: must have the private JWK of an Ed25519 key")
    return key
