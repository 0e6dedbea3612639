"""The record of a run: rows of the databases and records of the topics."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from confluent_kafka import Message

from embedded_stack.testing import Endpoints
from shop.streams_kafka import STREAMS
from tests.topics import committed_records
from transactional_events.kafka import ID, KafkaSettings, header
from transactional_events.registry import unframe

AUDIT_SECONDS_MAX = 120.0
Keys = dict[str, list[str]]
"""Maps a key to the ids of its events, in order."""


class Books:
    """Reads the databases and topics; its results are consistent only when no order is under way."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._urls = {
            "orders": endpoints.owner_database_url("orders"),
            "payments": endpoints.owner_database_url("payments"),
        }
        self._kafka = KafkaSettings(bootstrap_servers=endpoints.kafka_bootstrap_servers)

    def rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self._urls[database]) as connection:
            return connection.execute(query.encode()).fetchall()

    def number(self, database: str, query: str) -> int:
        [(number,)] = self.rows(database, query)
        return int(number)

    def open(self) -> None:
        """Starts to record which events are committed."""
        script = Path(__file__).with_name("committed_events.sql").read_bytes()
        for url in self._urls.values():
            with psycopg.connect(url) as connection:
                connection.execute(script)

    def committed(self, database: str) -> Keys:
        """Returns the committed events, by key."""
        return _by_key(
            self.rows(database, "SELECT key, event_id::text FROM committed_events ORDER BY number")
        )

    def published(self, database: str) -> Keys:
        """Returns the events on the topic, by key, duplicates included."""
        records = committed_records(self._kafka, _topic(database))
        return _by_key((_key(record), header(record, ID)) for record in records)

    def schemas(self, database: str, keys: Collection[str]) -> set[int]:
        """Returns the ids of the schemas with which the events of these keys were written."""
        records = committed_records(self._kafka, _topic(database))
        return {unframe(record.value())[0] for record in records if _key(record) in keys}

    def audit(self) -> "subprocess.CompletedProcess[str]":
        """Runs the audit command, as an operator does; no order may be under way."""
        urls = {f"{name.upper()}_DATABASE_URL": url for name, url in self._urls.items()}
        return subprocess.run(
            [sys.executable, "-m", "audit", "--settled-after=0"],
            env={**os.environ, **urls},
            capture_output=True,
            text=True,
            timeout=AUDIT_SECONDS_MAX,
            check=False,
        )

    def dead_letters(self) -> int:
        """Returns how many records the dead-letter topics have."""
        return sum(
            len(list(committed_records(self._kafka, stream.dead_letter_topic)))
            for stream in STREAMS
        )


def _key(record: Message) -> str:
    return (record.key() or b"").decode()


def _by_key(events: Iterable[Sequence[str]]) -> Keys:
    keys: Keys = defaultdict(list)
    for key, event_id in events:
        keys[key].append(event_id)
    return dict(keys)


def _topic(database: str) -> str:
    [topic] = [stream.topic for stream in STREAMS if f".{database}." in stream.topic]
    return topic
