"""Top-ups when another transaction commits between their statements."""

from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import AsyncConnection
from uuid_utils.compat import uuid7

from embedded_stack.testing import Running
from payments.service import Payments
from shop.payments.db import models
from shop.payments.db.querier import AsyncQuerier
from shop.payments.v1.payment_service_pb2 import TopUpAccountRequest
from transactional_events.outbox import Outbox
from transactional_grpc.database import Database, open_pool

pytestmark = pytest.mark.anyio


class OpenedMeanwhile(AsyncQuerier):
    """Another client opens the account right before the top-up reads it."""

    def __init__(self, connection: AsyncConnection[Any], url: str) -> None:
        super().__init__(connection)
        self._url = url

    async def get_account(self, *, user_id: UUID) -> models.Account | None:
        async with await AsyncConnection.connect(self._url, autocommit=True) as other:
            await other.execute(
                "INSERT INTO accounts VALUES (%s, %s, 0, now(), now())", (uuid7(), user_id)
            )
        return await super().get_account(user_id=user_id)


async def test_account_that_is_opened_after_the_first_attempt_is_topped_up(
    migrated: Running, user: str
) -> None:
    url = migrated.endpoints.database_url("payments")

    def queries(connection: AsyncConnection[Any]) -> AsyncQuerier:
        return OpenedMeanwhile(connection, url)

    async with open_pool(url, "test") as pool, Database(pool, queries, (Outbox({}),)).write() as tx:
        response = await Payments().top_up_account(tx, TopUpAccountRequest(user_id=user, amount=7))
    assert response.transaction.balance_after == 7
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT balance FROM accounts WHERE user_id = %s", (user,))
        assert rows.fetchall() == [(7,)]
