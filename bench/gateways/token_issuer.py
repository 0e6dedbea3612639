"""The token of the benchmark's caller, and the settings of a gateway that verifies it."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey

from bench.gateways.calls import USER

ISSUER = "https://issuer.example"
AUDIENCE = "https://shop.example"
SCOPES = "orders:read orders:write payments:read payments:write"
LIFE_SECONDS = 24 * 3600
UNLIMITED = "1000000000"


class TokenIssuer:
    """Signs a token; its keys are files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "bench"})
        self._jwks = folder / "issuer.json"
        self._jwks.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}))
        self._caller_key = folder / "caller-key.json"
        caller_key = OKPKey.generate_key("Ed25519", {"kid": "bench"})
        self._caller_key.write_text(json.dumps(caller_key.as_dict(private=True)))

    def token(self) -> str:
        """Returns a token of the user that all requests are about."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": USER,
            "scope": SCOPES,
            "exp": int(time.time()) + LIFE_SECONDS,
        }
        return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "bench"}, claims, self._key)

    def settings(self) -> Mapping[str, str]:
        """Returns the settings of a gateway with access control whose limits are out of reach."""
        return {
            "GATEWAY_TOKEN_ISSUER": ISSUER,
            "GATEWAY_TOKEN_AUDIENCE": AUDIENCE,
            "GATEWAY_TOKEN_JWKS": str(self._jwks),
            "GATEWAY_CALLER_TOKEN_KEY_FILE": str(self._caller_key),
            "GATEWAY_REQUESTS_PER_SECOND_PER_CALLER": UNLIMITED,
            "GATEWAY_REQUESTS_AT_ONCE_PER_CALLER": UNLIMITED,
            "GATEWAY_REQUESTS_IN_PROGRESS_PER_CALLER": UNLIMITED,
            "GATEWAY_REQUESTS_PER_SECOND_PER_PEER": UNLIMITED,
            "GATEWAY_REQUESTS_AT_ONCE_PER_PEER": UNLIMITED,
        }
