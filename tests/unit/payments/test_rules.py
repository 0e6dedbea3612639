"""The rules of payments, in memory."""

import pytest

from shop.payments.db.querier import AsyncQuerier
from tests.rules import Rules
from tests.unit.payments.cases import PaymentDecisionCases, PaymentsServiceCases
from tests.unit.payments.in_memory import payments_in_memory


@pytest.fixture
def rules() -> Rules[AsyncQuerier]:
    return payments_in_memory()


class TestPaymentsService(PaymentsServiceCases):
    pass


class TestPaymentDecisions(PaymentDecisionCases):
    pass
