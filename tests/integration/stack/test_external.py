"""A stack uses external servers, and gives a service the addresses that it needs and no others."""

from pathlib import Path

import psutil
import pytest

from embedded_stack.errors import StackError
from embedded_stack.testing import External, Running, running
from tests.shop_topology import TOPOLOGY


def test_a_service_uses_external_servers_and_gets_no_other_urls(
    infrastructure: Running, folder: Path
) -> None:
    endpoints = infrastructure.endpoints
    owner = {"ORDERS_OWNER_DATABASE_URL": endpoints.owner_database_url("orders")}
    external = External.read(TOPOLOGY, endpoints.environment() | owner)

    with running(TOPOLOGY, "orders", folder=folder, external=external) as stack:
        known = psutil.Process(stack.pid("orders")).environ()
        assert known["ORDERS_DATABASE_URL"] == endpoints.database_url("orders")
        assert not known.keys() & {"PAYMENTS_DATABASE_URL", "SOMEBODYS_TOKEN"}
        assert endpoints.owner_database_url("orders") not in known.values()
        for part in ("postgres", "kafka", "registry"):
            with pytest.raises(StackError, match=f"{part} is not a running part"):
                stack.pid(part)
