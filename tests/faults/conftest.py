"""A stack with several copies of each service, for tests that hurt them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from embedded_stack._plan.settings import Part, Settings
from embedded_stack.testing import FREE_PORTS, Running, running
from tests.faults.books import Books

COPIES = {Part.ORDERS: 4, Part.PAYMENTS: 3}


@pytest.fixture(scope="session", autouse=True)
def quiet_retries() -> None:
    """Thousands of requests are sent again here, and that is no news."""
    stamina.instrumentation.set_on_retry_hooks(())


@pytest.fixture(scope="session")
def fleet() -> Iterator[Running]:
    """Four relays and consumers of orders, three of payments, and a gateway, on a stack of their own.

    A test that hurts a copy heals it before it ends.
    """
    folder = Path(tempfile.mkdtemp(prefix="fleet-"))
    try:
        settings = Settings(folder=folder, ports=FREE_PORTS)
        with running(settings, Part.GATEWAY, scale=COPIES) as stack:
            Books(stack.endpoints).open()
            yield stack
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def books(fleet: Running) -> Books:
    """Tells what happened in the fleet, from its first event on."""
    return Books(fleet.endpoints)
