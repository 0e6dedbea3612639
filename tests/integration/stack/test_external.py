"""Parts that run elsewhere are used, two stacks run side by side, and a service knows its own."""

from pathlib import Path

import psutil
import pytest
from pydantic import SecretStr

from embedded_stack._plan.settings import External, Part, Settings
from embedded_stack.errors import StackError
from embedded_stack.testing import FREE_PORTS, Running, running


def test_a_service_on_somebody_elses_infrastructure(infrastructure: Running, folder: Path) -> None:
    there = infrastructure.endpoints
    external = External(
        kafka_bootstrap_servers=there.kafka_bootstrap_servers,
        schema_registry_url=there.schema_registry_url,
        orders_database_url=SecretStr(there.orders_database_url),
        orders_owner_database_url=SecretStr(there.orders_owner_database_url),
        payments_database_url=SecretStr(there.payments_database_url),
    )
    settings = Settings(folder=folder, ports=FREE_PORTS, external=external)

    with running(settings, Part.ORDERS) as stack:
        known = psutil.Process(stack.pid(Part.ORDERS)).environ()
        assert known["ORDERS_DATABASE_URL"] == there.orders_database_url
        assert not known.keys() & {"PAYMENTS_DATABASE_URL", "SOMEBODYS_TOKEN"}
        assert there.orders_owner_database_url not in known.values()
        for part in (Part.POSTGRES, Part.KAFKA, Part.REGISTRY):
            with pytest.raises(StackError, match=f"{part} is not a running part"):
                stack.pid(part)
