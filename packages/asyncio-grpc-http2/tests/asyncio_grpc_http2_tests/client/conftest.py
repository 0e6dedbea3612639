"""Each test runs on asyncio's event loop and on uvloop, whose transports differ."""

import pytest

from asyncio_grpc_http2_tests.late_events import late_events_of_grpcio_are_dropped

__all__ = ["late_events_of_grpcio_are_dropped"]


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}
