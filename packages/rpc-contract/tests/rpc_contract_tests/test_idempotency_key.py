"""The documented pattern and the check of a service accept the same Idempotency-Keys."""

import re

import pytest

from rpc_contract import idempotency_key


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("0190b6f0-0000-7000-8000-000000000000", True),
        ("!", True),
        ("~" * idempotency_key.LENGTH_MAX, True),
        ("~" * (idempotency_key.LENGTH_MAX + 1), False),
        ("", False),
        ("two words", False),
        ("a\n", False),
        ("\x7f", False),
        ("é", False),
    ],
)
def test_service_and_document_accept_the_same_keys(value: str, valid: bool) -> None:
    documented = re.fullmatch(idempotency_key.PATTERN, value) is not None
    assert (documented and len(value) <= idempotency_key.LENGTH_MAX) is valid
    assert idempotency_key.is_key(value) is valid


def test_bytes_are_never_a_key() -> None:
    assert not idempotency_key.is_key(b"key")
