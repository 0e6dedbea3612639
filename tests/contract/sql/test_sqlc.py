"""The project's SQL: what is generated from it is current, its types are true, and sqlc's rules hold."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from embedded_stack.servers import POSTGRES
from embedded_stack.testing import Running

ROOT = Path(__file__).parents[3]
SCRIPTS = sysconfig.get_path("scripts")
SECONDS_MAX = 60
ONLY_INDEXES = "&options=-cenable_seqscan%3Doff"


def sqlc(command: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return run("sqlc", command, folder, **environment)


def verify(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return run("sqlc-gen-python", "verify", folder, **environment)


def run(
    program: str, command: str, folder: Path, **environment: str
) -> "subprocess.CompletedProcess[str]":
    path = f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [f"{SCRIPTS}/{program}", command],
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )


@pytest.fixture(scope="session")
def databases(migrated: Running) -> dict[str, str]:
    """The services' migrated databases, for plans that use an index wherever one is usable."""
    urls = migrated.endpoints.environment([POSTGRES])
    return {name: f"{url}{ONLY_INDEXES}" for name, url in urls.items()}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what sqlc reads, to break."""
    shutil.copy(ROOT / "sqlc.yaml", tmp_path)
    for folder in (ROOT / "sql", *ROOT.glob("packages/*/src/*/sql")):
        shutil.copytree(folder, tmp_path / folder.relative_to(ROOT))
    return tmp_path


def test_generated_code_is_current() -> None:
    result = sqlc("diff", ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_rules_hold(databases: dict[str, str]) -> None:
    result = sqlc("vet", ROOT, **databases)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (
            "SELECT id FROM orders WHERE description = @description",
            "FindIt: reads-by-index: reads a table without an index",
        ),
        (
            "SELECT count(*) FROM orders AS a JOIN orders AS b ON a.id = b.id WHERE a.amount = @amount",
            "FindIt: reads-by-index: reads a table without an index",
        ),
        (
            "UPDATE orders SET status = @status WHERE description = @description RETURNING id",
            "FindIt: reads-by-index: reads a table without an index",
        ),
    ],
)
def test_a_query_without_an_index_is_rejected(
    project: Path, databases: dict[str, str], query: str, complaint: str
) -> None:
    (project / "sql/orders/queries/more.sql").write_text(f"-- name: FindIt :many\n{query};\n")
    result = sqlc("vet", project, **databases)
    assert result.returncode == 1
    assert complaint in result.stderr


def test_a_query_of_a_missing_column_is_rejected(project: Path, databases: dict[str, str]) -> None:
    schema = project / "sql/orders/schema/20991231000000_more.sql"
    schema.write_text("-- migrate:up\nALTER TABLE orders ADD COLUMN colour text;\n")
    query = "-- name: FindIt :one\nSELECT colour FROM orders WHERE id = @id;\n"
    (project / "sql/orders/queries/more.sql").write_text(query)
    result = sqlc("vet", project, **databases)
    assert result.returncode == 1
    assert "FindIt: sqlc/db-prepare" in result.stderr


def test_generated_types_are_those_of_postgresql(databases: dict[str, str]) -> None:
    result = verify(ROOT, **databases)
    assert result.returncode == 0, result.stderr
    assert "queries are PostgreSQL's" in result.stdout


@pytest.mark.parametrize(
    ("service", "query", "says"),
    [
        (
            "payments",
            "SELECT sum(amount) FROM transactions WHERE account_id = @id",
            "column sum: PostgreSQL returns numeric (decimal.Decimal), the generated type is int: write the cast (…)::numeric",
        ),
        (
            "orders",
            "SELECT id FROM orders WHERE id = @id AND length(description) > @longer",
            "parameter $2 (longer): PostgreSQL takes integer (int), the generated type is str: write the cast ::integer",
        ),
    ],
)
def test_a_wrong_type_is_rejected(
    project: Path, databases: dict[str, str], service: str, query: str, says: str
) -> None:
    file = project / f"sql/{service}/queries/more.sql"
    file.write_text(f"-- name: FindIt :many\n{query};\n")
    result = verify(project, **databases)
    assert result.returncode == 1
    assert result.stderr.startswith(f"sql/{service}/queries/more.sql: query FindIt: {says}")
    assert result.stderr.count("\n") == 1


def test_a_schema_that_differs_from_the_database_is_rejected(
    project: Path, databases: dict[str, str]
) -> None:
    file = next((project / "sql/payments/schema").glob("*_transactions.sql"))
    text = file.read_text().replace("reference_order_id uuid,", "reference_order_id uuid NOT NULL,")
    file.write_text(text)
    result = verify(project, **databases)
    assert result.returncode == 1
    assert "query ListTransactions: column reference_order_id: the table's column can be NULL" in (
        result.stderr
    )


def test_an_unreachable_database_is_reported_in_one_line(databases: dict[str, str]) -> None:
    away = {**databases, "PAYMENTS_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/payments"}
    result = verify(ROOT, **away)
    assert result.returncode == 1
    assert result.stderr.startswith("sqlc-gen-python: sqlc.yaml: shop.payments.db: connection")
    assert (result.stderr.count("\n"), "secret" in result.stderr) == (1, False)
