"""Makes both shops' databases as large as after many orders."""

import psycopg
from psycopg.conninfo import make_conninfo

from bench.measuring.go import MODULE
from bench.shops.go_peer import Databases
from bench.shops.servers import SQL, Servers, run_sql

LEVELS = (10_000, 100_000, 1_000_000)


def grow(servers: Servers, databases: Databases, level: int) -> None:
    """Adds orders that have ended, with their payments and events, until each shop has stored so many."""
    server = servers.endpoints.superuser_database_url
    ours = {name: make_conninfo(server, dbname=name) for name in ("orders", "payments")}
    peers = {"orders": databases.orders, "payments": databases.payments}
    for urls, scripts, prefix in ((ours, SQL, "fill_our"), (peers, MODULE / "sql", "fill")):
        missing = max(0, level - _stored(urls["orders"]))
        for name, url in urls.items():
            run_sql(url, scripts / f"{prefix}_{name}.sql", rows=missing)


def _stored(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM orders").fetchone()
    assert row
    return int(row[0])
