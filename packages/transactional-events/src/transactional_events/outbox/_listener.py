"""Receives the NOTIFY of other processes (LISTEN/NOTIFY)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from psycopg import AsyncConnection, OperationalError

from transactional_events.db.outbox import AsyncQuerier
from transactional_grpc.database import conninfo


@asynccontextmanager
async def listen(
    database_url: str, application: str, notified: asyncio.Event, lost: asyncio.Event
) -> AsyncIterator[None]:
    """Sets `notified` at each NOTIFY, and both events when the connection breaks.

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
    connection: AsyncConnection, notified: asyncio.Event, lost: asyncio.Event
) -> None:
    try:
        async for _ in connection.notifies():
            notified.set()
    except OperationalError:
        lost.set()
        notified.set()
