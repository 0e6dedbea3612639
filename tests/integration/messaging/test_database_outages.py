"""Database outages: events are delayed, and the pool reconnects. Outages are ended sessions, a read-only server and
rejected connections."""

import asyncio
from functools import partial

import pytest
from psycopg import AsyncConnection, Error, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import TooManyRequests
from structlog.testing import capture_logs

from embedded_stack.testing import Running
from shop.orders.events.v1.order_event_pb2 import OrderCreated
from tests.integration.messaging.harness import (
    Db,
    Publishing,
    Recorder,
    consuming,
    empty,
    eventually,
    order_created,
    running,
)
from tests.integration.messaging.kafka_topic import records
from transactional_grpc.database import Pool, Transaction, open_pool
from transactional_grpc.database import _pool as pools

pytestmark = pytest.mark.anyio


async def test_terminated_database_sessions_are_replaced(publishing: Publishing) -> None:
    recorder = Recorder()
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    async with running(publishing.relay.run, consumer):
        for amount in range(1, 4):
            await break_connections(publishing)
            await eventually(partial(published, publishing, amount))
        await recorder.wait_for(3)
        await eventually(lambda: empty(publishing))
    letters = await records(publishing.kafka, publishing.stream.dead_letter_topic)
    assert sorted(event.amount for run in recorder.runs for event in run) == [1, 2, 3]
    assert letters == []


async def break_connections(publishing: Publishing) -> None:
    async with publishing.pool.connection() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def published(publishing: Publishing, amount: int) -> bool:
    try:
        await publishing.publish(order_created(amount=amount))
    except Exception:  # noqa: BLE001 - the test itself breaks connections
        return False
    return True


async def test_read_only_database_delays_events(
    publishing: Publishing,
) -> None:
    await publishing.publish(order_created())
    await set_read_only(publishing, "on")
    stop, ready = asyncio.Event(), asyncio.Event()
    relay = asyncio.create_task(publishing.relay.run(stop, ready.set))
    await eventually(lambda: has_relay(publishing))
    assert not ready.is_set()
    await set_read_only(publishing, "off")
    await eventually(lambda: empty(publishing))
    stop.set()
    await relay
    assert len(await records(publishing.kafka, publishing.stream.topic)) == 1


async def set_read_only(publishing: Publishing, value: str) -> None:
    """Sets whether new sessions are read-only, as they are on a standby."""
    async with publishing.pool.connection() as connection:
        database = sql.Identifier(connection.info.dbname)
        setting = sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}")
        await connection.execute(setting.format(database, sql.Identifier(value)))


async def has_relay(publishing: Publishing) -> bool:
    async with publishing.pool.connection() as connection:
        sessions = await connection.execute(
            "SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'test relay'"
        )
        return sessions.rowcount == 1


async def test_pool_with_a_full_queue_recovers_after_reconnecting_failed(
    database_url: str, infrastructure: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = {
        "POOL_SIZE_MAX": 1,
        "POOL_QUEUE_MAX": 2,
        "POOL_WAIT_SECONDS_MAX": 0.2,
        "RECONNECT_SECONDS_MAX": 1.5,
    }
    for name, bound in bounds.items():
        monkeypatch.setattr(pools, name, bound)
    server = infrastructure.endpoints.superuser_database_url
    async with open_pool(database_url, "test") as pool:
        await allow_connections(server, database_url, allowed=False)
        # The first use finds the connection broken; later uses fill the waiting queue.
        await eventually(partial(fails_with, pool, TooManyRequests))
        # The pool tries to connect at once, after 1 s and after another 0.5 s, and then gives up.
        await eventually(partial(has_failed_to_connect, pool, 3))
        await allow_connections(server, database_url, allowed=True)
        await eventually(partial(fails_with, pool, None))


async def allow_connections(server: str, database_url: str, *, allowed: bool) -> None:
    """Sets whether a database accepts connections, and ends its sessions."""
    name = conninfo_to_dict(database_url)["dbname"]
    setting = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
    async with await AsyncConnection.connect(server, autocommit=True) as administrator:
        await administrator.execute(setting.format(sql.Identifier(str(name)), allowed))
        await administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )


async def fails_with(pool: Pool, error: type[Error] | None) -> bool:
    """Returns whether a use of the pool raises exactly this error (None: no error)."""
    try:
        async with pool.connection() as connection:
            await connection.execute("SELECT 1")
    except Error as raised:
        return type(raised) is error
    return error is None


async def has_failed_to_connect(pool: Pool, times: int) -> bool:
    return pool.get_stats().get("connections_errors", 0) >= times


async def test_handler_is_retried_after_a_serialization_failure(
    publishing: Publishing,
) -> None:
    async with publishing.pool.connection() as connection:
        name = sql.Identifier(connection.info.dbname)
        await connection.execute("CREATE TABLE counter AS SELECT 0 AS count")
        setting = "ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'"
        await connection.execute(sql.SQL(setting).format(name))
    await publishing.pool.drain()
    attempts = 0

    async def handle(tx: Transaction[Db], event: OrderCreated) -> None:
        nonlocal attempts
        attempts += 1
        await tx.connection.execute("SELECT count FROM counter")  # takes the transaction's snapshot
        if attempts < 4:
            async with publishing.pool.connection() as other:
                await other.execute("UPDATE counter SET count = count + 1")
        await tx.connection.execute("UPDATE counter SET count = count + 1")

    recorder = Recorder(handle)
    consumer = await consuming(publishing, recorder.subscription(publishing.stream))
    with capture_logs() as logs:
        async with running(publishing.relay.run, consumer):
            await publishing.publish(order_created())
            await eventually(partial(has_counted, publishing, 4))
    assert attempts == 4
    assert [line for line in logs if line["log_level"] != "info"] == []


async def has_counted(publishing: Publishing, count: int) -> bool:
    async with publishing.pool.connection() as connection:
        row = await (await connection.execute("SELECT count FROM counter")).fetchone()
        return row == (count,)
