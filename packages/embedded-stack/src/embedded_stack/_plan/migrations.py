"""Applies the migrations of the services' databases with dbmate, and grants the services' privileges."""

import shutil
import sysconfig
from pathlib import Path

from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.grants import grant
from embedded_stack._supervisor.process import Command
from embedded_stack.topology import Topology

TABLE = "migrations.applied"
"""The table of applied migrations; its schema is not `public`, so no service can change it."""


def migrate(topology: Topology, endpoints: Endpoints) -> list[list[Command]]:
    """Returns, for each database, the commands that apply missing migrations and then grant privileges.

    Running them twice, even at the same time, is safe. An external database without its owner's URL has none.
    """
    urls = {name: endpoints.owner_database_url(name) for name in topology.databases}
    return [_database(topology, endpoints, name, url) for name, url in urls.items() if url]


def _database(
    topology: Topology, endpoints: Endpoints, service: str, owner_url: str
) -> list[Command]:
    privileges = grant(topology, service, endpoints.database_url(service), owner_url)
    migration = migrate_database(topology, service, owner_url)
    return [migration, privileges] if privileges else [migration]


def migrate_database(topology: Topology, service: str, owner_url: str) -> Command:
    """Returns the command that applies the missing migrations of a service's database."""
    scripts = sysconfig.get_path("scripts")
    program = shutil.which("dbmate", path=scripts) or Path(scripts) / "dbmate"
    # Relative, because dbmate splits the option at commas, which an absolute path may contain.
    folders = (*topology.services[service].migrations, *topology.migrations)
    arguments = [word for folder in folders for word in ("--migrations-dir", folder)]
    options = ("--migrations-table", TABLE, "--no-dump-schema", "--migration-lock")
    return Command(
        f"migrate-{service}",
        (program, *arguments, *options, "migrate"),
        environment={"DATABASE_URL": owner_url},
        folder=topology.folder,
    )
