"""The settings of a session, from the URL, the database's defaults and the service."""

import psycopg
import pytest
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict

from transactional_events.relay._ownership import PartitionOwnership
from transactional_grpc.database import open_pool

pytestmark = pytest.mark.anyio
GIVEN = {"lock_timeout": "7s", "transaction_timeout": "1min", "statement_timeout": "9s"}
DEFAULTS = {
    "client_encoding": "LATIN1",
    "datestyle": "German",
    "idle_session_timeout": "1s",
    "default_transaction_isolation": "serializable",
}


@pytest.fixture
def url(payments_url: str) -> str:
    """A URL with options, of a database whose defaults don't suit a service."""
    name = sql.Identifier(str(conninfo_to_dict(payments_url)["dbname"]))
    with psycopg.connect(payments_url, autocommit=True) as connection:
        for setting, value in DEFAULTS.items():
            statement = sql.SQL("ALTER DATABASE {} SET {} = {}")
            connection.execute(statement.format(name, sql.Identifier(setting), value))
    options = "%20".join(f"-c%20{setting}%3D{value}" for setting, value in GIVEN.items())
    return f"{payments_url}&application_name=shop&options={options}"


async def settings(connection: AsyncConnection, *names: str) -> dict[str, str]:
    return {
        name: str((await (await connection.execute(f"SHOW {name}")).fetchone() or ("",))[0])
        for name in names
    }


async def test_the_pool_keeps_the_settings_of_the_url(url: str) -> None:
    async with open_pool(url, "payments") as pool, pool.connection() as connection:
        found = await settings(
            connection, "application_name", "client_encoding", "idle_session_timeout", *GIVEN
        )
        style = connection.info.parameter_status("DateStyle")
    assert found == GIVEN | {
        "application_name": "shop",
        "client_encoding": "UTF8",
        "idle_session_timeout": "0",
    }
    assert str(style).startswith("ISO,")


async def test_a_relay_keeps_its_lease_with_any_settings_in_the_url(url: str) -> None:
    async with PartitionOwnership.open(url, 1, "payments") as ownership:
        found = await settings(
            ownership._connection,
            *("application_name", "lock_timeout", "statement_timeout", "transaction_timeout"),
            *("idle_session_timeout", "default_transaction_isolation"),
        )
    assert found == {
        "application_name": "shop relay",
        "lock_timeout": "7s",
        "statement_timeout": "9s",
        "transaction_timeout": "3s",
        "idle_session_timeout": "3s",
        "default_transaction_isolation": "read committed",
    }
