"""Which tokens are accepted, with an issuer that runs."""

import base64
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from rpc_access import ALGORITHMS, BearerTokens, Caller, TokenError
from rpc_access._key_sets import key_set_of
from rpc_access._token_rules import TokenRules
from rpc_access_tests.issuer import AUDIENCE, Issuer, signed

pytestmark = pytest.mark.anyio


def tokens_of(issuer: Issuer, **changes: Any) -> BearerTokens:
    return BearerTokens(issuer.url, AUDIENCE, **{"fetch_interval_seconds_min": 0.01, **changes})


async def rejection(issuer: Issuer, token: bytes, **changes: Any) -> str:
    async with tokens_of(issuer, **changes) as tokens:
        with pytest.raises(TokenError) as caught:
            await tokens.verify(token)
        assert tokens.known(token) is None
    return caught.value.reason


async def test_valid_token_names_its_caller_and_is_known_afterwards(issuer: Issuer) -> None:
    token = issuer.token()
    async with tokens_of(issuer) as tokens:
        assert tokens.known(token) is None
        verified = await tokens.verify(token)
        assert verified.caller == Caller("alice", frozenset({"orders:read", "orders:write"}))
        assert tokens.known(token) is verified
        assert tokens.known(token + b"x") is None


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (RSAKey.generate_key(2048, {"kid": "k"}), "RS256"),
        (ECKey.generate_key("P-256", {"kid": "k"}), "ES256"),
        (OKPKey.generate_key("Ed25519", {"kid": "k"}), "Ed25519"),
    ],
)
async def test_each_default_algorithm_is_accepted(issuer: Issuer, key: Any, algorithm: str) -> None:
    issuer.keys = [key]
    async with tokens_of(issuer) as tokens:
        assert await tokens.verify(issuer.token(header={"alg": algorithm}))


async def test_ed25519_under_its_older_name_is_accepted(issuer: Issuer) -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "k"})
    issuer.keys = [key]
    token = renamed_algorithm(issuer, key)
    async with tokens_of(issuer) as tokens:
        assert await tokens.verify(token)


def renamed_algorithm(issuer: Issuer, key: OKPKey) -> bytes:
    header = encoded({"alg": "EdDSA", "typ": "JWT", "kid": "k"})
    signing_input = header + b"." + encoded(issuer.claims())
    signature = JWSRegistry.algorithms["Ed25519"].sign(signing_input, key)
    return signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")


@pytest.mark.parametrize("kind", ["at+jwt", "AT+JWT", "JWT", "jwt", "application/at+jwt"])
async def test_access_tokens_have_one_of_two_types(issuer: Issuer, kind: str) -> None:
    async with tokens_of(issuer) as tokens:
        assert await tokens.verify(issuer.token(header={"typ": kind}))


@pytest.mark.parametrize("kind", [None, "", "id+jwt", "caller+jwt", "logout+jwt"])
async def test_token_of_another_type_is_rejected(issuer: Issuer, kind: str | None) -> None:
    assert await rejection(issuer, issuer.token(header={"typ": kind})) == "wrong type"


# The times are those of the collection, which may be long before the test.
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "https://other.example"}, "claim iss is missing or wrong"),
        ({"iss": None}, "claim iss is missing or wrong"),
        ({"iss": ["x"]}, "claim iss is missing or wrong"),
        ({"aud": "https://other.example"}, "claim aud is missing or wrong"),
        ({"aud": ["a", "b"]}, "claim aud is missing or wrong"),
        ({"aud": []}, "claim aud is missing or wrong"),
        ({"aud": None}, "claim aud is missing or wrong"),
        ({"exp": None}, "claim exp is missing or wrong"),
        ({"exp": "tomorrow"}, "claim exp is missing or wrong"),
        ({"exp": float("nan")}, "claim exp is missing or wrong"),
        ({"exp": int(time.time()) - 11}, "claim exp is missing or wrong"),
        ({"nbf": int(time.time()) + 86_400}, "claim nbf is missing or wrong"),
        ({"iat": int(time.time()) + 86_400}, "claim iat is missing or wrong"),
        ({"sub": None}, "claim sub is missing or wrong"),
        ({"sub": ""}, "claim sub is missing or wrong"),
        ({"sub": 7}, "claim sub is missing or wrong"),
        ({"sub": "x" * 256}, "claim sub is missing or wrong"),
        ({"sub": "a\nb"}, "claim sub is missing or wrong"),
        ({"scope": ["orders:read"]}, "claim scope is missing or wrong"),
    ],
)
async def test_token_with_a_wrong_claim_is_rejected(
    issuer: Issuer, changes: dict[str, Any], reason: str
) -> None:
    assert await rejection(issuer, issuer.token(**changes)) == reason


async def test_one_of_several_audiences_suffices(issuer: Issuer) -> None:
    async with tokens_of(issuer) as tokens:
        assert await tokens.verify(issuer.token(aud=["x", AUDIENCE]))


async def test_clocks_may_differ_by_the_skew_and_no_more(issuer: Issuer) -> None:
    now = int(time.time())
    async with tokens_of(issuer, clock_skew_seconds=60) as tokens:
        assert await tokens.verify(issuer.token(exp=now - 30))
        assert await tokens.verify(issuer.token(nbf=now + 30, iat=now + 30))
        with pytest.raises(TokenError):
            await tokens.verify(issuer.token(exp=now - 90))


async def test_verified_token_tells_until_when_it_is_accepted(issuer: Issuer) -> None:
    expires_at = int(time.time()) + 300
    async with tokens_of(issuer, clock_skew_seconds=60) as tokens:
        verified = await tokens.verify(issuer.token(exp=expires_at))
        assert verified.expires_at == expires_at + 60


async def test_token_without_scopes_has_none(issuer: Issuer) -> None:
    async with tokens_of(issuer) as tokens:
        assert (await tokens.verify(issuer.token(scope=None))).caller.scopes == frozenset()
        assert (await tokens.verify(issuer.token(scope="  a  b "))).caller.scopes == frozenset("ab")


async def test_unsigned_token_is_rejected(issuer: Issuer) -> None:
    header = encoded({"alg": "none", "typ": "at+jwt", "kid": "first"})
    body = encoded(issuer.claims())
    assert await rejection(issuer, header + b"." + body + b".") == "algorithm is not allowed"


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
async def test_public_key_is_no_secret_of_hmac(issuer: Issuer, algorithm: str) -> None:
    key = RSAKey.generate_key(2048, {"kid": "k"})
    issuer.keys = [key]
    head = encoded({"alg": algorithm, "typ": "at+jwt", "kid": "k"})
    signing_input = head + b"." + encoded(issuer.claims())
    signature = hmac.digest(
        key.as_pem(private=False), signing_input, algorithm.replace("HS", "sha")
    )
    token = signing_input + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")
    assert await rejection(issuer, token) == "algorithm is not allowed"


async def test_algorithm_that_is_not_pinned_is_rejected(issuer: Issuer) -> None:
    token = issuer.token()
    assert await rejection(issuer, token, algorithms=["RS256"]) == "algorithm is not allowed"


async def test_algorithm_must_fit_the_key(issuer: Issuer) -> None:
    other = RSAKey.generate_key(2048, {"kid": "first"})
    token = issuer.token(key=other, header={"alg": "RS256"})
    assert await rejection(issuer, token) == "malformed"


async def test_signature_of_another_key_with_the_same_id_is_rejected(issuer: Issuer) -> None:
    token = issuer.token(key=ECKey.generate_key("P-256", {"kid": "first"}))
    assert await rejection(issuer, token) == "wrong signature"


async def test_changed_payload_is_rejected(issuer: Issuer) -> None:
    header, _, signature = issuer.token().split(b".")
    forged = b".".join([header, encoded(issuer.claims(sub="bob")), signature])
    assert await rejection(issuer, forged) == "wrong signature"


async def test_keys_in_the_token_are_ignored(issuer: Issuer) -> None:
    key = ECKey.generate_key("P-256", {"kid": "mine"})
    header = {"jwk": key.as_dict(private=False), "jku": "http://127.0.0.1:9/keys"}
    assert await rejection(issuer, issuer.token(key=key, header=header)) == "unknown key"


@pytest.mark.parametrize("header", [{"crit": ["exp"], "exp": 1}, {"b64": False, "crit": ["b64"]}])
async def test_token_with_critical_headers_is_rejected(
    issuer: Issuer, header: dict[str, Any]
) -> None:
    head = encoded({"alg": "ES256", "typ": "JWT", "kid": "first", **header})
    token = head + b"." + encoded(issuer.claims()) + b".AAAA"
    assert await rejection(issuer, token) == "has a critical header"


async def test_unknown_headers_are_ignored(issuer: Issuer) -> None:
    async with tokens_of(issuer) as tokens:
        assert await tokens.verify(issuer.token(header={"org": "example"}))


async def test_huge_token_is_rejected(issuer: Issuer) -> None:
    assert await rejection(issuer, issuer.token(note="x" * 8192)) == "too large"


@pytest.mark.parametrize(
    "token",
    [
        b"",
        b".",
        b"..",
        b"a.b.c",
        b"\xff\xfe",
        b"...",
        b"W10.W10.",
        b"WyJhbGciXQ.e30.",
        base64.urlsafe_b64encode(b"[" * 5000),
        base64.urlsafe_b64encode(b"[" * 1500) + b"..",
        base64.urlsafe_b64encode(b'{"alg":["ES256"],"typ":"JWT"}').rstrip(b"=") + b".e30.",
        base64.urlsafe_b64encode(b'{"alg":"ES256","typ":"JWT"}').rstrip(b"=")
        + b"."
        + base64.urlsafe_b64encode(b"[" * 3000).rstrip(b"=")
        + b".",
    ],
)
async def test_text_that_is_no_token_is_rejected(issuer: Issuer, token: bytes) -> None:
    assert await rejection(issuer, token) in {"malformed", "wrong type"}


async def test_every_truncated_token_is_rejected(issuer: Issuer) -> None:
    token = issuer.token()
    async with tokens_of(issuer) as tokens:
        for length in range(len(token)):
            with pytest.raises(TokenError):
                await tokens.verify(token[:length])


KEY = ECKey.generate_key("P-256", {"kid": "k"})
KEYS = key_set_of(json.dumps({"keys": [KEY.as_dict(private=False)]}).encode(), "test")
RULES = TokenRules(
    issuer="i", audience="a", types=["jwt"], algorithms=ALGORITHMS, clock_skew_seconds=0
)
SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10)
JSON = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=5), SCALARS)
NAMES = st.sampled_from(["alg", "typ", "kid", "crit", "b64", "jwk", "x5c", "zip", "enc"])
CLAIMS = st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "iat", "jti", "scope"])


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(NAMES, JSON) | JSON, st.dictionaries(CLAIMS, JSON) | JSON, st.binary())
def test_arbitrary_headers_and_claims_raise_nothing_but_token_errors(
    header: Any, claims: Any, signature: bytes
) -> None:
    if isinstance(header, dict):
        header = {"alg": "ES256", "typ": "JWT", "kid": "k", **header}
    token = b".".join([encoded(header), encoded(claims), base64.urlsafe_b64encode(signature)])
    with pytest.raises(TokenError):
        RULES.verify(token, KEYS)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(CLAIMS, JSON))
def test_signed_claims_of_any_type_raise_nothing_but_token_errors(claims: dict[str, Any]) -> None:
    right = {"iss": "i", "aud": "a", "sub": "alice", "exp": time.time() + 60}
    token = signed({"kid": "k", "typ": "JWT"}, {**right, **claims}, KEY)
    try:
        RULES.verify(token, KEYS)
    except TokenError:
        assert claims


def encoded(value: Any) -> bytes:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=")


@pytest.mark.parametrize("algorithms", [[], ["none"], ["HS256"], ["RS256", "HS512"], ["RSA"]])
def test_symmetric_and_unknown_algorithms_cannot_be_allowed(algorithms: list[str]) -> None:
    with pytest.raises(ValueError, match=r"^algorithms: must be of"):
        BearerTokens("https://i.example", AUDIENCE, algorithms=algorithms)


@pytest.mark.parametrize("seconds", [-1, 301])
def test_clock_skew_is_bounded(seconds: int) -> None:
    with pytest.raises(ValueError, match=r"^clock_skew_seconds: must be"):
        BearerTokens("https://i.example", AUDIENCE, clock_skew_seconds=seconds)


@pytest.mark.parametrize("url", ["http://i.example", "ftp://127.0.0.1", "i.example", "http://["])
def test_issuer_without_tls_is_rejected_except_on_loopback(url: str) -> None:
    with pytest.raises(ValueError, match=r"^issuer: .*(https|URL)"):
        BearerTokens(url, AUDIENCE)
    if "://" in url:
        with pytest.raises(ValueError, match=r"^jwks: .*(https|URL)"):
            BearerTokens("https://i.example", AUDIENCE, jwks=url)


async def test_keys_may_be_in_a_file(issuer: Issuer, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(issuer.jwks())
    async with tokens_of(issuer, jwks=str(file)) as tokens:
        assert await tokens.verify(issuer.token())
    assert issuer.requests == []


async def test_keys_may_be_at_a_url(issuer: Issuer) -> None:
    async with tokens_of(issuer, jwks=issuer.jwks_url) as tokens:
        assert await tokens.verify(issuer.token())
    assert issuer.requests == ["/keys"]
