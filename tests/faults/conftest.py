"""A stack with several copies of each service, for tests that kill and freeze them."""

from collections.abc import Iterator

import pytest
import stamina

from embedded_stack.testing import Running, running
from tests.faults.books import Books
from tests.shop_topology import TOPOLOGY

COPIES = {"orders": 4, "payments": 3}


@pytest.fixture(scope="session", autouse=True)
def quiet_retries() -> None:
    """Silences the log of retries: these tests retry thousands of requests."""
    stamina.instrumentation.set_on_retry_hooks(())


@pytest.fixture(scope="session")
def fleet() -> Iterator[Running]:
    """Four relays and consumers of orders, three of payments, and a gateway, on a stack of their own.

    A test that kills or freezes a copy restarts or resumes it before it ends.
    """
    with running(TOPOLOGY, "gateway", scale=COPIES) as stack:
        Books(stack.endpoints).open()
        yield stack


@pytest.fixture
def books(fleet: Running) -> Books:
    """Returns the record of all events of the fleet since it started."""
    return Books(fleet.endpoints)
