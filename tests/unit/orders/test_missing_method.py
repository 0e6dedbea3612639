"""A service that lacks a method, or a handler for an event, does not start."""

import pytest

from shop.orders.events.v1.order_event_kafka import OrderEventHandlers
from shop.orders.v1.order_service_rpc import OrdersService


@pytest.mark.parametrize("contract", [OrdersService, OrderEventHandlers])
def test_a_missing_method_is_noticed_at_start(contract: type[object]) -> None:
    forgetful = type("Forgetful", (contract,), {})
    with pytest.raises(TypeError, match=r"abstract method.*(create_order|on_order_created)"):
        forgetful()
