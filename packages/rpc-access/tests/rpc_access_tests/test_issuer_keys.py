"""Keys rotate, and issuers go away, without a failed verification."""

import asyncio
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OctKey

from rpc_access import BearerTokens, KeysUnavailableError, TokenError
from rpc_access import _issuer_keys as issuer_keys
from rpc_access import _key_sources as key_sources
from rpc_access_tests.issuer import AUDIENCE, Issuer, new_key

pytestmark = pytest.mark.anyio
DISCOVERY = "/.well-known/openid-configuration"


def tokens_of(issuer: Issuer, **changes: Any) -> BearerTokens:
    return BearerTokens(issuer.url, AUDIENCE, **{"fetch_interval_seconds_min": 0.01, **changes})


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the condition is in another thread
            await asyncio.sleep(0.01)


async def test_token_of_a_new_key_is_accepted_at_once(issuer: Issuer) -> None:
    async with tokens_of(issuer) as tokens:
        await tokens.verify(issuer.token())
        issuer.keys.insert(0, new_key("second"))
        assert await tokens.verify(issuer.token())


async def test_keys_rotate_under_load_without_a_failed_verification(issuer: Issuer) -> None:
    rotating, verified = True, 0

    async def verify_new_tokens(client: int) -> None:
        nonlocal verified
        while rotating:
            await tokens.verify(issuer.token(jti=f"{client} {verified}"))
            verified += 1
            await asyncio.sleep(0)  # lets the other clients go on

    async with tokens_of(issuer) as tokens, asyncio.TaskGroup() as group:
        for client in range(10):
            group.create_task(verify_new_tokens(client))
        for number in range(20):
            issuer.keys.insert(0, new_key(f"key {number}"))
            enough = verified + 20
            await until(partial(lambda count: verified >= count, enough))
        rotating = False


async def test_key_that_is_withdrawn_verifies_no_token_any_more(issuer: Issuer) -> None:
    token = issuer.token()
    async with tokens_of(issuer, refresh_seconds=0.05) as tokens:
        assert await tokens.verify(token)
        issuer.keys = [new_key("second")]
        await until(lambda: tokens.known(token) is None)
        with pytest.raises(TokenError, match="unknown key"):
            await tokens.verify(token)


async def test_issuer_that_is_away_fails_nobody_whose_key_is_known(issuer: Issuer) -> None:
    async with tokens_of(issuer, refresh_seconds=0.02) as tokens:
        await tokens.verify(issuer.token())
        issuer.status = 503
        seen = len(issuer.requests)
        await until(lambda: len(issuer.requests) > seen + 3)
        assert await tokens.verify(issuer.token(jti="new"))


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (DISCOVERY, b"[" * 100_000),
        (DISCOVERY, b'{"issuer": "https://other.example", "jwks_uri": "https://other.example"}'),
        (DISCOVERY, b"x" * (key_sources.DOCUMENT_BYTES_MAX + 1)),
        ("/keys", b"not json"),
        ("/keys", b'{"keys": 1}'),
        ("/keys", b'{"keys": []}'),
        ("/keys", json.dumps({"keys": [{"kty": "RSA"}] * 101}).encode()),
        ("/keys", json.dumps({"keys": [new_key("p").as_dict(private=True)]}).encode()),
        ("/keys", json.dumps({"keys": [OctKey.generate_key(256).as_dict()]}).encode()),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
async def test_wrong_documents_of_the_issuer_replace_no_keys(
    issuer: Issuer, path: str, document: bytes
) -> None:
    async with tokens_of(issuer, refresh_seconds=0.02) as tokens:
        await tokens.verify(issuer.token())
        issuer.documents[path] = document
        seen = len(issuer.requests)
        await until(lambda: len(issuer.requests) > seen + 4)
        assert await tokens.verify(issuer.token(jti="new"))


async def test_configuration_cannot_send_the_gateway_elsewhere(issuer: Issuer) -> None:
    configuration = {"issuer": issuer.url, "jwks_uri": "http://10.0.0.1/keys"}
    issuer.documents[DISCOVERY] = json.dumps(configuration).encode()
    async with tokens_of(issuer) as tokens:
        with pytest.raises(KeysUnavailableError):
            await tokens.verify(issuer.token())


async def test_issuer_that_is_away_at_the_start_is_tried_again(issuer: Issuer) -> None:
    issuer.status = 503
    async with tokens_of(issuer) as tokens:
        with pytest.raises(KeysUnavailableError):
            await tokens.verify(issuer.token())
        issuer.status = 200
        assert await tokens.verify(issuer.token())


async def test_issuer_that_does_not_respond_fails_after_the_time_out(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_sources, "FETCH_SECONDS_MAX", 0.5)
    issuer.may_respond.clear()
    async with tokens_of(issuer) as tokens:
        with pytest.raises(KeysUnavailableError):
            await tokens.verify(issuer.token())


async def test_forged_key_ids_cause_few_fetches(issuer: Issuer) -> None:
    tokens = tokens_of(issuer, jwks=issuer.jwks_url, fetch_interval_seconds_min=0.2)
    async with tokens:
        began = time.monotonic()
        forged = [issuer.token(key=new_key(f"forged {number}")) for number in range(150)]
        outcomes = await asyncio.gather(*map(tokens.verify, forged), return_exceptions=True)
        assert {str(outcome) for outcome in outcomes} == {"unknown key"}
        assert len(issuer.requests) <= 2 + (time.monotonic() - began) / 0.2


async def test_number_of_requests_that_wait_for_a_fetch_is_bounded(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "WAITING_MAX", 2)
    async with tokens_of(issuer, fetch_interval_seconds_min=3600) as tokens:
        forged = [issuer.token(key=new_key(f"forged {number}")) for number in range(5)]
        waiting = [asyncio.create_task(tokens.verify(token)) for token in forged]
        done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert len(pending) == 2
        assert {str(task.exception()) for task in done} == {"unknown key"}
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        assert await tokens.verify(issuer.token())


async def test_tokens_that_are_wrong_anyway_cause_no_fetch(issuer: Issuer) -> None:
    async with tokens_of(issuer) as tokens:
        seen = len(issuer.requests)
        for changes in ({"exp": 1}, {"aud": "other"}, {"iss": "other"}):
            with pytest.raises(TokenError):
                await tokens.verify(issuer.token(key=new_key("unknown"), **changes))
        assert len(issuer.requests) == seen


async def test_change_of_the_file_is_noticed(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "FILE_CHECK_SECONDS", 0.02)
    file = tmp_path / "keys.json"
    file.write_bytes(issuer.jwks())
    old = issuer.token()
    async with tokens_of(issuer, jwks=str(file)) as tokens:
        assert await tokens.verify(old)
        issuer.keys = [new_key("second")]
        file.write_bytes(issuer.jwks())
        assert await tokens.verify(issuer.token())
        await until(lambda: tokens.known(old) is None)
        file.unlink()
        assert await tokens.verify(issuer.token(jti="new"))
