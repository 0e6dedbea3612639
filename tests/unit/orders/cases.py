"""What the rules of orders guarantee. Each test module that has a fixture `rules` runs these cases."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from google.protobuf.message import Message

from orders.events import PaymentOutcomes
from orders.watch import order_watch
from rpc_contract.errors import ServiceError
from shop.orders.db.querier import AsyncQuerier
from shop.orders.events.v1.order_event_kafka import ORDER_EVENTS
from shop.orders.events.v1.order_event_pb2 import OrderCanceled, OrderCreated
from shop.orders.v1.order_pb2 import Order
from shop.orders.v1.order_service_pb2 import (
    CancelOrderRequest,
    CancelOrderResponse,
    CreateOrderRequest,
    CreateOrderResponse,
    GetOrderRequest,
    GetOrderResponse,
    ListOrdersRequest,
    ListOrdersResponse,
    WatchOrderRequest,
    WatchOrderResponse,
)
from shop.payments.events.v1.payment_event_pb2 import PaymentFailed, PaymentSucceeded
from tests.rules import Rules, published
from transactional_events.inbox import Rejected

OrderRules = Rules[AsyncQuerier]
Outcome = PaymentSucceeded | PaymentFailed
WATCH_SECONDS_MAX = 20.0
MakeOutcome = Callable[[str, str], Outcome]


def succeeded(order_id: str, user: str) -> Outcome:
    return PaymentSucceeded(order_id=order_id, user_id=user)


def insufficient_funds(order_id: str, user: str) -> Outcome:
    return PaymentFailed(order_id=order_id, user_id=user, reason="INSUFFICIENT_FUNDS")


def account_not_found(order_id: str, user: str) -> Outcome:
    return PaymentFailed(order_id=order_id, user_id=user, reason="ACCOUNT_NOT_FOUND")


def canceled_by_user(order_id: str, user: str) -> Outcome:
    return PaymentFailed(order_id=order_id, user_id=user, reason="CANCELED_BY_USER")


async def create(rules: OrderRules, user: str, amount: int = 100) -> Order:
    request = CreateOrderRequest(user_id=user, amount=amount, description="Two books")
    return (await rules.call(request, CreateOrderResponse)).order


async def read(rules: OrderRules, order_id: str) -> Order:
    return (await rules.call(GetOrderRequest(order_id=order_id), GetOrderResponse)).order


async def cancel(rules: OrderRules, order_id: str) -> tuple[Order, list[Message]]:
    """Returns the order that a user cancels, and the events that this publishes."""
    request = CancelOrderRequest(order_id=order_id)
    async with rules.transactions() as tx:
        response = await rules.method(request).call(tx, request)
        assert isinstance(response, CancelOrderResponse)
        return response.order, published(tx, ORDER_EVENTS)


@asynccontextmanager
async def watching(
    rules: OrderRules, order_id: str
) -> AsyncIterator[AsyncGenerator[WatchOrderResponse, None]]:
    request = WatchOrderRequest(order_id=order_id)
    async with (
        asyncio.timeout(WATCH_SECONDS_MAX),
        aclosing(rules.stream(request, WatchOrderResponse)) as events,
    ):
        yield events


async def list_ids(rules: OrderRules, request: ListOrdersRequest) -> tuple[list[str], str]:
    page = await rules.call(request, ListOrdersResponse)
    return [order.id for order in page.orders], page.next_page_token


async def handle(rules: OrderRules, *outcomes: Any) -> None:
    """Handles payment outcomes, in one transaction, as the consumer does."""
    async with rules.transactions() as tx:
        for outcome in outcomes:
            if isinstance(outcome, PaymentSucceeded):
                await PaymentOutcomes(order_watch()).on_payment_succeeded(tx, [outcome])
            else:
                await PaymentOutcomes(order_watch()).on_payment_failed(tx, [outcome])


@pytest.mark.anyio
class OrdersServiceCases:
    async def test_new_order_is_stored_as_new(self, rules: OrderRules, user: str) -> None:
        order = await create(rules, user, 1500)
        assert (order.user_id, order.amount, order.description) == (user, 1500, "Two books")
        assert (order.status, order.cancel_reason) == (Order.NEW, "")
        assert order.created_at == order.updated_at
        assert await read(rules, order.id) == order

    async def test_new_order_is_published_with_its_values(
        self, rules: OrderRules, user: str
    ) -> None:
        request = CreateOrderRequest(user_id=user, amount=1500, description="Two books")
        async with rules.transactions() as tx:
            response = await rules.method(request).call(tx, request)
            events = published(tx, ORDER_EVENTS)
        assert isinstance(response, CreateOrderResponse)
        assert events == [
            OrderCreated(
                order_id=response.order.id, user_id=user, amount=1500, description="Two books"
            )
        ]

    async def test_unknown_order_is_not_found(self, rules: OrderRules) -> None:
        order_id = str(uuid4())
        with pytest.raises(ServiceError) as raised:
            await read(rules, order_id)
        assert raised.value.reason == "ORDER_NOT_FOUND"
        assert raised.value.metadata == {"order_id": order_id}

    async def test_new_order_is_canceled_and_published_with_its_values(
        self, rules: OrderRules, user: str
    ) -> None:
        order = await create(rules, user, 1500)
        canceled, events = await cancel(rules, order.id.upper())
        assert (canceled.status, canceled.cancel_reason) == (Order.CANCELED, "CANCELED_BY_USER")
        assert canceled.updated_at.ToDatetime() > order.updated_at.ToDatetime()
        assert await read(rules, order.id) == canceled
        assert events == [OrderCanceled(order_id=order.id, user_id=user, amount=1500)]

    async def test_canceling_again_gets_the_same_response_and_publishes_nothing(
        self, rules: OrderRules, user: str
    ) -> None:
        order = await create(rules, user)
        canceled, _ = await cancel(rules, order.id)
        assert await cancel(rules, order.id) == (canceled, [])
        assert await read(rules, order.id) == canceled

    @pytest.mark.parametrize(
        ("outcome", "status"), [(succeeded, "FINISHED"), (insufficient_funds, "CANCELED")]
    )
    async def test_order_that_has_ended_is_not_canceled(
        self, rules: OrderRules, user: str, outcome: MakeOutcome, status: str
    ) -> None:
        order = await create(rules, user)
        await handle(rules, outcome(order.id, user))
        ended = await read(rules, order.id)
        with pytest.raises(ServiceError) as raised:
            await rules.call(CancelOrderRequest(order_id=order.id), CancelOrderResponse)
        assert raised.value.reason == "ORDER_ENDED"
        assert raised.value.metadata == {"order_id": order.id, "status": status}
        assert await read(rules, order.id) == ended

    async def test_unknown_order_is_not_canceled(self, rules: OrderRules) -> None:
        order_id = str(uuid4())
        with pytest.raises(ServiceError) as raised:
            await rules.call(CancelOrderRequest(order_id=order_id), CancelOrderResponse)
        assert raised.value.reason == "ORDER_NOT_FOUND"
        assert raised.value.metadata == {"order_id": order_id}

    async def test_pages_list_a_users_orders_newest_first(
        self, rules: OrderRules, user: str
    ) -> None:
        first, second, third = [(await create(rules, user)).id for _ in range(3)]
        await create(rules, str(uuid4()))
        page, token = await list_ids(rules, ListOrdersRequest(user_id=user, page_size=2))
        assert page == [third, second]
        request = ListOrdersRequest(user_id=user, page_size=2, page_token=token)
        assert await list_ids(rules, request) == ([first], "")

    async def test_status_filters_a_users_orders(self, rules: OrderRules, user: str) -> None:
        finished, new = [(await create(rules, user)).id for _ in range(2)]
        await handle(rules, succeeded(finished, user))
        for status, expected in ((Order.FINISHED, [finished]), (Order.NEW, [new])):
            request = ListOrdersRequest(user_id=user, status=status)
            assert await list_ids(rules, request) == (expected, "")

    async def test_page_token_of_another_filter_is_invalid(
        self, rules: OrderRules, user: str
    ) -> None:
        for _ in range(2):
            await create(rules, user)
        _, token = await list_ids(rules, ListOrdersRequest(user_id=user, page_size=1))
        other = ListOrdersRequest(user_id=user, status=Order.NEW, page_token=token)
        with pytest.raises(ServiceError) as raised:
            await list_ids(rules, other)
        assert raised.value.reason == "INVALID_PAGE_TOKEN"

    async def test_watcher_gets_the_order_as_it_is_and_its_end(
        self, rules: OrderRules, user: str
    ) -> None:
        order = await create(rules, user)
        async with watching(rules, order.id) as events:
            first = await anext(events)
            assert (first.event_id, first.order) == ("NEW", order)
            await handle(rules, insufficient_funds(order.id, user))
            last = await anext(events)
            assert (last.event_id, last.order) == ("CANCELED", await read(rules, order.id))
            assert [event async for event in events] == []

    async def test_watcher_of_an_ended_order_gets_one_event(
        self, rules: OrderRules, user: str
    ) -> None:
        order = await create(rules, user)
        await handle(rules, succeeded(order.id, user))
        async with watching(rules, order.id) as events:
            assert [event.event_id async for event in events] == ["FINISHED"]

    async def test_order_that_does_not_exist_can_not_be_watched(self, rules: OrderRules) -> None:
        async with watching(rules, str(uuid4())) as events:
            with pytest.raises(ServiceError) as raised:
                await anext(events)
        assert raised.value.reason == "ORDER_NOT_FOUND"


@pytest.mark.anyio
class PaymentOutcomeCases:
    async def test_payment_that_succeeds_finishes_its_order(
        self, rules: OrderRules, user: str
    ) -> None:
        order = await create(rules, user)
        await handle(rules, succeeded(order.id, user))
        ended = await read(rules, order.id)
        assert (ended.status, ended.cancel_reason) == (Order.FINISHED, "")
        assert ended.updated_at.ToDatetime() > order.updated_at.ToDatetime()

    @pytest.mark.parametrize("failed", [insufficient_funds, account_not_found, canceled_by_user])
    async def test_payment_that_fails_cancels_its_order_with_the_reason(
        self, rules: OrderRules, user: str, failed: Callable[[str, str], PaymentFailed]
    ) -> None:
        order = await create(rules, user)
        event = failed(order.id, user)
        await handle(rules, event)
        ended = await read(rules, order.id)
        assert (ended.status, ended.cancel_reason) == (Order.CANCELED, event.reason)

    async def test_batch_ends_every_order(self, rules: OrderRules, user: str) -> None:
        orders = [(await create(rules, user)).id for _ in range(3)]
        async with rules.transactions() as tx:
            events = [PaymentSucceeded(order_id=order_id, user_id=user) for order_id in orders]
            await PaymentOutcomes(order_watch()).on_payment_succeeded(tx, events)
        statuses = [(await read(rules, order_id)).status for order_id in orders]
        assert statuses == [Order.FINISHED] * 3

    @pytest.mark.parametrize("outcome", [succeeded, insufficient_funds])
    async def test_same_outcome_again_changes_nothing(
        self, rules: OrderRules, user: str, outcome: MakeOutcome
    ) -> None:
        order = await create(rules, user)
        await handle(rules, outcome(order.id, user))
        ended = await read(rules, order.id)
        await handle(rules, outcome(order.id, user), outcome(order.id, user))
        assert await read(rules, order.id) == ended

    @pytest.mark.parametrize(
        ("first", "then", "words"),
        [
            (insufficient_funds, succeeded, "CANCELED INSUFFICIENT_FUNDS, .* requires FINISHED"),
            (succeeded, insufficient_funds, "FINISHED, .* requires CANCELED INSUFFICIENT_FUNDS"),
            (
                insufficient_funds,
                account_not_found,
                "INSUFFICIENT_FUNDS, .* requires .* ACCOUNT_NOT_FOUND",
            ),
        ],
    )
    async def test_outcome_that_contradicts_an_ended_order_is_rejected(
        self, rules: OrderRules, user: str, first: MakeOutcome, then: MakeOutcome, words: str
    ) -> None:
        order = await create(rules, user)
        await handle(rules, first(order.id, user))
        ended = await read(rules, order.id)
        with pytest.raises(Rejected, match=f"order {order.id} is .*{words}"):
            await handle(rules, then(order.id, user))
        assert await read(rules, order.id) == ended

    @pytest.mark.parametrize("outcome", [succeeded, insufficient_funds, canceled_by_user])
    async def test_outcome_of_an_order_that_its_user_canceled_changes_nothing(
        self, rules: OrderRules, user: str, outcome: MakeOutcome
    ) -> None:
        order = await create(rules, user)
        canceled, _ = await cancel(rules, order.id)
        await handle(rules, outcome(order.id, user), outcome(order.id, user))
        assert await read(rules, order.id) == canceled
        with pytest.raises(Rejected, match=f"order {order.id} belongs to {user}, not "):
            await handle(rules, outcome(order.id, str(uuid4())))

    async def test_payment_of_another_user_ends_no_order(
        self, rules: OrderRules, user: str
    ) -> None:
        order = await create(rules, user)
        with pytest.raises(Rejected, match=f"order {order.id} belongs to {user}, not "):
            await handle(rules, succeeded(order.id, str(uuid4())))
        assert (await read(rules, order.id)).status == Order.NEW

    async def test_outcome_of_an_unknown_order_is_rejected(
        self, rules: OrderRules, user: str
    ) -> None:
        order_id = str(uuid4())
        with pytest.raises(Rejected, match=f"order {order_id} does not exist"):
            await handle(rules, succeeded(order_id, user))
