"""Fixtures of the tests."""

from collections.abc import Iterator

import pytest

from rpc_access_tests.issuer import Issuer, serving


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with serving() as issuer:
        yield issuer
