"""Creates database roles and databases with the scripts of the folder `sql`.

The scripts are idempotent, so every start runs them.
"""

from collections.abc import Iterable
from pathlib import Path

from embedded_stack._servers.passwords import owner_role, service_role
from embedded_stack._servers.postgres import SUPERUSER, Postgres, postgres_programs
from embedded_stack._supervisor.process import Command
from embedded_stack.listeners import HOST
from embedded_stack.servers import REGISTRY

SCRIPTS = Path(__file__).parents[1] / "sql"


def bootstrap(server: Postgres, databases: Iterable[str]) -> list[Command]:
    """Returns the commands that make the databases of services and of the registry with their roles, and close the others."""
    registry = {"database": REGISTRY, "owner": REGISTRY}
    passwords = {"OWNER_PASSWORD": server.passwords[REGISTRY]}
    return [
        *(_service(server, name) for name in databases),
        _psql(server, "registry.sql", registry, passwords),
        _psql(server, "cluster.sql", {"database": SUPERUSER}, {}),
    ]


def _service(server: Postgres, name: str) -> Command:
    owner, service = owner_role(name), service_role(name)
    passwords = {
        "OWNER_PASSWORD": server.passwords[owner],
        "SERVICE_PASSWORD": server.passwords[service],
    }
    variables = {"database": name, "owner": owner, "service": service}
    return _psql(server, "service.sql", variables, passwords)


def _psql(
    server: Postgres, script: str, variables: dict[str, str], passwords: dict[str, str]
) -> Command:
    words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
    # Passwords are passed in the environment, because any user can read the arguments of a process.
    environment = {
        "PGHOST": HOST,
        "PGPORT": str(server.port),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": server.passwords[SUPERUSER],
        "PGDATABASE": SUPERUSER,
        **passwords,
    }
    return Command(
        f"bootstrap-{variables['database']}",
        (
            postgres_programs() / "psql",
            "-Xq",
            "-v",
            "ON_ERROR_STOP=1",
            *words,
            "-f",
            SCRIPTS / script,
        ),
        environment,
    )
