"""The rules of payments, in memory."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from payments.service import Payments
from shop.payments.db import models
from shop.payments.db.querier import AsyncQuerier
from shop.payments.v1.payment_service_rpc import payments_service
from tests.rules import Rules, in_memory
from tests.unit.payments.cases import (
    CancellationCases,
    PaymentDecisionCases,
    PaymentsServiceCases,
    top_up,
)
from tests.unit.payments.in_memory import InMemoryPayments, Tables, payments_in_memory


@pytest.fixture
def rules() -> Rules[AsyncQuerier]:
    return payments_in_memory()


class CreatedMeanwhile(InMemoryPayments):
    """Another client creates the account right before the top-up reads it."""

    async def get_account(self, *, user_id: UUID) -> models.Account | None:
        await self.create_account(id=uuid4(), user_id=user_id, created_at=datetime.now(UTC))
        return await super().get_account(user_id=user_id)


@pytest.mark.anyio
async def test_account_that_is_created_after_the_first_attempt_is_topped_up(user: str) -> None:
    tables = Tables()
    queries: AsyncQuerier = CreatedMeanwhile(tables)
    rules = Rules(payments_service(Payments()), in_memory(tables, queries))
    assert (await top_up(rules, user, 7)).balance_after == 7


class TestPaymentsService(PaymentsServiceCases):
    pass


class TestPaymentDecisions(PaymentDecisionCases):
    pass


class TestCancellations(CancellationCases):
    pass
