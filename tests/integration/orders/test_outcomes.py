"""An order ends once: the same outcome again changes nothing, and another one is rejected."""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from embedded_stack.testing import Running
from orders.events import PaymentOutcomes
from orders.service import Orders
from runtime.database import Database
from runtime.messaging.dispatch import Rejected
from runtime.messaging.outbox import Outbox
from runtime.pool import Pool, open_pool
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_pb2 import Order
from shop.orders.v1.order_service_pb2 import CreateOrderRequest, GetOrderRequest
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded

pytestmark = pytest.mark.anyio
Outcome = PaymentSucceeded | PaymentFailed
Make = Callable[[str, str], Outcome]


@pytest.fixture
async def pool(system: Running) -> AsyncIterator[Pool]:
    async with open_pool(system.endpoints.orders_database_url, "test") as opened:
        yield opened


async def create(pool: Pool, user: str) -> str:
    """Stores an order that payments never hears of."""
    async with Database(pool, AsyncQuerier, Outbox({})).write() as tx:
        response = await Orders().create_order(tx, CreateOrderRequest(user_id=user, amount=100))
        tx.outgoing.clear()
    return response.order.id


async def handle(pool: Pool, *outcomes: Outcome) -> None:
    async with Database(pool, AsyncQuerier, Outbox({})).write() as tx:
        for outcome in outcomes:
            if isinstance(outcome, PaymentSucceeded):
                await PaymentOutcomes().on_payment_succeeded(tx, [outcome])
            else:
                await PaymentOutcomes().on_payment_failed(tx, [outcome])


async def read(pool: Pool, order_id: str) -> Order:
    async with Database(pool, AsyncQuerier, Outbox({})).read() as tx:
        return (await Orders().get_order(tx, GetOrderRequest(order_id=order_id))).order


def succeeded(order_id: str, user: str) -> Outcome:
    return PaymentSucceeded(order_id=order_id, user_id=user)


def failed(order_id: str, user: str) -> Outcome:
    return PaymentFailed(order_id=order_id, user_id=user, reason="INSUFFICIENT_FUNDS")


def failed_otherwise(order_id: str, user: str) -> Outcome:
    return PaymentFailed(order_id=order_id, user_id=user, reason="ACCOUNT_NOT_FOUND")


@pytest.mark.parametrize("outcome", [succeeded, failed])
async def test_the_same_outcome_again_changes_nothing(pool: Pool, user: str, outcome: Make) -> None:
    order_id = await create(pool, user)
    await handle(pool, outcome(order_id, user))
    ended = await read(pool, order_id)
    await handle(pool, outcome(order_id, user), outcome(order_id, user))
    assert await read(pool, order_id) == ended


@pytest.mark.parametrize(
    ("first", "then", "words"),
    [
        (failed, succeeded, r"CANCELED \(INSUFFICIENT_FUNDS\), .* says FINISHED"),
        (succeeded, failed, r"FINISHED, .* says CANCELED \(INSUFFICIENT_FUNDS\)"),
        (failed, failed_otherwise, r"\(INSUFFICIENT_FUNDS\), .* says .*\(ACCOUNT_NOT_FOUND\)"),
    ],
)
async def test_an_outcome_that_contradicts_an_ended_order_is_rejected(
    pool: Pool, user: str, first: Make, then: Make, words: str
) -> None:
    order_id = await create(pool, user)
    await handle(pool, first(order_id, user))
    ended = await read(pool, order_id)
    with pytest.raises(Rejected, match=f"order {order_id} is .*{words}"):
        await handle(pool, then(order_id, user))
    assert await read(pool, order_id) == ended


async def test_another_users_payment_ends_no_order(pool: Pool, user: str) -> None:
    order_id = await create(pool, user)
    with pytest.raises(Rejected, match=f"order {order_id} is of user {user}"):
        await handle(pool, succeeded(order_id, str(uuid4())))
    assert (await read(pool, order_id)).status == Order.NEW
