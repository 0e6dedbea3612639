"""The cache of verified tokens."""

import time

import pytest

from rpc_access import Caller, VerifiedToken
from rpc_access import _verified_tokens as verified_tokens
from rpc_access._verified_tokens import VerifiedTokens

ALICE = Caller("alice")


def test_token_is_known_until_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = VerifiedTokens(10)
    now = time.time()
    verified = VerifiedToken(ALICE, now + 5)
    tokens.add(b"a", verified)
    assert tokens.get(b"a") is verified
    monkeypatch.setattr(verified_tokens, "time", lambda: now + 5)
    assert tokens.get(b"a") is None
    assert len(tokens) == 0


def test_number_of_tokens_is_bounded() -> None:
    tokens = VerifiedTokens(1000)
    for number in range(100_000):
        tokens.add(b"%d" % number, VerifiedToken(ALICE, time.time() + 60))
    assert len(tokens) == 1000
    found = tokens.get(b"99999")
    assert found is not None
    assert found.caller is ALICE


def test_size_of_all_tokens_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verified_tokens, "BYTES_MAX", 100)
    tokens = VerifiedTokens(1000)
    for number in range(50):
        tokens.add(b"%09d" % number, VerifiedToken(ALICE, time.time() + 60))
        tokens.add(b"%09d" % number, VerifiedToken(ALICE, time.time() + 60))
    assert len(tokens) == 11
    tokens.clear()
    assert len(tokens) == 0
    tokens.add(b"x" * 100, VerifiedToken(ALICE, time.time() + 60))
    assert len(tokens) == 1
