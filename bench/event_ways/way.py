"""A way from the writer of an event to its reader."""

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from shop.orders.events.v1.order_event_pb2 import OrderCreated

Publish = Callable[[str], Coroutine[Any, Any, None]]
"""Publishes an event about the order with this id."""


@dataclass
class Latencies:
    """When events happened and when a reader had them."""

    happened: dict[str, float] = field(default_factory=dict)
    read: dict[str, float] = field(default_factory=dict)

    def milliseconds(self) -> list[float]:
        read = self.read.items()
        # A reader that starts at the oldest record also reads the events of the runs before.
        return sorted((at - self.happened[key]) * 1000 for key, at in read if key in self.happened)


@dataclass(frozen=True)
class Way:
    """How events get from their writer to a reader."""

    name: str
    open: Callable[[Latencies], AbstractAsyncContextManager[Publish]]


def created(order_id: str) -> OrderCreated:
    return OrderCreated(order_id=order_id, user_id=str(uuid4()), amount=1500, description="Books")
