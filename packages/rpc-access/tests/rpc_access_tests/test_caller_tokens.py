"""The internal tokens between a gateway and its services."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, Key, OKPKey

from rpc_access import Caller, CallerTokenSigner, CallerTokenVerifier, KeySourceError, TokenError
from rpc_access import _caller_tokens as caller_tokens
from rpc_access_tests.issuer import signed

ALICE = Caller("alice", frozenset({"orders:read", "payments:read"}))


@pytest.fixture
def key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "gateway"})


@pytest.fixture
def signer(key: OKPKey, tmp_path: Path) -> CallerTokenSigner:
    return CallerTokenSigner(written(tmp_path / "key.json", key.as_dict(private=True)))


@pytest.fixture
def jwks_file(key: OKPKey, tmp_path: Path) -> Path:
    return written(tmp_path / "keys.json", {"keys": [key.as_dict(private=False)]})


def written(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"aud": "services", "sub": "alice", "iat": now, "exp": now + 60, **changes}


def test_verifier_returns_the_caller_that_was_signed(
    signer: CallerTokenSigner, jwks_file: Path
) -> None:
    verifier = CallerTokenVerifier(jwks_file)
    token = signer.token(ALICE)
    assert verifier.verify(token) == ALICE
    assert verifier.verify(token.encode()) is verifier.verify(token)


def test_token_is_kept_until_half_of_its_life_is_over(
    signer: CallerTokenSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    first = signer.token(ALICE)
    assert signer.token(Caller("alice", ALICE.scopes)) is first
    assert signer.token(Caller("alice")) != first
    monkeypatch.setattr(time, "time", lambda: now + 31)
    assert signer.token(ALICE) != first


def test_number_of_kept_tokens_is_bounded(
    signer: CallerTokenSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_tokens, "CALLERS_MAX", 10)
    for number in range(30):
        signer.token(Caller(str(number)))
    assert len(signer._tokens) == 10


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ({"typ": "at+jwt"}, {}),
        ({"typ": "JWT"}, {}),
        ({}, {"aud": "https://shop.example"}),
        ({}, {"exp": int(time.time()) - 20}),
        ({}, {"exp": None}),
    ],
)
def test_other_tokens_of_the_same_key_are_rejected(
    key: OKPKey, jwks_file: Path, header: dict[str, Any], changes: dict[str, Any]
) -> None:
    token = signed({"typ": "caller+jwt", "kid": "gateway", **header}, claims(**changes), key)
    with pytest.raises(TokenError):
        CallerTokenVerifier(jwks_file).verify(token)


@pytest.mark.parametrize(
    "forger", [OKPKey.generate_key("Ed25519", {"kid": "gateway"}), ECKey.generate_key("P-256")]
)
def test_token_of_another_key_is_rejected(jwks_file: Path, forger: Key) -> None:
    token = signed({"typ": "caller+jwt", "kid": "gateway"}, claims(), forger)
    with pytest.raises(TokenError):
        CallerTokenVerifier(jwks_file).verify(token)


def test_text_that_is_no_token_is_rejected(jwks_file: Path) -> None:
    for text in ("", "a.b.c", "\udc80", "ä"):
        with pytest.raises(TokenError):
            CallerTokenVerifier(jwks_file).verify(text)


def test_new_keys_in_the_file_are_noticed(
    signer: CallerTokenSigner, jwks_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caller_tokens, "FILE_CHECK_SECONDS", 0)
    verifier = CallerTokenVerifier(jwks_file)
    old = signer.token(ALICE)
    verifier.verify(old)
    key = OKPKey.generate_key("Ed25519", {"kid": "next"})
    new = CallerTokenSigner(written(tmp_path / "next.json", key.as_dict(private=True))).token(ALICE)
    written(jwks_file, {"keys": [key.as_dict(private=False)]})
    assert verifier.verify(new) == ALICE
    with pytest.raises(TokenError):
        verifier.verify(old)
    jwks_file.write_text("{")
    assert verifier.verify(new) == ALICE


@pytest.mark.parametrize(
    "document",
    [
        1,
        [],
        {},
        {"kty": "OKP"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        OKPKey.generate_key("Ed25519").as_dict(private=False),
        OKPKey.generate_key("X25519").as_dict(private=True),
        ECKey.generate_key("P-256").as_dict(private=True),
    ],
)
def test_key_file_without_a_private_ed25519_key_is_rejected_by_name(
    tmp_path: Path, document: Any
) -> None:
    with pytest.raises(KeySourceError, match=r"key\.json"):
        CallerTokenSigner(written(tmp_path / "key.json", document))


def test_missing_files_are_rejected_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeySourceError, match=r"absent\.json: No such file"):
        CallerTokenSigner(tmp_path / "absent.json")
    with pytest.raises(KeySourceError, match=r"absent\.json: No such file"):
        CallerTokenVerifier(tmp_path / "absent.json")


def test_private_key_among_the_services_keys_is_rejected(key: OKPKey, tmp_path: Path) -> None:
    document = {"keys": [key.as_dict(private=True)]}
    with pytest.raises(KeySourceError, match="private key"):
        CallerTokenVerifier(written(tmp_path / "keys.json", document))
