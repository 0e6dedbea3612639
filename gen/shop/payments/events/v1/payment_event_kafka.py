"""The events of topic shop.payments.events.v1. Generated from shop/payments/events/v1/payment_event.proto by protoc-gen-kafka-python; do not edit."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

from shop import imports_kafka
from shop.payments.events.v1.payment_event_pb2 import PaymentEvent, PaymentFailed, PaymentSucceeded
from transactional_events.inbox import Subscription
from transactional_events.streams import Stream
from transactional_grpc.database import Transaction

D = TypeVar("D")

PAYMENT_EVENTS: Final = Stream(
    topic="shop.payments.events.v1",
    partitions=12,
    retention=timedelta(seconds=604800),
    envelope=PaymentEvent,
    schema="""\
syntax = "proto3";

package shop.payments.events.v1;

import "google/protobuf/timestamp.proto";

message PaymentEvent {
  string event_id = 1;
  string event_type = 2;
  google.protobuf.Timestamp occurred_at = 3;
  oneof data {
    PaymentSucceeded payment_succeeded = 4;
    PaymentFailed payment_failed = 5;
  }
}

message PaymentSucceeded {
  string order_id = 1;
  string user_id = 2;
}

message PaymentFailed {
  string order_id = 1;
  string user_id = 2;
  string reason = 3;
  enum Reason {
    REASON_UNSPECIFIED = 0;
    ACCOUNT_NOT_FOUND = 1;
    INSUFFICIENT_FUNDS = 2;
  }
}
""",
    imports=(imports_kafka.TIMESTAMP,),
)


def publish(tx: Transaction[Any], *events: PaymentSucceeded | PaymentFailed) -> None:
    """Publishes events, in this order, when the transaction commits.

    Raises:
        InvalidEventError: an event breaks a rule of the contract.
    """
    for event in events:
        PAYMENT_EVENTS.publish(tx, event, key=event.order_id)


class PaymentEventHandlers(Protocol[D]):
    """An event about the payment of an order.

    A handler gets events of one type, each key's in their order, and may raise `Rejected` to send
    an event to the dead-letter topic.
    """

    @abstractmethod
    async def on_payment_succeeded(
        self, tx: Transaction[D], events: Sequence[PaymentSucceeded]
    ) -> None:
        """The order's amount was debited from the user's account, exactly once."""
        ...

    @abstractmethod
    async def on_payment_failed(self, tx: Transaction[D], events: Sequence[PaymentFailed]) -> None:
        """The payment failed and nothing was debited."""
        ...


def payment_event_subscription(
    handlers: PaymentEventHandlers[D],
) -> Subscription[D]:
    """Has every event of the topic handled."""
    return Subscription(
        PAYMENT_EVENTS,
        {
            "PaymentSucceeded": handlers.on_payment_succeeded,
            "PaymentFailed": handlers.on_payment_failed,
        },
    )
