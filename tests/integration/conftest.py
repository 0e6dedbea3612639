"""Logging of the integration tests."""

import pytest
import stamina


@pytest.fixture(scope="session", autouse=True)
def quiet_retries() -> None:
    """Retries are logged once per reason, as in a process that `transactional_grpc.logging` configures."""
    stamina.instrumentation.set_on_retry_hooks(())
