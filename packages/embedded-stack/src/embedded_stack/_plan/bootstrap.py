"""Running the scripts of `sql/bootstrap`, which make roles and databases.

They change nothing that is as it should be, so every start runs them.
"""

from embedded_stack._plan.settings import HOST, ROOT
from embedded_stack._servers.postgres import BIN, SUPERUSER, Postgres
from embedded_stack._supervisor.process import Command

SCRIPTS = ROOT / "sql" / "bootstrap"
SERVICES = ("orders", "payments")


def bootstrap(server: Postgres) -> list[Command]:
    """A database for each service and one for the registry, with their roles."""
    registry = {"database": "registry", "owner": "registry"}
    return [
        *(_service(server, name) for name in SERVICES),
        _psql(server, "registry.sql", registry, {"OWNER_PASSWORD": server.passwords.registry}),
    ]


def _service(server: Postgres, name: str) -> Command:
    owner, service = f"{name}_owner", f"{name}_service"
    passwords = {
        "OWNER_PASSWORD": server.passwords.of(owner),
        "SERVICE_PASSWORD": server.passwords.of(service),
    }
    variables = {"database": name, "owner": owner, "service": service}
    return _psql(server, "service.sql", variables, passwords)


def _psql(
    server: Postgres, script: str, variables: dict[str, str], passwords: dict[str, str]
) -> Command:
    words = [word for key, value in variables.items() for word in ("-v", f"{key}={value}")]
    # Through the environment, because everybody can see a process's arguments.
    environment = {
        "PGHOST": HOST,
        "PGPORT": str(server.port),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": server.passwords.of(SUPERUSER),
        "PGDATABASE": SUPERUSER,
        **passwords,
    }
    return Command(
        f"bootstrap-{variables['database']}",
        (BIN / "psql", "-Xq", "-v", "ON_ERROR_STOP=1", *words, "-f", SCRIPTS / script),
        environment,
    )
