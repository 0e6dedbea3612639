"""The PostgreSQL, the Kafka and the registry that all shops share: those of `./justw up`, on free ports."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from bench.measuring.processes import folder
from embedded_stack.servers import KAFKA, POSTGRES, SERVERS
from embedded_stack.testing import Endpoints, running
from embedded_stack.topology import Topology, load_topology
from toolchain.places import ROOT

TOPOLOGY = ROOT / "topology.toml"
SQL = Path(__file__).with_name("sql")


@dataclass(frozen=True)
class Servers:
    """The running servers."""

    endpoints: Endpoints
    folder: Path
    """For the logs and folders of the shops."""
    pids: dict[str, list[int]]
    """Server → ids of its processes."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables that name the servers and our databases to services."""
        variables = self.endpoints.environment(SERVERS)
        for service in self.endpoints.databases:
            url = self.endpoints.owner_database_url(service)
            variables[f"{service.upper()}_OWNER_DATABASE_URL"] = url
        return variables

    def create_database(self, name: str, *scripts: Path) -> str:
        """Creates a database and runs SQL files in it; returns its URL as the superuser."""
        server = self.endpoints.superuser_database_url
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = make_conninfo(server, dbname=name)
        for script in scripts:
            run_sql(url, script)
        return url


def run_sql(url: str, script: Path, **settings: object) -> None:
    """Runs an SQL file, which reads the settings by `current_setting('bench.NAME')`."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (f"bench.{name}", str(value)))
        for statement in script.read_text().split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())


def topology(settings: tuple[str, ...] = ()) -> Topology:
    """Returns our topology, whose processes also get these variables of the environment."""
    declared = load_topology(TOPOLOGY)
    return declared.model_copy(update={"settings": (*declared.settings, *settings)})


@contextmanager
def servers() -> Iterator[Servers]:
    """Starts the servers, with our databases, for the length of the block."""
    # Not below the repository: root's PostgreSQL runs as another user, which may not enter that.
    with folder(Path(tempfile.gettempdir()) / f"bench-{uuid4().hex[:12]}") as path:
        path.chmod(0o755)
        with running(topology(), *SERVERS, folder=path / "servers") as stack:
            stack.migrate()
            pids = {name: [stack.pid(name)] for name in (POSTGRES, KAFKA)}
            yield Servers(stack.endpoints, path, pids)
