"""Hears the NOTIFY of other processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from psycopg import AsyncConnection, OperationalError

from shop.messaging.db.outbox import AsyncQuerier

CONNECT_SECONDS_MAX = 5

log = structlog.get_logger()


@asynccontextmanager
async def listen(database_url: str, application: str, woken: asyncio.Event) -> AsyncIterator[None]:
    """Sets the event at each NOTIFY.

    When the connection breaks, polls do until the relay opens its session again.

    Raises:
        OperationalError: the database can't be reached.
    """
    connection = await AsyncConnection.connect(
        database_url,
        autocommit=True,
        application_name=f"{application} listener",
        connect_timeout=CONNECT_SECONDS_MAX,
    )
    async with connection:
        await AsyncQuerier(connection).listen_for_wakes()
        task = asyncio.create_task(_hear(connection, woken))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _hear(connection: AsyncConnection, woken: asyncio.Event) -> None:
    try:
        async for _ in connection.notifies():
            woken.set()
    except OperationalError as error:
        log.warning("no wake-ups from other processes any more", error=str(error))
