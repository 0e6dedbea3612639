"""The rules of orders, on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from embedded_stack.testing import Running
from orders.service import Orders
from orders.watch import order_watch
from shop.orders.db.querier import AsyncQuerier
from shop.orders.v1.order_service_rpc import orders_service
from tests.rules import Rules, on_postgres
from tests.unit.orders.cases import OrdersServiceCases, PaymentOutcomeCases
from transactional_grpc.database import open_pool


@pytest.fixture
async def rules(migrated: Running) -> AsyncIterator[Rules[AsyncQuerier]]:
    async with open_pool(migrated.endpoints.database_url("orders"), "test") as pool:
        yield Rules(orders_service(Orders(order_watch())), on_postgres(pool, AsyncQuerier))


class TestOrdersService(OrdersServiceCases):
    pass


class TestPaymentOutcomes(PaymentOutcomeCases):
    pass
