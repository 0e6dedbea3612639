"""The events of topic shop.orders.events.v1. Generated from shop/orders/events/v1/order_event.proto by protoc-gen-kafka-python; do not edit."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

from shop import imports_kafka
from shop.orders.events.v1.order_event_pb2 import OrderCreated, OrderEvent
from transactional_events.inbox import Subscription
from transactional_events.streams import Stream
from transactional_grpc.database import Transaction

D = TypeVar("D")

ORDER_EVENTS: Final = Stream(
    topic="shop.orders.events.v1",
    partitions=12,
    retention=timedelta(seconds=604800),
    envelope=OrderEvent,
    schema="""\
syntax = "proto3";

package shop.orders.events.v1;

import "google/protobuf/timestamp.proto";

message OrderEvent {
  string event_id = 1;
  string event_type = 2;
  google.protobuf.Timestamp occurred_at = 3;
  oneof data {
    OrderCreated order_created = 4;
  }
}

message OrderCreated {
  string order_id = 1;
  string user_id = 2;
  int64 amount = 3;
  string description = 4;
}
""",
    imports=(imports_kafka.TIMESTAMP,),
)


def publish(tx: Transaction[Any], *events: OrderCreated) -> None:
    """Publishes events, in this order, when the transaction commits.

    Raises:
        InvalidEventError: an event breaks a rule of the contract.
    """
    for event in events:
        ORDER_EVENTS.publish(tx, event, key=event.order_id)


class OrderEventHandlers(Protocol[D]):
    """An event about an order.

    A handler gets events of one type, each key's in their order, and may raise `Rejected` to send
    an event to the dead-letter topic.
    """

    @abstractmethod
    async def on_order_created(self, tx: Transaction[D], events: Sequence[OrderCreated]) -> None:
        """An order was stored and its payment is pending."""
        ...


def order_event_subscription(
    handlers: OrderEventHandlers[D],
) -> Subscription[D]:
    """Has every event of the topic handled."""
    return Subscription(
        ORDER_EVENTS,
        {
            "OrderCreated": handlers.on_order_created,
        },
    )
