"""What PostgreSQL alone does with the transactions of an order, by pgbench, without batches."""

import re
import subprocess
from dataclasses import dataclass

from bench.measuring.go import MODULE
from bench.measuring.results import Results
from bench.shops.measurements import CPU_CONNECTIONS, ORDERS_PER_S
from bench.shops.servers import SQL, Servers
from embedded_stack.testing import postgres_programs

NAME = "pgbench"
CLIENTS = (1, 8, 32)
OUTBOX_BATCH = 50
"""Orders per run of ceiling_publish.sql, which deletes the outbox rows of so many orders."""


@dataclass(frozen=True)
class Ceilings:
    """A database with the peer's tables, on which pgbench runs."""

    url: str
    seconds: float

    @classmethod
    def create(cls, servers: Servers, seconds: float) -> "Ceilings":
        """Creates the database."""
        tables = [MODULE / "sql" / f"{name}.sql" for name in ("orders", "payments", "messaging")]
        url = servers.create_database("ceilings", *tables, SQL / "ceiling_accounts.sql")
        return cls(url, seconds)

    def measure(self, results: Results) -> None:
        """Adds the rates to the rows of the shops."""
        for clients in CLIENTS:
            connections = "1 connection" if clients == 1 else f"{clients} connections"
            rate = self._rate(clients, "ceiling_accept.sql")
            name = f"accepted orders, {connections}"
            results.add(name, NAME, rate, ORDERS_PER_S, higher_is_better=True)
            if clients == CPU_CONNECTIONS:
                scripts = (f"ceiling_saga.sql@{OUTBOX_BATCH}", "ceiling_publish.sql@1")
                rate = self._rate(clients, *scripts)
                name = f"orders to their end, {connections}"
                results.add(name, NAME, rate, ORDERS_PER_S, higher_is_better=True)

    def _rate(self, clients: int, *scripts: str) -> float:
        """Returns the transactions per second of the first script."""
        files = [word for script in scripts for word in ("-f", str(SQL / script))]
        options = (
            "-n",
            "-M",
            "prepared",
            "-j",
            "1",
            "-c",
            str(clients),
            "-T",
            f"{self.seconds:.0f}",
        )
        done = subprocess.run(
            [postgres_programs() / "pgbench", *options, *files, self.url],
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.findall(r"tps = ([0-9.]+)", done.stdout)
        if done.returncode or not found:
            raise RuntimeError(f"pgbench: {done.stderr.strip()[-400:]}")
        # With several scripts the first figure is the sum of all.
        return float(found[0] if len(scripts) == 1 else found[1])
