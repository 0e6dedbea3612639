"""Servers that run elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from embedded_stack.topology import Topology

KAFKA_BOOTSTRAP_SERVERS = "KAFKA_BOOTSTRAP_SERVERS"
SCHEMA_REGISTRY_URL = "SCHEMA_REGISTRY_URL"


def database_url(service: str) -> str:
    """Names the variable with the URL of a service's database, as the role that the service runs as."""
    return f"{service}_database_url".upper()


def owner_database_url(service: str) -> str:
    """Names the variable with the URL of a service's database, as the role that may change tables."""
    return f"{service}_owner_database_url".upper()


@dataclass(frozen=True)
class External:
    """The variables that name servers elsewhere; the stack uses these and starts none of its own."""

    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, topology: Topology, environment: Mapping[str, str]) -> Self:
        """Takes the variables out of an environment; an empty one counts as missing."""
        names = {KAFKA_BOOTSTRAP_SERVERS, SCHEMA_REGISTRY_URL}
        for service in topology.databases:
            names |= {database_url(service), owner_database_url(service)}
        given = {name: environment[name] for name in names if environment.get(name)}
        # The other variables of an external server, such as those for TLS, are for its clients.
        addresses = {"KAFKA_": KAFKA_BOOTSTRAP_SERVERS, "SCHEMA_REGISTRY_": SCHEMA_REGISTRY_URL}
        prefixes = tuple(prefix for prefix, name in addresses.items() if name in given)
        return cls({n: v for n, v in environment.items() if n in given or n.startswith(prefixes)})

    @property
    def kafka_bootstrap_servers(self) -> str | None:
        """The address of an external Kafka."""
        return self.variables.get(KAFKA_BOOTSTRAP_SERVERS)

    @property
    def schema_registry_url(self) -> str | None:
        """The URL of an external registry."""
        return self.variables.get(SCHEMA_REGISTRY_URL)

    @property
    def clients(self) -> dict[str, str]:
        """All variables about external Kafka and registry."""
        prefixes = ("KAFKA_", "SCHEMA_REGISTRY_")
        return {name: value for name, value in self.variables.items() if name.startswith(prefixes)}

    def database(self, service: str) -> tuple[str, str] | None:
        """Returns the URLs of a service's external database: the service's and the owner's.

        The owner's is empty when it isn't given; then the stack doesn't apply the migrations.
        """
        url = self.variables.get(database_url(service))
        return (url, self.variables.get(owner_database_url(service), "")) if url else None
