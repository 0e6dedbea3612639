"""Grants a service's role the privileges on its tables that the topology declares."""

from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from embedded_stack._plan.external import database_url
from embedded_stack._servers.bootstrap import SCRIPTS
from embedded_stack._servers.postgres import postgres_programs
from embedded_stack._supervisor.process import Command
from embedded_stack.errors import StackError
from embedded_stack.topology import Topology


def grant(topology: Topology, service: str, service_url: str, owner_url: str) -> Command | None:
    """Returns the command that replaces the privileges of a service's role in one transaction.

    Tables must have been migrated. None if the service runs as the owner, which needs no privileges.

    Raises:
        StackError: the service's URL names no role.
    """
    role = conninfo_to_dict(service_url).get("user")
    owner = conninfo_to_dict(owner_url)
    if not role:
        raise StackError(f"{database_url(service)} names no role to grant privileges to")
    if role == owner.get("user"):
        return None
    # The password is passed in the environment, because any user can read the arguments of a process.
    password = owner.pop("password", None)
    environment = {"PGPASSWORD": str(password)} if password else {}
    words = [word for file in _files(topology, service) for word in ("-f", file)]
    options = ("-Xq", "-1", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-v", f"service={role}")
    return Command(
        f"grant-{service}",
        (postgres_programs() / "psql", *options, *words, "-d", make_conninfo("", **owner)),
        environment=environment,
        folder=topology.folder,
    )


def _files(topology: Topology, service: str) -> list[str | Path]:
    declared = topology.services[service].grants
    own = (*declared, *topology.grants) if declared else (SCRIPTS / "all_rows.sql",)
    return [SCRIPTS / "privileges.sql", *own]
