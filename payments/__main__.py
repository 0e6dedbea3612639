"""The payments service: `python -m payments`."""

from payments.events import OrderPayments
from payments.service import Payments
from shop.orders.events.v1.order_event_kafka import order_event_subscription
from shop.payments.db.querier import AsyncQuerier
from shop.payments.events.v1.payment_event_kafka import PAYMENT_EVENTS
from shop.payments.v1.payment_service_rpc import payments_service
from transactional_events.process import ServiceProcess, main

if __name__ == "__main__":
    main(
        ServiceProcess(
            name="payments",
            service=payments_service(Payments()),
            queries=AsyncQuerier,
            publishes=PAYMENT_EVENTS,
            consumes=order_event_subscription(OrderPayments()),
        )
    )
