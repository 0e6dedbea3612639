"""Verifies bearer tokens: signed access tokens of an OAuth 2.0 issuer (RFC 6750, RFC 9068)."""

from collections.abc import Sequence
from typing import Final, Self

from rpc_access._errors import KeysUnavailableError
from rpc_access._issuer_keys import IssuerKeys
from rpc_access._key_sources import Discovery, KeySource, key_source_of
from rpc_access._token_rules import ALGORITHMS, TokenRules, UnknownKeyError
from rpc_access._verified_token import VerifiedToken
from rpc_access._verified_tokens import VerifiedTokens

TYPES: Final = ("at+jwt", "jwt")
"""The accepted values of the header `typ`: access tokens by RFC 9068, and those of issuers that don't follow it."""
TOKENS_MAX: Final = 10_000
"""How many verified tokens are remembered."""


class BearerTokens:
    """Verifies the tokens of one issuer; an async context manager that keeps the issuer's keys current.

    Args:
        issuer: The issuer's identifier, the claim `iss`. Its keys are found by OpenID Connect Discovery.
        audience: The identifier of this API, the claim `aud`.
        jwks: A URL or a file with the issuer's JWK Set, instead of discovery.
        algorithms: The accepted signature algorithms; only asymmetric ones.
        clock_skew_seconds: How much the clocks of issuer and verifier may differ, at most 300.
        refresh_seconds: The time between two fetches of the keys; a file is read every two seconds.
        fetch_interval_seconds_min: The least time between two fetches. A token with an unknown key id waits for a fetch.

    Raises:
        ValueError: An argument is wrong; the text begins with its name.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        *,
        jwks: str | None = None,
        algorithms: Sequence[str] = ALGORITHMS,
        clock_skew_seconds: int = 10,
        refresh_seconds: float = 300.0,
        fetch_interval_seconds_min: float = 1.0,
    ) -> None:
        self._rules = TokenRules(
            issuer=issuer,
            audience=audience,
            types=TYPES,
            algorithms=algorithms,
            clock_skew_seconds=clock_skew_seconds,
        )
        self._verified = VerifiedTokens(TOKENS_MAX)
        self._keys = IssuerKeys(
            _key_source(issuer, jwks),
            refresh_seconds=refresh_seconds,
            fetch_interval_seconds_min=fetch_interval_seconds_min,
            on_change=self._verified.clear,
        )

    async def __aenter__(self) -> Self:
        await self._keys.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._keys.stop()

    def known(self, token: bytes) -> VerifiedToken | None:
        """Returns the content of a token that was verified before and hasn't expired; otherwise None."""
        return self._verified.get(token)

    async def verify(self, token: bytes) -> VerifiedToken:
        """Returns the content of a token.

        Raises:
            TokenError: The token is rejected.
            KeysUnavailableError: The issuer's keys could not be fetched yet.
        """
        return self.known(token) or await self._verify(token)

    async def _verify(self, token: bytes) -> VerifiedToken:
        if self._keys.current is None:
            await self._keys.refresh()
        try:
            return self._verify_now(token)
        except UnknownKeyError:
            if not await self._keys.refresh():
                raise
        return self._verify_now(token)

    def _verify_now(self, token: bytes) -> VerifiedToken:
        keys = self._keys.current
        if keys is None:
            raise KeysUnavailableError
        verified = self._rules.verify(token, keys)
        self._verified.add(token, verified)
        return verified


def _key_source(issuer: str, jwks: str | None) -> KeySource:
    try:
        return key_source_of(jwks) if jwks else Discovery(issuer)
    except ValueError as error:
        raise ValueError(f"{'jwks' if jwks else 'issuer'}: {error}") from None
