"""What a signed token must say to be accepted (RFC 7519, RFC 8725, RFC 9068)."""

from collections.abc import Sequence
from typing import Any, Final

from joserfc import jws
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet
from joserfc.jws import CompactSignature, JWSRegistry
from joserfc.jwt import JWTClaimsRegistry
from joserfc.util import urlsafe_b64decode

from rpc_access._caller import Caller
from rpc_access._errors import TokenError
from rpc_access._json_objects import json_object
from rpc_access._verified_token import VerifiedToken

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA", "Ed25519")
"""The algorithms of bearer tokens unless told otherwise."""
ASYMMETRIC: Final = frozenset(
    {*ALGORITHMS, "RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512"}
)
"""All algorithms that may be allowed. `none` and HMAC are not among them: keys are public."""
TOKEN_BYTES_MAX: Final = 8 * 1024
SUBJECT_LENGTH_MAX: Final = 255
"""By OpenID Connect Core 1.0, section 2."""
CLOCK_SKEW_SECONDS_MAX: Final = 300


class UnknownKeyError(TokenError):
    """The token is well-formed, and its key isn't among the known ones."""


class _Algorithms(JWSRegistry):
    """The pinned algorithms. `EdDSA` is Ed25519 here: joserfc deprecates the other curve under this name."""

    max_header_length = 2048

    def get_alg(self, name: str) -> Any:
        """Returns an allowed algorithm."""
        if name not in (self.allowed or ()):
            raise UnsupportedAlgorithmError
        return self.algorithms["Ed25519" if name == "EdDSA" else name]


class TokenRules:
    """The rules for the tokens of one issuer.

    Args:
        issuer: The claim `iss`; None if tokens have none.
        audience: The claim `aud`, or one of its values.
        types: The accepted values of the header `typ`, in lower case.
        algorithms: The accepted values of the header `alg`.
        clock_skew_seconds: How much the clocks of issuer and verifier may differ.

    Raises:
        ValueError: An algorithm isn't asymmetric, or the clock skew is out of bounds.
    """

    def __init__(
        self,
        *,
        issuer: str | None,
        audience: str,
        types: Sequence[str],
        algorithms: Sequence[str],
        clock_skew_seconds: int,
    ) -> None:
        if not algorithms or not ASYMMETRIC.issuperset(algorithms):
            raise ValueError(f"algorithms: must be of {', '.join(sorted(ASYMMETRIC))}")
        if not 0 <= clock_skew_seconds <= CLOCK_SKEW_SECONDS_MAX:
            raise ValueError(f"clock_skew_seconds: must be 0 to {CLOCK_SKEW_SECONDS_MAX}")
        self._types = frozenset(types)
        self._clock_skew_seconds = clock_skew_seconds
        # Unknown header parameters are ignored (RFC 7515, section 4), except by `crit`.
        self._algorithms = _Algorithms(algorithms=algorithms, strict_check_header=False)
        options: dict[str, Any] = {
            "aud": {"essential": True, "value": audience},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        if issuer is not None:
            options["iss"] = {"essential": True, "value": issuer}
        self._claims = JWTClaimsRegistry(leeway=clock_skew_seconds, **options)

    def verify(self, token: bytes, keys: KeySet) -> VerifiedToken:
        """Returns the content of a token.

        The signature is verified last, so an unknown key is only reported for a token that would be accepted otherwise.

        Raises:
            UnknownKeyError: No key has the token's key id.
            TokenError: The token is rejected.
        """
        if len(token) > TOKEN_BYTES_MAX:
            raise TokenError("too large")
        try:
            self._check_header(json_object(urlsafe_b64decode(token.partition(b".")[0])))
            signature = jws.extract_compact(token, registry=self._algorithms)
            verified = self._checked_claims(signature)
            if not jws.validate_compact(signature, keys, registry=self._algorithms):
                raise TokenError("wrong signature")
        except InvalidKeyIdError:
            raise UnknownKeyError("unknown key") from None
        except ClaimError as error:
            raise TokenError(f"claim {error.claim} is missing or wrong") from None
        except UnsupportedAlgorithmError:
            raise TokenError("algorithm is not allowed") from None
        except (JoseError, TypeError, ValueError):
            raise TokenError("malformed") from None
        return verified

    def _check_header(self, header: dict[str, Any]) -> None:
        # No extension is understood (RFC 7515, section 4.1.11), unencoded payloads included (RFC 7797, section 7).
        if "crit" in header or "b64" in header:
            raise TokenError("has a critical header")
        kind = header.get("typ")
        if (
            not isinstance(kind, str)
            or kind.lower().removeprefix("application/") not in self._types
        ):
            raise TokenError("wrong type")
        self._algorithms.check_header(header)
        self._algorithms.get_alg(header["alg"])

    def _checked_claims(self, signature: CompactSignature) -> VerifiedToken:
        claims = json_object(signature.payload)
        self._claims.validate(claims)
        subject = claims["sub"]
        if not 0 < len(subject) <= SUBJECT_LENGTH_MAX or not subject.isprintable():
            raise TokenError("claim sub is missing or wrong")
        scope = claims.get("scope", "")
        if not isinstance(scope, str):
            raise TokenError("claim scope is missing or wrong")
        caller = Caller(subject, frozenset(scope.split(" ")) - {""})
        return VerifiedToken(caller, claims["exp"] + self._clock_skew_seconds)
