"""Tests run on asyncio's loop; one of them runs on uvloop, where it is installed."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
