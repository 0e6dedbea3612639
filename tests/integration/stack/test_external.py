"""Parts that run elsewhere are used, two stacks run side by side, and a service knows its own."""

from pathlib import Path

import psutil
import pytest

from embedded_stack.errors import StackError
from embedded_stack.testing import External, Running, running
from tests.shop_topology import TOPOLOGY


def test_a_service_on_somebody_elses_infrastructure(infrastructure: Running, folder: Path) -> None:
    there = infrastructure.endpoints
    owner = {"ORDERS_OWNER_DATABASE_URL": there.owner_database_url("orders")}
    external = External.read(TOPOLOGY, there.environment() | owner)

    with running(TOPOLOGY, "orders", folder=folder, external=external) as stack:
        known = psutil.Process(stack.pid("orders")).environ()
        assert known["ORDERS_DATABASE_URL"] == there.database_url("orders")
        assert not known.keys() & {"PAYMENTS_DATABASE_URL", "SOMEBODYS_TOKEN"}
        assert there.owner_database_url("orders") not in known.values()
        for part in ("postgres", "kafka", "registry"):
            with pytest.raises(StackError, match=f"{part} is not a running part"):
                stack.pid(part)
