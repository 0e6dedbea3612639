"""Where the parts of a stack can be reached, for people to read."""

from collections.abc import Collection

from psycopg.conninfo import conninfo_to_dict
from rich.table import Table
from rich.text import Text

from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._plan.settings import Part
from embedded_stack._supervisor.record import Record


def urls(endpoints: Endpoints, parts: Collection[Part]) -> dict[str, str]:
    """What a person wants to open or connect to; without passwords."""
    where = {
        Part.GATEWAY: {
            "REST API": endpoints.gateway_url,
            "documentation": f"{endpoints.gateway_url}/docs",
            "events": f"{endpoints.gateway_url}/events",
            "specification": f"{endpoints.gateway_url}/swagger/doc.json",
        },
        Part.ORDERS: {"orders, gRPC": endpoints.orders_grpc_address},
        Part.PAYMENTS: {"payments, gRPC": endpoints.payments_grpc_address},
        Part.REGISTRY: {"schema registry": endpoints.schema_registry_url},
        Part.KAFKA: {"Kafka": endpoints.kafka_bootstrap_servers},
        Part.POSTGRES: {
            "orders, database": _shown(endpoints.orders_database_url),
            "payments, database": _shown(endpoints.payments_database_url),
        },
    }
    # A whole system's parts are all of interest, also those that run elsewhere.
    shown = where if Part.GATEWAY in parts else parts
    return {name: url for part in where if part in shown for name, url in where[part].items()}


def reachable(record: Record) -> Table:
    """One table of all URLs."""
    table = Table("part", "where", title=f"The stack is {_state(record)}")
    for name, url in record.urls.items():
        table.add_row(name, Text(url))
    return table


def _state(record: Record) -> str:
    if record.stopping:
        return "stopping"
    states = [process.state() for process in record.processes.values()]
    if "starting" in states:
        return "starting"
    return "up in part" if "dead" in states else "up"


def next_step(parts: Collection[Part], *, detached: bool) -> str:
    """What a person wants to do now, in one line."""
    demo = "`./justw demo` plays the whole story; " if Part.GATEWAY in parts else ""
    stop = "`./justw down` stops everything" if detached else "Ctrl-C stops everything"
    return f"Next: {demo}{stop}"


def processes(record: Record) -> Table:
    """One table of all processes."""
    table = Table("process", "state", "id", "restarts", "last reason")
    for name, process in record.processes.items():
        state = process.state()
        shown = "stopping" if record.stopping and state != "dead" else state
        table.add_row(name, shown, str(process.pid), str(process.restarts), process.last_reason)
    return table


def _shown(url: str) -> str:
    given = conninfo_to_dict(url)
    host, port = given.get("host", "localhost"), given.get("port", 5432)
    return f"postgresql://{given.get('user', '')}@{host}:{port}/{given.get('dbname', '')}"
