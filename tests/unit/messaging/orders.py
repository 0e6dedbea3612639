"""An order event."""

from shop.orders.events.v1.order_event_pb2 import OrderCreated

KEY = "01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01"


def created(description: str = "é") -> OrderCreated:
    return OrderCreated(order_id=KEY, user_id=KEY, amount=5, description=description)
