"""What the integration tests share."""

import pytest
import stamina

from asyncio_grpc_http2_tests.late_events import late_events_of_grpcio_are_dropped

__all__ = ["late_events_of_grpcio_are_dropped"]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def quiet_retries() -> None:
    """Retries are logged once per reason, as in a process that `transactional_grpc.logging` configures."""
    stamina.instrumentation.set_on_retry_hooks(())
