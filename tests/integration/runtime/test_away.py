"""At start, a service waits for an unreachable database; later, requests fail at once."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import PoolTimeout
from structlog.testing import capture_logs
from structlog.typing import EventDict

from embedded_stack.testing import Running
from transactional_events.process._requirements import require_tables
from transactional_grpc.database import DatabaseError, open_pool
from transactional_grpc.database import _pool as pools

pytestmark = pytest.mark.anyio
SECONDS_MAX = 30


@pytest.fixture
def allow(postgres: Running, payments_url: str) -> Callable[[bool], None]:
    """Allows or forbids sessions of the database, and ends the existing ones."""
    name = str(conninfo_to_dict(payments_url)["dbname"])

    def set_allowed(allowed: bool) -> None:
        with psycopg.connect(
            postgres.endpoints.superuser_database_url, autocommit=True
        ) as administrator:
            setting = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
            administrator.execute(setting.format(sql.Identifier(name), allowed))
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            administrator.execute(query, (name,))

    return set_allowed


async def test_requests_fail_at_once_while_the_database_is_unreachable(
    payments_url: str, allow: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "POOL_WAIT_SECONDS_MAX", 2 * SECONDS_MAX)
    monkeypatch.setattr(pools, "POOL_SIZE_MAX", 1)

    async def use() -> None:
        async with pool.connection() as connection:
            await connection.execute("SELECT 1")

    async with open_pool(payments_url, "payments") as pool:
        with capture_logs() as logs:
            async with asyncio.timeout(SECONDS_MAX), pool.connection() as lent:
                waiting = [asyncio.create_task(use()) for _ in range(3)]
                await eventually(lambda: pool.get_stats()["requests_waiting"] == len(waiting))
                allow(False)
                with pytest.raises(psycopg.OperationalError):
                    await lent.execute("SELECT 1")
            async with asyncio.timeout(SECONDS_MAX):
                for error in await asyncio.gather(*waiting, return_exceptions=True):
                    assert isinstance(error, PoolTimeout)
                for _ in range(3):
                    with pytest.raises(PoolTimeout, match="no connection can be made"):
                        await use()
        assert [entry["event"] for entry in logs] == ["database not available"]
        allow(True)
        async with asyncio.timeout(SECONDS_MAX):
            while not await works(use):
                pass


async def eventually(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - neither the pool nor the log sets an Event
        await asyncio.sleep(0.01)


async def works(use: Callable[[], Any]) -> bool:
    try:
        await use()
    except psycopg.OperationalError:
        return False
    return True


async def test_the_start_waits_for_an_unreachable_database(
    payments_url: str, allow: Callable[[bool], None]
) -> None:
    allow(False)
    with capture_logs() as logs:
        opening = asyncio.create_task(open_and_use(payments_url))
        async with asyncio.timeout(SECONDS_MAX):
            await eventually(lambda: bool(logs))
            # Long enough for some more attempts.
            await asyncio.wait((opening,), timeout=1)
            allow(True)
            await opening
    assert [reason(entry) for entry in logs] == ["not currently accepting connections"]


def reason(entry: EventDict) -> str:
    known = "not currently accepting connections"
    return known if known in entry["reason"] else str(entry)


async def open_and_use(url: str) -> None:
    async with open_pool(url, "payments") as pool:
        await require_tables(pool)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"password": "hunter2"}, "password authentication failed"),
        ({"user": "unknown"}, "authentication failed"),
        ({"dbname": "none"}, 'database "none" does not exist'),
        ({"options": "-c no_such_setting=1"}, "unrecognized configuration parameter"),
        ({"sslmode": "require"}, "does not support SSL"),
    ],
)
async def test_a_permanent_connection_error_ends_the_start(
    payments_url: str, change: dict[str, str], text: str
) -> None:
    url = psycopg.conninfo.make_conninfo(payments_url, **change)
    async with asyncio.timeout(SECONDS_MAX):
        with pytest.raises(DatabaseError, match=text) as raised:
            await open_and_use(url)
    assert "\n" not in str(raised.value)
    assert "hunter2" not in str(raised.value)


async def test_the_error_of_missing_tables_demands_the_migrations(postgres: Running) -> None:
    with pytest.raises(DatabaseError, match=r'"outbox" does not exist: apply the missing migr'):
        await open_and_use(postgres.endpoints.superuser_database_url)


async def test_the_error_of_a_missing_new_table_demands_the_migrations(payments_url: str) -> None:
    async with await AsyncConnection.connect(payments_url, autocommit=True) as owner:
        await owner.execute("DROP TABLE outbox_low_watermarks")
    with pytest.raises(DatabaseError, match=r'_low_watermarks" does not exist: apply the miss'):
        await open_and_use(payments_url)


async def test_the_error_of_a_role_without_rights_demands_the_grant(
    postgres: Running, payments_url: str
) -> None:
    there = postgres.endpoints.database_url("orders")
    role = {name: str(conninfo_to_dict(there)[name]) for name in ("user", "password")}
    async with await AsyncConnection.connect(payments_url, autocommit=True) as owner:
        await owner.execute(
            sql.SQL("REVOKE ALL ON SCHEMA public FROM {}").format(sql.Identifier(role["user"]))
        )
    with pytest.raises(DatabaseError, match=r"may not write to database .*: let the owner grant"):
        await open_and_use(psycopg.conninfo.make_conninfo(payments_url, **role))
