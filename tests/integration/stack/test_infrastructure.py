"""The shared infrastructure is real, private, and each role may do only what it has to."""

import httpx
import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from stack.running import Running


def test_every_part_answers(infrastructure: Running) -> None:
    endpoints = infrastructure.endpoints
    subjects = httpx.get(f"{endpoints.schema_registry_url}/subjects")
    cluster = AdminClient({"bootstrap.servers": endpoints.kafka_bootstrap_servers}).list_topics(
        timeout=5
    )

    assert subjects.status_code == httpx.codes.OK
    assert len(cluster.brokers) == 1


@pytest.mark.parametrize("database", ["orders", "payments"])
def test_a_service_may_not_change_tables(infrastructure: Running, database: str) -> None:
    url = getattr(infrastructure.endpoints, f"{database}_database_url")
    with (
        psycopg.connect(url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="schema public"),
    ):
        connection.execute("CREATE TABLE anything ()")
