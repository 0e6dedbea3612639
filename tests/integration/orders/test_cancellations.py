"""Cancellations of orders while another transaction ends the same order, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from embedded_stack.testing import Running
from orders.events import PaymentOutcomes
from orders.service import Orders
from orders.watch import order_watch
from rpc_contract.errors import ServiceError
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_pb2 import Order
from shop.orders.v1.order_service_pb2 import CancelOrderRequest, CancelOrderResponse
from shop.orders.v1.order_service_rpc import orders_service
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from tests.rules import Rules, on_postgres
from tests.unit.orders.cases import OrderRules, cancel, create, handle, read
from transactional_grpc.database import Pool, open_pool

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pool(migrated: Running) -> AsyncIterator[Pool]:
    async with open_pool(migrated.endpoints.database_url("orders"), "cancellations") as opened:
        yield opened


@pytest.fixture
def rules(pool: Pool) -> OrderRules:
    return Rules(orders_service(Orders(order_watch())), on_postgres(pool, AsyncQuerier))


async def wait_for_a_lock(pool: Pool) -> None:
    waiting = "SELECT FROM pg_stat_activity WHERE application_name = 'cancellations' AND wait_event_type = 'Lock'"
    async with asyncio.timeout(20), pool.connection() as connection:
        await connection.set_autocommit(True)
        while not await (await connection.execute(waiting)).fetchall():  # noqa: ASYNC110 - the server sets no Event
            await asyncio.sleep(0.01)


async def test_cancellation_that_waits_for_a_payment_finds_the_order_ended(
    rules: OrderRules, pool: Pool, user: str
) -> None:
    order = await create(rules, user)
    async with rules.transactions() as tx:
        event = PaymentSucceeded(order_id=order.id, user_id=user)
        await PaymentOutcomes(order_watch()).on_payment_succeeded(tx, [event])
        canceling = asyncio.create_task(cancel(rules, order.id))
        await wait_for_a_lock(pool)
    with pytest.raises(ServiceError) as raised:
        await canceling
    assert (raised.value.reason, raised.value.metadata["status"]) == ("ORDER_ENDED", "FINISHED")
    assert (await read(rules, order.id)).status == Order.FINISHED


@pytest.mark.parametrize("succeeded", [True, False])
async def test_outcome_that_waits_for_a_cancellation_changes_nothing(
    rules: OrderRules, pool: Pool, user: str, succeeded: bool
) -> None:
    order = await create(rules, user)
    outcome = (
        PaymentSucceeded(order_id=order.id, user_id=user)
        if succeeded
        else PaymentFailed(order_id=order.id, user_id=user, reason="INSUFFICIENT_FUNDS")
    )
    request = CancelOrderRequest(order_id=order.id)
    async with rules.transactions() as tx:
        await rules.method(request).call(tx, request)
        ending = asyncio.create_task(handle(rules, outcome))
        await wait_for_a_lock(pool)
    await ending
    ended = await read(rules, order.id)
    assert (ended.status, ended.cancel_reason) == (Order.CANCELED, "CANCELED_BY_USER")


async def test_simultaneous_cancellations_publish_one_event(
    rules: OrderRules, pool: Pool, user: str
) -> None:
    order = await create(rules, user)
    request = CancelOrderRequest(order_id=order.id)
    async with rules.transactions() as tx:
        first = await rules.method(request).call(tx, request)
        other = asyncio.create_task(cancel(rules, order.id))
        await wait_for_a_lock(pool)
    canceled, events = await other
    assert (first, events) == (CancelOrderResponse(order=canceled), [])
