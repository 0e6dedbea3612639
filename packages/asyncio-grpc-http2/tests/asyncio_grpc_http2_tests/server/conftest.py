"""Tests run on asyncio's loop; one of them runs on uvloop, where it is installed."""

import pytest

from asyncio_grpc_http2_tests.late_events import late_events_of_grpcio_are_dropped

__all__ = ["late_events_of_grpcio_are_dropped"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
