"""The rules of payments, on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from embedded_stack.testing import Running
from payments.service import Payments
from shop.payments.db.querier import AsyncQuerier
from shop.payments.v1.payment_service_rpc import payments_service
from tests.rules import Rules, on_postgres
from tests.unit.payments.cases import CancellationCases, PaymentDecisionCases, PaymentsServiceCases
from transactional_grpc.database import open_pool


@pytest.fixture
async def rules(migrated: Running) -> AsyncIterator[Rules[AsyncQuerier]]:
    async with open_pool(migrated.endpoints.database_url("payments"), "test") as pool:
        yield Rules(payments_service(Payments()), on_postgres(pool, AsyncQuerier))


class TestPaymentsService(PaymentsServiceCases):
    pass


class TestPaymentDecisions(PaymentDecisionCases):
    pass


class TestCancellations(CancellationCases):
    pass
