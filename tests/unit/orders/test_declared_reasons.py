"""An error that a method's contract doesn't declare fails the test that sees it."""

import httpx
import pytest

from orders.service import Orders, Tx
from orders.watch import order_watch
from shop.orders.v1.error_reason_errors import order_not_found
from shop.orders.v1.order_service_pb2 import CreateOrderRequest, CreateOrderResponse
from shop.orders.v1.order_service_rpc import orders_service
from tests.declared_reasons import check_response
from tests.rules import Rules
from tests.unit.orders.in_memory import orders_in_memory

UNDECLARED = r"OrdersService\.CreateOrder returned ORDER_NOT_FOUND"


class Undeclared(Orders):
    async def create_order(self, tx: Tx, request: CreateOrderRequest) -> CreateOrderResponse:
        raise order_not_found(order_id="")


@pytest.mark.anyio
async def test_rule_that_raises_an_undeclared_reason_fails_the_test(user: str) -> None:
    rules = Rules(orders_service(Undeclared(order_watch())), orders_in_memory().transactions)
    with pytest.raises(AssertionError, match=UNDECLARED):
        await rules.call(CreateOrderRequest(user_id=user, amount=1), CreateOrderResponse)


def respond(reason: str, domain: str = "orders.shop") -> httpx.Response:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": domain}
    request = httpx.Request("POST", "http://shop/orders")
    return httpx.Response(404, json={"details": [info]}, request=request)


def test_response_with_an_undeclared_reason_fails_the_test() -> None:
    with pytest.raises(AssertionError, match=UNDECLARED):
        check_response(respond("ORDER_NOT_FOUND"))


@pytest.mark.parametrize(
    "response",
    [respond("IDEMPOTENCY_KEY_REUSED"), respond("NOT_ACCEPTABLE", "gateway.shop")],
)
def test_response_with_a_declared_reason_passes(response: httpx.Response) -> None:
    check_response(response)
