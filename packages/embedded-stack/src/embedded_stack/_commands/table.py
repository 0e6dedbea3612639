"""The tables of processes and addresses that `up` and `status` print."""

from collections.abc import Collection

from psycopg.conninfo import conninfo_to_dict
from rich.table import Table
from rich.text import Text

from embedded_stack._plan.endpoints import Endpoints
from embedded_stack._supervisor.record import Record
from embedded_stack.servers import ISSUER, KAFKA, POSTGRES, REGISTRY
from embedded_stack.topology import Topology


def urls(topology: Topology, endpoints: Endpoints, parts: Collection[str]) -> dict[str, str]:
    """Returns title → address of what people open or connect to; without passwords."""
    links: dict[str, dict[str, str]] = {}
    addresses: dict[str, dict[str, str]] = {}
    for name, service in topology.services.items():
        if service.protocol == "http":
            base = endpoints.url(name)
            links[name] = {title: f"{base}{path}" for title, path in service.links.items()}
        else:
            addresses[name] = {f"{name}, gRPC": endpoints.address(name)}
    by_part = {
        **links,
        **addresses,
        REGISTRY: {"schema registry": endpoints.schema_registry_url},
        KAFKA: {"Kafka": endpoints.kafka_bootstrap_servers},
        ISSUER: {"issuer, development only": endpoints.auth.get("issuer", "")},
        POSTGRES: {
            f"{name}, database": _without_password(endpoints.database_url(name))
            for name in topology.databases
        },
    }
    # With a part that needs all others, external servers are shown too.
    shown = by_part if any(part in parts for part in links) else parts
    shown = [part for part in shown if part != ISSUER or endpoints.auth]
    return {title: url for part in by_part if part in shown for title, url in by_part[part].items()}


def reachable(record: Record) -> Table:
    """Returns one table of all addresses."""
    table = Table("part", "where", title=f"The stack is {_state(record)}")
    for title, url in record.urls.items():
        table.add_row(title, Text(url))
    return table


def _state(record: Record) -> str:
    if record.stopping:
        return "stopping"
    states = [process.state() for process in record.processes.values()]
    if "starting" in states:
        return "starting"
    return "up in part" if "dead" in states else "up"


def next_step(topology: Topology, parts: Collection[str], *, detached: bool) -> str:
    """Returns one line that tells people what to do next."""
    hints = [s.hint for name, s in topology.services.items() if s.hint and name in parts]
    stop = f"`{topology.command} down` stops everything" if detached else "Ctrl-C stops everything"
    return f"Next: {'; '.join([*hints, stop])}"


def processes(record: Record) -> Table:
    """Returns one table of all processes."""
    table = Table("process", "state", "id", "restarts", "last reason")
    for name, process in record.processes.items():
        state = process.state()
        shown = "stopping" if record.stopping and state != "dead" else state
        table.add_row(name, shown, str(process.pid), str(process.restarts), process.last_reason)
    return table


def _without_password(url: str) -> str:
    given = conninfo_to_dict(url)
    host, port = given.get("host", "localhost"), given.get("port", 5432)
    return f"postgresql://{given.get('user', '')}@{host}:{port}/{given.get('dbname', '')}"
