"""Credentials of all kinds that a gateway must not accept, and those that it must."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from rpc_access_tests.issuer import AUDIENCE, Issuer, new_key

Headers = list[tuple[str, str]]
ALICE = "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11"
BOB = "0c9f4f0e-2b11-4c0e-8a52-5d6f0c2b9e22"
SCOPES = "orders:read orders:write payments:read payments:write"
NOW = int(time.time())
"""The time when the tests were collected, which may be long before one runs."""
CONFUSED = RSAKey.generate_key(2048, {"kid": "rsa"})
"""A key of the issuer whose public half is used as a secret of HMAC."""


def bearer(token: bytes) -> Headers:
    return [("Authorization", f"Bearer {token.decode()}")]


def valid(issuer: Issuer, subject: str = ALICE, **changes: Any) -> Headers:
    return bearer(issuer.token(**{"sub": subject, "scope": SCOPES, **changes}))


def without_scope(issuer: Issuer, scope: str) -> Headers:
    rest = [name for name in SCOPES.split() if name != scope]
    return valid(issuer, scope=" ".join([*rest, f"{scope}:all", scope.partition(":")[0]]))


def _unsigned(issuer: Issuer) -> Headers:
    header = {"alg": "none", "typ": "at+jwt", "kid": "first"}
    return bearer(b".".join([_encoded(header), _encoded(_claims(issuer)), b""]))


def _confused(issuer: Issuer) -> Headers:
    header = _encoded({"alg": "HS256", "typ": "at+jwt", "kid": "rsa"})
    signing_input = header + b"." + _encoded(_claims(issuer))
    signature = hmac.digest(CONFUSED.as_pem(private=False), signing_input, "sha256")
    return bearer(signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"="))


def _claims(issuer: Issuer) -> dict[str, Any]:
    return issuer.claims(sub=ALICE, scope=SCOPES)


def _encoded(value: Any) -> bytes:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


def _forged(issuer: Issuer) -> Headers:
    return valid(issuer, key=ECKey.generate_key("P-256", {"kid": "first"}))


WRONG: dict[str, Callable[[Issuer], Headers]] = {
    "expired": lambda issuer: valid(issuer, exp=NOW - 60),
    "not yet valid": lambda issuer: valid(issuer, nbf=NOW + 86_400),
    "wrong audience": lambda issuer: valid(issuer, aud="https://other.example"),
    "two wrong audiences": lambda issuer: valid(issuer, aud=[AUDIENCE + "/", "services"]),
    "wrong issuer": lambda issuer: valid(issuer, iss="https://issuer.example"),
    "no expiry": lambda issuer: valid(issuer, exp=None),
    "alg none": _unsigned,
    "HMAC with the public key": _confused,
    "RSA with the id of another key": lambda issuer: valid(
        issuer, key=CONFUSED, header={"alg": "RS256", "kid": "first"}
    ),
    "wrong type": lambda issuer: valid(issuer, header={"typ": "id+jwt"}),
    "type of internal tokens": lambda issuer: valid(issuer, header={"typ": "caller+jwt"}),
    "unknown key id": lambda issuer: valid(issuer, key=new_key("unknown")),
    "forged signature": _forged,
    "truncated": lambda issuer: [(name, value[:-5]) for name, value in valid(issuer)],
    "without its signature": lambda issuer: [
        (name, value.rpartition(".")[0] + ".") for name, value in valid(issuer)
    ],
    "duplicated": lambda issuer: valid(issuer) * 2,
    "duplicated with another": lambda issuer: valid(issuer) + valid(issuer, BOB),
    "huge": lambda issuer: valid(issuer, note="x" * 9000),
    "no token": lambda _: [("Authorization", "Bearer nothing")],
}
"""Kind of a wrong token → its headers. All get one response."""
MISSING: dict[str, Callable[[Issuer], Headers]] = {
    "nobody": lambda _: [],
    "a scheme without a token": lambda _: [("Authorization", "Bearer")],
    "another scheme": lambda _: [("Authorization", "Basic YTpi")],
    "in a cookie": lambda issuer: [("Cookie", f"access_token={issuer.token().decode()}")],
    "an internal token": lambda _: [("Caller-Token", "x"), ("Grpc-Metadata-Caller-Token", "x")],
}
"""Kind of a request without a bearer token → its headers."""
