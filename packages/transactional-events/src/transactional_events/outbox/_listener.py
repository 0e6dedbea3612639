"""Hears the NOTIFY of other processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from psycopg import AsyncConnection, OperationalError

from transactional_events.db.outbox import AsyncQuerier
from transactional_grpc.database._connections import conninfo


@asynccontextmanager
async def listen(
    database_url: str, application: str, woken: asyncio.Event, lost: asyncio.Event
) -> AsyncIterator[None]:
    """Sets `woken` at each NOTIFY, and `lost` when the connection breaks.

    Raises:
        OperationalError: the database can't be reached.
    """
    connection = await AsyncConnection.connect(
        conninfo(database_url, application, "listener"), autocommit=True
    )
    async with connection:
        await AsyncQuerier(connection).listen_for_wakes()
        task = asyncio.create_task(_hear(connection, woken, lost))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _hear(connection: AsyncConnection, woken: asyncio.Event, lost: asyncio.Event) -> None:
    try:
        async for _ in connection.notifies():
            woken.set()
    except OperationalError:
        lost.set()
        woken.set()
