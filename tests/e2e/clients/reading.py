"""Runs a client and reads the lines it prints, one JSON object per event."""

import json
import os
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Timer
from typing import Self
from uuid import uuid4

from google.protobuf.json_format import ParseDict

from shop.orders.events.v1.order_event_pb2 import OrderCreated
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded

READ_SECONDS_MAX = 60
STOP_SECONDS_MAX = 10
LOG_CHARACTERS_MAX = 4000
ORDERS, PAYMENTS = TOPICS = ("shop.orders.events.v1", "shop.payments.events.v1")

Command = list[str | Path]
"""What runs a client; it takes a consumer group and topics as arguments."""
Data = OrderCreated | PaymentSucceeded | PaymentFailed
DATA: Mapping[str, type[Data]] = {
    "OrderCreated": OrderCreated,
    "PaymentSucceeded": PaymentSucceeded,
    "PaymentFailed": PaymentFailed,
}


@dataclass(frozen=True)
class Event:
    """A record as a client printed it."""

    topic: str
    key: str
    headers: dict[str, str]
    event_id: str
    event_type: str
    occurred_at: datetime
    data: Data

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads a line; `data` is in Protobuf's JSON, where 64-bit integers may be strings."""
        line = json.loads(text)
        event = line.pop("event")
        data = ParseDict(event.pop("data"), DATA[event["event_type"]]())
        occurred_at = datetime.fromisoformat(event.pop("occurred_at"))
        return cls(**line, **event, occurred_at=occurred_at, data=data)


def read(
    command: Command, environment: Mapping[str, str], orders: Collection[str], log: Path
) -> list[Event]:
    """Reads both topics from the beginning until each order has an event in each of them."""
    missing = {(topic, order) for topic in TOPICS for order in orders}
    found = []
    with _lines([*command, f"test-{uuid4()}", *TOPICS], environment, log) as lines:
        for line in lines:
            event = Event.parse(line)
            if event.data.order_id in orders:
                found.append(event)
                missing.discard((event.topic, event.data.order_id))
            if not missing:
                return found
    raise AssertionError(
        f"the client ended, or was stopped after {READ_SECONDS_MAX} s, and did not read "
        f"{sorted(missing)}; it said: {log.read_text()[-LOG_CHARACTERS_MAX:]}"
    )


@contextmanager
def _lines(command: Command, environment: Mapping[str, str], log: Path) -> Iterator[Iterator[str]]:
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as process,
    ):
        assert process.stdout
        # Its end closes the pipe, which ends the iteration.
        watchdog = Timer(READ_SECONDS_MAX, process.kill)
        watchdog.start()
        try:
            yield process.stdout
        finally:
            watchdog.cancel()
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
