"""On a cluster that was created with LANG=C, the bootstrap script creates UTF-8 databases; others are rejected."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from embedded_stack._servers.bootstrap import SCRIPTS
from embedded_stack._servers.postgres import UNPRIVILEGED, postgres_programs
from embedded_stack.testing import free_ports
from transactional_grpc.database import DatabaseError, open_pool

USER = UNPRIVILEGED if os.geteuid() == 0 else None
PASSWORDS = {"OWNER_PASSWORD": "owner", "SERVICE_PASSWORD": "service"}
PLACE = {"PGHOST": "127.0.0.1", "PGUSER": "postgres", "PGDATABASE": "postgres"}
DRAFT = "Æsop, 東京 🜚"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The port of a server whose template databases are in SQL_ASCII."""
    folder = Path(tempfile.mkdtemp(prefix="ascii-"))
    if USER:
        shutil.chown(folder, USER)
    [port] = free_ports(1)

    def run(program: str, *words: str) -> None:
        command: list[str | Path] = [postgres_programs() / program, "-D", folder / "data", *words]
        subprocess.run(
            command, user=USER, env={"LANG": "C"}, cwd="/", stdout=subprocess.DEVNULL, check=True
        )

    try:
        run("initdb", "--auth=trust", "--no-sync", "-U", PLACE["PGUSER"])
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        )
        run("pg_ctl", "start", "-w", "-s", "-l", str(folder / "log"), "-o", options)
        try:
            yield str(port)
        finally:
            run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def bootstrap(port: str, database: str) -> "subprocess.CompletedProcess[str]":
    """Runs the command of the README."""
    names = {"database": database, "owner": "orders_owner", "service": "orders_service"}
    words = [word for name, value in names.items() for word in ("-v", f"{name}={value}")]
    return subprocess.run(
        [postgres_programs() / "psql", "-Xq", *words, "-f", SCRIPTS / "service.sql"],
        env={**PLACE, **PASSWORDS, "PGPORT": port},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.anyio
async def test_the_bootstrap_script_creates_utf_8_databases(server: str) -> None:
    for _ in range(2):
        done = bootstrap(server, "orders")
        assert (done.returncode, done.stderr) == (0, "")
    url = f"postgresql://orders_service:service@127.0.0.1:{server}/orders"
    async with open_pool(url, "orders") as pool, pool.connection() as connection:
        rows = await connection.execute("SELECT %s, upper('æ')", (DRAFT,))
        assert await rows.fetchone() == (DRAFT, "Æ")


@pytest.mark.anyio
async def test_a_database_in_another_encoding_is_rejected(server: str) -> None:
    url = f"postgresql://postgres@127.0.0.1:{server}"
    with psycopg.connect(f"{url}/postgres", autocommit=True) as administrator:
        administrator.execute("CREATE DATABASE legacy")
    done = bootstrap(server, "legacy")
    assert done.returncode == 3
    assert "database legacy has the encoding SQL_ASCII, not UTF8" in done.stderr

    with pytest.raises(DatabaseError, match=r"^database legacy has the encoding SQL_ASCII, and"):
        async with open_pool(f"{url}/legacy", "orders"):
            pass
