"""The pool lends the connection that was used last, whose server process has its memory in the processor's cache."""

import asyncio

import pytest

from transactional_grpc.database import open_pool

pytestmark = pytest.mark.anyio


async def test_the_connection_that_was_returned_last_is_lent_first(payments_url: str) -> None:
    async with open_pool(payments_url, "payments") as pool:
        async with asyncio.timeout(30):
            first, second = [await pool.getconn() for _ in range(2)]
        await pool.putconn(first)
        await pool.putconn(second)
        for _ in range(3):
            async with pool.connection() as lent:
                assert lent is second
