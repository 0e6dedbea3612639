"""The shared servers respond, and their files are private."""

import contextlib
import os
from pathlib import Path

import httpx
import psycopg
from confluent_kafka.admin import AdminClient

from embedded_stack.testing import Running


def test_every_part_responds(infrastructure: Running) -> None:
    endpoints = infrastructure.endpoints
    subjects = httpx.get(f"{endpoints.schema_registry_url}/subjects")
    cluster = AdminClient({"bootstrap.servers": endpoints.kafka_bootstrap_servers}).list_topics(
        timeout=5
    )

    assert subjects.status_code == httpx.codes.OK
    assert len(cluster.brokers) == 1


def test_only_the_owner_can_read_data_and_logs(infrastructure: Running) -> None:
    with psycopg.connect(infrastructure.endpoints.superuser_database_url) as connection:
        row = connection.execute("SHOW data_directory").fetchone()
    assert row
    folder = Path(row[0]).parents[1]
    # As root, the stack runs PostgreSQL as another user, which must enter these two.
    passable = {folder, folder / "data"}

    seen, wrong = 0, []
    for parent, _, names in os.walk(folder):
        for path in (Path(parent), *(Path(parent, name) for name in names)):
            with contextlib.suppress(FileNotFoundError):  # Kafka and PostgreSQL remove files
                seen += 1
                if path.stat().st_mode & (0o066 if path in passable else 0o077):
                    wrong.append(path)

    assert (folder / "data" / "kafka").is_dir()
    assert (folder / "logs" / "kafka.log").is_file()
    assert seen > 100
    assert wrong == []
