"""Signs access tokens: JWTs by RFC 9068."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from secrets import token_hex

from joserfc import jwt

from embedded_stack._issuer.keys import ALGORITHM, IssuerKeys
from embedded_stack.errors import StackError
from embedded_stack.topology import Auth

SUBJECT_LENGTH_MAX = 255
"""By OpenID Connect Core 1.0, section 2."""
EXPIRES_SECONDS = 60 * 60
EXPIRES_SECONDS_MAX = 24 * 60 * 60
CLIENT = "embedded-stack"


@dataclass(frozen=True)
class AccessTokens:
    """The tokens of one issuer for one API."""

    keys: IssuerKeys
    issuer: str
    """The claim `iss`."""
    auth: Auth

    def sign(self, user: str, scopes: Collection[str] | None, expires_seconds: int) -> str:
        """Returns a token of a user.

        Args:
            user: the claim `sub`.
            scopes: the scopes that the token grants; None grants all.
            expires_seconds: after how many seconds it expires; a negative number makes an expired token.

        Raises:
            StackError: an argument is wrong; names it.
        """
        if not 0 < len(user) <= SUBJECT_LENGTH_MAX or not user.isprintable():
            raise StackError(f"a user has 1 to {SUBJECT_LENGTH_MAX} printable characters")
        if abs(expires_seconds) > EXPIRES_SECONDS_MAX:
            raise StackError(
                f"--expires {expires_seconds}: a token lives {EXPIRES_SECONDS_MAX} s at most"
            )
        chosen = self.auth.scopes if scopes is None else scopes
        if unknown := [scope for scope in chosen if scope not in self.auth.scopes]:
            known = ", ".join(self.auth.scopes)
            raise StackError(f"there is no scope {', '.join(unknown)}; there are {known}")
        now = int(time.time())
        key = self.keys.signing
        claims = {
            "iss": self.issuer,
            "aud": self.auth.audience,
            "sub": user,
            "client_id": CLIENT,
            "scope": " ".join(chosen),
            "iat": min(now, now + expires_seconds),
            "exp": now + expires_seconds,
            "jti": token_hex(16),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}, claims, key)
