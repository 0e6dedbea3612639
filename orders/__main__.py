"""The orders service: `python -m orders`."""

from orders.events import PaymentOutcomes
from orders.service import Orders
from orders.watch import order_watch
from shop.orders.db.querier import AsyncQuerier
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.v1.order_service_rpc import orders_service
from shop.payments.events.v1.payment_event_kafka import payment_event_subscription
from transactional_events.process import ServiceProcess, main

if __name__ == "__main__":
    watch = order_watch()
    main(
        ServiceProcess(
            name="orders",
            service=orders_service(Orders(watch)),
            queries=AsyncQuerier,
            publishes=ORDER_EVENTS,
            consumes=payment_event_subscription(PaymentOutcomes(watch)),
        )
    )
