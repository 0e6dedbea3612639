"""Tokens of callers as a gateway signs them, and every kind that a service must reject."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from rpc_access import CALLER_TOKEN

Json = dict[str, Any]
Metadata = tuple[tuple[str, str | bytes], ...]
SECONDS = 3600
TOKEN_BYTES_MAX = 8 * 1024


class Gateway:
    """The key of a gateway, and the tokens that it or an attacker makes."""

    def __init__(self, folder: Path) -> None:
        self.jwks_file = folder / "jwks.json"
        self._key = OKPKey.generate_key("Ed25519", {"kid": "gateway"}, private=True)
        self._public = self._key.as_dict(private=False)
        self.jwks_file.write_text(json.dumps({"keys": [self._public]}))

    def token(
        self, subject: str, scopes: Iterable[str], *, key: OKPKey | None = None, **changes: Any
    ) -> str:
        """Returns a token; a change of None removes the claim or, with `h_` before its name, the header."""
        now = int(time.time())
        claims: Json = {
            "aud": "services",
            "sub": subject,
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + 60,
        }
        header: Json = {"alg": "Ed25519", "typ": "caller+jwt", "kid": "gateway"}
        for name, value in changes.items():
            target, member = (header, name[2:]) if name.startswith("h_") else (claims, name)
            target[member] = value
        header, claims = (
            {name: value for name, value in part.items() if value is not None}
            for part in (header, claims)
        )
        signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
        # The library does not sign some of these headers.
        private: Any = (key or self._key).private_key
        return f"{signed}.{_encoded(private.sign(signed.encode()))}"

    def rejected(self, subject: str, scopes: Iterable[str]) -> Iterator[tuple[str, Metadata]]:
        """Yields the name and the metadata of every kind of call that must be UNAUTHENTICATED."""
        scopes = list(scopes)
        valid = self.token(subject, scopes)
        yield "no token", ()
        yield "token under the key of binary metadata", ((f"{CALLER_TOKEN}-bin", valid.encode()),)
        yield "bearer token", (("authorization", f"Bearer {valid}"),)
        yield "token twice", ((CALLER_TOKEN, valid), (CALLER_TOKEN, valid))
        yield "valid and invalid token", ((CALLER_TOKEN, valid), (CALLER_TOKEN, "x"))
        for name, token in [
            *self._wrong_claims(subject, scopes),
            *self._wrong_headers(subject, scopes),
            *self._wrong_texts(valid),
        ]:
            yield name, ((CALLER_TOKEN, token),)

    def _wrong_claims(self, subject: str, scopes: list[str]) -> Iterator[tuple[str, str]]:
        now = int(time.time())
        changes: dict[str, Json] = {
            "expired": {"iat": now - 2 * SECONDS, "exp": now - SECONDS},
            "expired beyond the clock skew": {"iat": now - SECONDS, "exp": now - 11},
            "without expiry": {"exp": None},
            "expiry as text": {"exp": str(now + 60)},
            "not yet valid": {"nbf": now + SECONDS},
            "issued in the future": {"iat": now + SECONDS, "exp": now + 2 * SECONDS},
            "wrong audience": {"aud": "gateway"},
            "without audience": {"aud": None},
            "without subject": {"sub": None},
            "empty subject": {"sub": ""},
            "subject as number": {"sub": 7},
            "scopes as list": {"scope": scopes},
        }
        for name, change in changes.items():
            yield name, self.token(subject, scopes, **change)

    def _wrong_headers(self, subject: str, scopes: list[str]) -> Iterator[tuple[str, str]]:
        attacker = OKPKey.generate_key("Ed25519", {"kid": "gateway"}, private=True)
        yield "wrong issuer", self.token(subject, scopes, key=attacker)
        embedded = attacker.as_dict(private=False)
        yield "own key in the header", self.token(subject, scopes, key=attacker, h_jwk=embedded)
        yield "unknown kid", self.token(subject, scopes, key=attacker, h_kid="other")
        yield "kid of a file", self.token(subject, scopes, h_kid="../../dev/null")
        yield "algorithm EdDSA", self.token(subject, scopes, h_alg="EdDSA")
        yield "type of an access token", self.token(subject, scopes, h_typ="at+jwt")
        yield "type JWT", self.token(subject, scopes, h_typ="JWT")
        yield "without type", self.token(subject, scopes, h_typ=None)
        yield "critical header", self.token(subject, scopes, h_crit=["exp"], h_exp=1)

    def _wrong_texts(self, valid: str) -> Iterator[tuple[str, str]]:
        header, payload, signature = valid.split(".")
        for algorithm in ("none", "None", "NONE"):
            yield f"algorithm {algorithm}", f"{_changed(header, alg=algorithm)}.{payload}."
            yield (
                f"algorithm {algorithm} with a signature",
                f"{_changed(header, alg=algorithm)}.{payload}.{signature}",
            )
        x = self._public["x"]
        secrets = {
            "bytes": _decoded(str(x)),
            "text": str(x).encode(),
            "JWK": json.dumps(self._public).encode(),
        }
        for name, secret in secrets.items():
            signed = f"{_changed(header, alg='HS256')}.{payload}"
            digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
            yield f"HS256 with the public key as {name}", f"{signed}.{_encoded(digest)}"
        yield (
            "other claims with the signature",
            f"{header}.{_changed(payload, sub='eve')}.{signature}",
        )
        yield "payload reversed", f"{header}.{payload[::-1]}.{signature}"
        yield "truncated by one character", valid[:-1]
        yield "half a token", valid[: len(valid) // 2]
        yield "without signature", f"{header}.{payload}"
        yield "empty signature", f"{header}.{payload}."
        yield "header only", header
        yield "four parts", f"{valid}.{signature}"
        yield "empty", ""
        yield "dots", ".."
        yield "two tokens in one value", f"{valid},{valid}"
        yield "two tokens in one value with a space", f"{valid}, {valid}"
        yield "payload that is no object", f"{header}.{_encoded(b'[]')}.{signature}"
        yield "payload that is no JSON", f"{header}.{_encoded(b'{')}.{signature}"
        yield "deeply nested payload", f"{header}.{_encoded(b'[' * 4000)}.{signature}"
        yield "deeply nested header", f"{_encoded(b'[' * 1500)}.{payload}.{signature}"
        yield "huge", f"{header}.{payload}.{'A' * TOKEN_BYTES_MAX}"
        yield "huge header", f"{_changed(header, x='A' * TOKEN_BYTES_MAX)}.{payload}.{signature}"


def _changed(part: str, **changes: Any) -> str:
    return _encoded(json.dumps(json.loads(_decoded(part)) | changes).encode())


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
