"""The role of a service can do nothing in PostgreSQL that the service doesn't need."""

from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from embedded_stack.testing import Running

DDL = (
    "CREATE TABLE anything ()",
    "CREATE TEMP TABLE anything ()",
    "CREATE SCHEMA anything",
    "CREATE FUNCTION anything() RETURNS integer LANGUAGE sql RETURN 1",
    "ALTER TABLE inbox ADD COLUMN anything text",
    "CREATE INDEX ON inbox (topic)",
    "DROP TABLE inbox",
    "TRUNCATE inbox",
    "ALTER TABLE inbox OWNER TO CURRENT_USER",
    "CREATE TRIGGER anything AFTER DELETE ON outbox EXECUTE FUNCTION suppress_redundant_updates_trigger()",
)
FOREIGN = (
    "SELECT * FROM migrations.applied",
    "UPDATE migrations.applied SET version = '0'",
    "SET ROLE postgres",
    "COPY inbox TO PROGRAM 'cat'",
    "SELECT pg_read_file('PG_VERSION')",
)
MONEY = {
    "orders": (
        "DELETE FROM orders",
        "UPDATE orders SET amount = 1",
        "UPDATE orders SET user_id = id",
        "TRUNCATE orders",
    ),
    "payments": (
        "DELETE FROM transactions",
        "UPDATE transactions SET amount = 1",
        "TRUNCATE transactions, accounts",
        "DELETE FROM accounts",
        "UPDATE accounts SET user_id = id",
        "DELETE FROM payment_decisions",
        "UPDATE payment_decisions SET outcome = 'PAID'",
        "ALTER TABLE accounts DROP CONSTRAINT accounts_balance_in_range",
        "DROP INDEX transactions_one_debit_per_order",
    ),
}
REJECTED = [
    (service, statement)
    for service, statements in MONEY.items()
    for statement in (*DDL, *FOREIGN, *statements)
]


@pytest.mark.parametrize(("service", "statement"), REJECTED)
def test_a_service_can_not(migrated: Running, service: str, statement: str) -> None:
    with (
        psycopg.connect(migrated.endpoints.database_url(service)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.parametrize(
    ("service", "other"),
    [
        (service, other)
        for service in MONEY
        for other in (*MONEY, "registry", "postgres", "template1")
        if other != service
    ],
)
def test_a_service_can_connect_to_no_other_database(
    migrated: Running, service: str, other: str
) -> None:
    there = urlsplit(migrated.endpoints.database_url(service))._replace(path=f"/{other}")
    with pytest.raises(psycopg.OperationalError, match=f'permission denied for database "{other}"'):
        psycopg.connect(urlunsplit(there))


@pytest.mark.parametrize("service", MONEY)
def test_a_service_can_not_become_its_owner(migrated: Running, service: str) -> None:
    with (
        psycopg.connect(migrated.endpoints.database_url(service)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"SET ROLE {service}_owner")


def test_privileges_that_are_no_longer_declared_are_revoked(migrated: Running) -> None:
    owner, service = (
        migrated.endpoints.owner_database_url("orders"),
        migrated.endpoints.database_url("orders"),
    )
    with psycopg.connect(owner) as connection:
        connection.execute("GRANT DELETE ON orders TO orders_service")
        connection.execute(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO orders_service"
        )

    migrated.migrate()

    with psycopg.connect(owner) as connection:
        connection.execute("CREATE TABLE later ()")
    try:
        for statement in ("DELETE FROM orders", "SELECT * FROM later"):
            with (
                psycopg.connect(service) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(statement)
    finally:
        with psycopg.connect(owner) as connection:
            connection.execute("DROP TABLE later")
