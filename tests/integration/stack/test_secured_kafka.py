"""The services on a Kafka with TLS and a password, as managed ones have."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from embedded_stack.servers import REGISTRY
from embedded_stack.testing import External, Running, running
from tests.integration.stack.secured_kafka import SecuredKafka, secured_kafka
from tests.shop_client import ShopClient
from tests.shop_topology import TOPOLOGY

REGISTER_SECONDS_MAX = 60


@pytest.fixture(scope="module")
def kafka() -> Iterator[SecuredKafka]:
    with tempfile.TemporaryDirectory(prefix="kafka-") as folder, secured_kafka(Path(folder)) as up:
        yield up


def register(servers: Running, **environment: str) -> subprocess.CompletedProcess[str]:
    """Registers the schemas: the first step of a deployment, which connects to Kafka as every process does."""
    registry = {"SCHEMA_REGISTRY_URL": servers.endpoints.schema_registry_url}
    return subprocess.run(
        (sys.executable, "-m", "events", "register"),
        env={**os.environ, **registry, **environment},
        capture_output=True,
        text=True,
        timeout=REGISTER_SECONDS_MAX,
        check=False,
    )


def test_an_order_is_paid_over_tls_with_scram(
    kafka: SecuredKafka, infrastructure: Running, folder: Path
) -> None:
    registry = infrastructure.endpoints.environment([REGISTRY])
    external = External.read(TOPOLOGY, kafka.environment | registry)

    with (
        running(TOPOLOGY, "gateway", folder=folder, external=external) as stack,
        httpx.Client(base_url=stack.endpoints.url("gateway"), timeout=15) as rest,
    ):
        shop, user = ShopClient(rest), str(uuid4())
        shop.account(user, balance=100)
        order = shop.order(user, 60)

        assert shop.ended(order["id"])["status"] == "FINISHED"
        assert shop.balance(user) == 40


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (
            {"KAFKA_SASL_PASSWORD": "hunter2"},
            ": check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD",
        ),
        ({"KAFKA_SSL_CA_LOCATION": ""}, ": check KAFKA_SSL_CA_LOCATION"),
        ({"KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"}, "Broker transport failure"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_a_rejected_client_gets_the_reason_in_one_line(
    kafka: SecuredKafka, infrastructure: Running, wrong: dict[str, str], reason: str
) -> None:
    failed = register(infrastructure, **kafka.environment | wrong)

    output = failed.stdout + failed.stderr
    assert failed.returncode == 1
    assert len(failed.stderr.splitlines()) == 1, failed.stderr
    assert reason in failed.stderr
    assert kafka.password not in output
    assert "hunter2" not in output
