"""A database whose transactions may share commits and look-ups."""

from collections.abc import AsyncIterator

import pytest

from shop.orders.db.querier import AsyncQuerier
from tests.integration.runtime.batches.orders import Hook
from transactional_grpc.database import Database, Pool, open_pool


@pytest.fixture
async def pool(orders_url: str) -> AsyncIterator[Pool]:
    async with open_pool(orders_url, "test") as opened:
        yield opened


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def database(pool: Pool, hook: Hook) -> Database[AsyncQuerier]:
    return Database(pool, AsyncQuerier, (hook,))
