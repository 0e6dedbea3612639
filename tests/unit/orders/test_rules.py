"""The rules of orders, in memory."""

import pytest

from shop.orders.db.querier import AsyncQuerier
from tests.rules import Rules
from tests.unit.orders.cases import OrdersServiceCases, PaymentOutcomeCases
from tests.unit.orders.in_memory import orders_in_memory


@pytest.fixture
def rules() -> Rules[AsyncQuerier]:
    return orders_in_memory()


class TestOrdersService(OrdersServiceCases):
    pass


class TestPaymentOutcomes(PaymentOutcomeCases):
    pass
