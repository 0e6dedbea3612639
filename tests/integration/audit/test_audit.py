"""The audit finds nothing in consistent databases, also with orders in progress, and finds every kind of damage."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from audit import invariants
from audit.findings import Findings
from audit.money import audit
from audit.orders import CANCELLATIONS, UNDECIDED
from audit.snapshots import Databases, open_snapshots
from embedded_stack.testing import Running

pytestmark = pytest.mark.anyio
SQL = Path(__file__).parents[3] / "sql"
Connection = psycopg.Connection[Any]
USER, OTHER_USER, POOR = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
FINISHED, CANCELED, NEW, DECIDED = (f"10000000-0000-4000-8000-00000000000{n}" for n in range(1, 5))
ACCOUNT = "20000000-0000-4000-8000-000000000001"
CREDIT, DEBIT, OTHER = (f"30000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))

# A user who cancels orders: after their debit, before it, and after their payment failed; then two
# cancellations that payments hasn't read, the first of an order that is debited.
CANCELER = "00000000-0000-4000-8000-000000000004"
REFUNDED, EARLY, FAILED, DEBITED, UNREAD = (
    f"10000000-0000-4000-8000-00000000001{n}" for n in range(5)
)
CANCELERS_ACCOUNT = "20000000-0000-4000-8000-000000000004"
TOP_UP, GIVEN_BACK, REFUND, STILL_TO_REFUND = (
    f"30000000-0000-4000-8000-00000000001{n}" for n in range(4)
)

CONSISTENT_ORDERS = f"""
TRUNCATE orders;
INSERT INTO orders VALUES
    ('{FINISHED}', '{USER}', 100, '', 'FINISHED', '', now(), now()),
    ('{CANCELED}', '{POOR}', 100, '', 'CANCELED', 'ACCOUNT_NOT_FOUND', now(), now()),
    ('{NEW}', '{USER}', 100, '', 'NEW', '', now(), now()),
    ('{DECIDED}', '{POOR}', 100, '', 'NEW', '', now(), now());
INSERT INTO orders SELECT id::uuid, '{CANCELER}', 20, '', 'CANCELED', 'CANCELED_BY_USER', now(), now()
FROM unnest(ARRAY['{REFUNDED}', '{EARLY}', '{FAILED}', '{DEBITED}', '{UNREAD}']) AS id;
"""
CONSISTENT_PAYMENTS = f"""
TRUNCATE accounts, transactions, payment_decisions;
INSERT INTO accounts VALUES
    ('{ACCOUNT}', '{USER}', 900, now(), now()), (gen_random_uuid(), '{OTHER_USER}', 0, now(), now());
INSERT INTO transactions VALUES
    ('{CREDIT}', '{ACCOUNT}', 1000, 'CREDIT', NULL, 1000, now() - interval '1 minute'),
    ('{DEBIT}', '{ACCOUNT}', 100, 'DEBIT', '{FINISHED}', 900, now());
INSERT INTO payment_decisions VALUES
    ('{FINISHED}', '{USER}', 100, 'PAID', '{DEBIT}', now()),
    ('{CANCELED}', '{POOR}', 100, 'ACCOUNT_NOT_FOUND', NULL, now()),
    ('{DECIDED}', '{POOR}', 100, 'ACCOUNT_NOT_FOUND', NULL, now());
INSERT INTO accounts VALUES ('{CANCELERS_ACCOUNT}', '{CANCELER}', 30, now(), now());
INSERT INTO transactions VALUES
    ('{TOP_UP}', '{CANCELERS_ACCOUNT}', 50, 'CREDIT', NULL, 50, now() - interval '4 minutes'),
    ('{GIVEN_BACK}', '{CANCELERS_ACCOUNT}', 20, 'DEBIT', '{REFUNDED}', 30, now() - interval '3 minutes'),
    ('{REFUND}', '{CANCELERS_ACCOUNT}', 20, 'REFUND', '{REFUNDED}', 50, now() - interval '2 minutes'),
    ('{STILL_TO_REFUND}', '{CANCELERS_ACCOUNT}', 20, 'DEBIT', '{DEBITED}', 30, now() - interval '1 minute');
INSERT INTO payment_decisions VALUES
    ('{REFUNDED}', '{CANCELER}', 20, 'PAID', '{GIVEN_BACK}', now(), '{REFUND}'),
    ('{EARLY}', '{CANCELER}', 20, 'CANCELED_BY_USER', NULL, now(), NULL),
    ('{FAILED}', '{CANCELER}', 20, 'INSUFFICIENT_FUNDS', NULL, now(), NULL),
    ('{DEBITED}', '{CANCELER}', 20, 'PAID', '{STILL_TO_REFUND}', now(), NULL);
"""
# Removes the constraints: a restore or a manual change can leave rows that violate them.
UNCONSTRAINED = """
DROP INDEX transactions_one_debit_per_order;
DROP INDEX transactions_one_refund_per_order;
ALTER TABLE accounts DROP CONSTRAINT accounts_balance_in_range;
ALTER TABLE transactions DROP CONSTRAINT transactions_balance_not_negative;
ALTER TABLE payment_decisions DROP CONSTRAINT payment_decisions_transaction_iff_paid;
"""


@pytest.fixture(scope="module")
def urls(postgres: Running) -> Iterator[dict[str, str]]:
    """Databases for these tests, without the constraints on money."""
    superuser = postgres.endpoints.superuser_database_url
    created = {
        name: make_conninfo(superuser, dbname=f"audit_{name}") for name in ("orders", "payments")
    }
    for name, url in created.items():
        with psycopg.connect(superuser, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE audit_{name}".encode())
        with psycopg.connect(url) as connection:
            for migration in sorted((SQL / name / "schema").glob("*.sql")):
                connection.execute(migration.read_text().split("-- migrate:down")[0].encode())
            if name == "payments":
                connection.execute(UNCONSTRAINED)
    yield created
    with psycopg.connect(superuser, autocommit=True) as connection:
        for name in created:
            connection.execute(f"DROP DATABASE audit_{name}".encode())


@pytest.fixture
def books(urls: dict[str, str]) -> dict[str, str]:
    """Consistent databases: orders that are paid, failed and new, one whose failure is still to arrive, and canceled ones."""
    run(urls["orders"], CONSISTENT_ORDERS)
    run(urls["payments"], CONSISTENT_PAYMENTS)
    return urls


def run(url: str, statements: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statements.encode())


async def findings(books: dict[str, str], settled_after: float = 3600) -> Findings:
    databases = Databases(
        orders_database_url=SecretStr(books["orders"]),
        payments_database_url=SecretStr(books["payments"]),
    )
    async with open_snapshots(databases) as snapshots:
        return await audit(snapshots, timedelta(seconds=settled_after), lambda: None)


async def test_consistent_databases_with_orders_in_progress_violate_nothing(
    books: dict[str, str],
) -> None:
    found = await findings(books)
    assert found.broken == {}
    assert found.checked == {
        "accounts": 3,
        "orders": 9,
        "orders in progress": 2,
        CANCELLATIONS: 2,
    }


DAMAGE = {
    "a canceled order is paid": (
        "payments",
        (
            f"UPDATE accounts SET balance = 800 WHERE id = '{ACCOUNT}';"
            f"INSERT INTO transactions VALUES"
            f" ('{OTHER}', '{ACCOUNT}', 100, 'DEBIT', '{CANCELED}', 800, now() + interval '1 second')"
        ),
        {invariants.FINISHED_IS_PAID, invariants.PAYMENT_HAS_ORDER, invariants.DECISION_HAS_DEBIT},
    ),
    "an order is debited twice": (
        "payments",
        (
            f"UPDATE accounts SET balance = 800 WHERE id = '{ACCOUNT}';"
            f"INSERT INTO transactions VALUES"
            f" ('{OTHER}', '{ACCOUNT}', 100, 'DEBIT', '{FINISHED}', 800, now() + interval '1 second')"
        ),
        {invariants.FINISHED_IS_PAID, invariants.DECISION_HAS_DEBIT},
    ),
    "a debit is missing": (
        "payments",
        f"DELETE FROM transactions WHERE id = '{DEBIT}'",
        {
            invariants.FINISHED_IS_PAID,
            invariants.DECISION_HAS_DEBIT,
            invariants.BALANCE_IS_SUM,
            invariants.BALANCE_IS_NEWEST,
        },
    ),
    "a debit has another amount": (
        "payments",
        f"UPDATE transactions SET amount = 99 WHERE id = '{DEBIT}'",
        {invariants.PAYMENT_HAS_ORDER, invariants.BALANCE_IS_SUM, invariants.LOG_IS_CHAIN},
    ),
    "a balance is wrong": (
        "payments",
        f"UPDATE accounts SET balance = 901 WHERE id = '{ACCOUNT}'",
        {invariants.BALANCE_IS_SUM, invariants.BALANCE_IS_NEWEST},
    ),
    "a balance_after is wrong": (
        "payments",
        f"UPDATE transactions SET balance_after = 1001 WHERE id = '{CREDIT}'",
        {invariants.LOG_IS_CHAIN},
    ),
    "a balance is negative": (
        "payments",
        (
            f"UPDATE accounts SET balance = -100 WHERE id = '{ACCOUNT}';"
            f"UPDATE transactions SET amount = 1 WHERE id = '{CREDIT}';"
            f"UPDATE transactions SET balance_after = balance_after - 999 WHERE account_id = '{ACCOUNT}';"
            f"UPDATE accounts SET balance = -99 WHERE id = '{ACCOUNT}'"
        ),
        {invariants.BALANCE_IN_RANGE},
    ),
    "a decision has another outcome": (
        "payments",
        f"UPDATE payment_decisions SET outcome = 'INSUFFICIENT_FUNDS' WHERE order_id = '{CANCELED}'",
        {invariants.DECISION_IS_STATUS},
    ),
    "a decision has another user": (
        "payments",
        (
            f"UPDATE payment_decisions SET user_id = '{OTHER_USER}' WHERE order_id = '{NEW}';"
            f"UPDATE payment_decisions SET user_id = '{OTHER_USER}' WHERE order_id = '{DECIDED}'"
        ),
        {invariants.PAYMENT_HAS_ORDER},
    ),
    "an order is missing": (
        "orders",
        f"DELETE FROM orders WHERE id = '{FINISHED}'",
        {invariants.PAYMENT_HAS_ORDER},
    ),
    "a paid order is canceled": (
        "orders",
        (
            "UPDATE orders SET status = 'CANCELED', cancel_reason = 'INSUFFICIENT_FUNDS'"
            f" WHERE id = '{FINISHED}'"
        ),
        {invariants.FINISHED_IS_PAID, invariants.DECISION_IS_STATUS},
    ),
    "a refund is missing": (
        "orders",
        f"UPDATE orders SET updated_at = now() - interval '2 hours' WHERE id = '{DEBITED}'",
        {invariants.CANCELLATION_IS_DONE},
    ),
    "a cancellation doesn't arrive": (
        "orders",
        f"UPDATE orders SET updated_at = now() - interval '2 hours' WHERE id = '{UNREAD}'",
        {invariants.CANCELLATION_IS_DONE},
    ),
    "an order is refunded twice": (
        "payments",
        (
            f"UPDATE accounts SET balance = 50 WHERE id = '{CANCELERS_ACCOUNT}';"
            f"INSERT INTO transactions VALUES"
            f" ('{OTHER}', '{CANCELERS_ACCOUNT}', 20, 'REFUND', '{REFUNDED}', 50, now())"
        ),
        {invariants.DECISION_HAS_REFUND},
    ),
    "a finished order is refunded": (
        "payments",
        (
            f"UPDATE accounts SET balance = 1000 WHERE id = '{ACCOUNT}';"
            f"INSERT INTO transactions VALUES"
            f" ('{OTHER}', '{ACCOUNT}', 100, 'REFUND', '{FINISHED}', 1000, now() + interval '1 second');"
            f"UPDATE payment_decisions SET refund_id = '{OTHER}' WHERE order_id = '{FINISHED}'"
        ),
        {invariants.REFUND_IS_CANCELED},
    ),
    "a refund has another amount": (
        "payments",
        f"UPDATE transactions SET amount = 19 WHERE id = '{REFUND}'",
        {invariants.PAYMENT_HAS_ORDER, invariants.BALANCE_IS_SUM, invariants.LOG_IS_CHAIN},
    ),
    "a refund belongs to another order": (
        "payments",
        f"UPDATE transactions SET reference_order_id = '{DEBITED}' WHERE id = '{REFUND}'",
        {invariants.DECISION_HAS_REFUND},
    ),
    "a new order is decided as canceled": (
        "payments",
        f"INSERT INTO payment_decisions VALUES ('{NEW}', '{USER}', 100, 'CANCELED_BY_USER', NULL, now())",
        {invariants.REFUND_IS_CANCELED},
    ),
    "a failed order is decided as canceled": (
        "payments",
        f"UPDATE payment_decisions SET outcome = 'CANCELED_BY_USER' WHERE order_id = '{CANCELED}'",
        {invariants.DECISION_IS_STATUS, invariants.REFUND_IS_CANCELED},
    ),
    "an order stays NEW": (
        "orders",
        f"UPDATE orders SET created_at = now() - interval '2 hours' WHERE id = '{NEW}'",
        {invariants.ORDER_ENDS},
    ),
    "an outcome doesn't arrive": (
        "payments",
        (
            "UPDATE payment_decisions SET decided_at = now() - interval '2 hours'"
            f" WHERE order_id = '{DECIDED}'"
        ),
        {invariants.ORDER_ENDS},
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
async def test_damage_violates_its_invariants(books: dict[str, str], kind: str) -> None:
    database, damage, expected = DAMAGE[kind]
    run(books[database], damage)
    found = await findings(books)
    assert found.broken.keys() == expected
    assert all(
        ("order " in line) or ("account " in line)
        for lines in found.shown.values()
        for line in lines
    )


async def test_pages_of_any_size_give_the_same_findings(
    books: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.sagas.PAGE_SIZE", 1)
    monkeypatch.setattr("audit.money.PAGE_SIZE", 1)
    monkeypatch.setattr("audit.money.ACCOUNTS_PAGE_SIZE", 1)
    assert (await findings(books)).broken == {}
    run(books["payments"], DAMAGE["an order is debited twice"][1])
    assert (await findings(books)).broken == {
        invariants.FINISHED_IS_PAID: 1,
        invariants.DECISION_HAS_DEBIT: 1,
    }


async def test_orders_that_earlier_versions_canceled_need_no_decision(
    books: dict[str, str],
) -> None:
    run(books["payments"], f"DELETE FROM payment_decisions WHERE order_id = '{CANCELED}'")
    found = await findings(books)
    assert found.broken == {}
    assert found.checked[UNDECIDED] == 1


def test_exit_status_shows_the_result(books: dict[str, str]) -> None:
    consistent = command(books)
    run(books["payments"], f"UPDATE accounts SET balance = 901 WHERE id = '{ACCOUNT}'")
    damaged = command(books)
    away = command({**books, "payments": "postgresql://me:secret@127.0.0.1:1/payments"})
    unset = command({**books, "payments": ""})
    assert (consistent.returncode, consistent.stdout.splitlines()[-1]) == (
        0,
        "all invariants hold",
    )
    assert damaged.returncode == 1
    assert f"  account {ACCOUNT} of user {USER}: balance 901, sum 900\n" in damaged.stdout
    assert damaged.stdout.splitlines()[-1].startswith("invariants of the money are violated: ")
    assert (away.returncode, away.stdout, away.stderr.count("\n")) == (2, "", 1)
    assert "secret" not in away.stderr
    assert (unset.returncode, unset.stderr) == (2, "audit: PAYMENTS_DATABASE_URL: Field required\n")


def command(books: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "audit"],
        env={
            **os.environ,
            "COLUMNS": "60",  # a narrow terminal must not cut the ids
            "ORDERS_DATABASE_URL": books["orders"],
            "PAYMENTS_DATABASE_URL": books["payments"],
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
