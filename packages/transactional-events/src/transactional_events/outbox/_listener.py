"""Receives the NOTIFY of other processes (LISTEN/NOTIFY)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from psycopg import AsyncConnection, OperationalError

from transactional_events.db.outbox import AsyncQuerier
from transactional_grpc.database import conninfo


@asynccontextmanager
async def listen(
    database_url: str, application: str, notified: Callable[[], None], lost: asyncio.Event
) -> AsyncIterator[None]:
    """Calls `notified` at each NOTIFY within the block. When the connection breaks, sets `lost` and calls it once more.

    Raises:
        OperationalError: the database can't be reached.
    """
    connection = await AsyncConnection.connect(
        conninfo(database_url, application, "listener"), autocommit=True
    )
    async with connection:
        await AsyncQuerier(connection).listen_for_wakes()
        task = asyncio.create_task(_receive(connection, notified, lost))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _receive(
    connection: AsyncConnection, notified: Callable[[], None], lost: asyncio.Event
) -> None:
    try:
        async for _ in connection.notifies():
            notified()
    except OperationalError:
        lost.set()
        notified()
