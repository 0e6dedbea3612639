"""Where everything is that a process of the system, or a test of it, talks to."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Endpoints:
    """Addresses and URLs; those of databases hold passwords, so they are not shown."""

    kafka_bootstrap_servers: str
    schema_registry_url: str
    orders_database_url: str = field(repr=False)
    """As the role the service runs as."""
    payments_database_url: str = field(repr=False)
    orders_owner_database_url: str = field(repr=False)
    """As the role that may change tables; empty for an external database without one."""
    payments_owner_database_url: str = field(repr=False)
    superuser_database_url: str = field(repr=False)
    """As the superuser of the embedded PostgreSQL."""
    orders_grpc_address: str
    payments_grpc_address: str
    gateway_address: str
    clients: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What clients of Kafka and the registry are told besides, such as how to log in."""

    def environment(self, *names: str) -> dict[str, str]:
        """The settings of these names, as environment variables."""
        return {name.upper(): getattr(self, name) for name in names}

    @property
    def messaging(self) -> dict[str, str]:
        """What clients of Kafka and the registry need, as environment variables."""
        return {
            **self.clients,
            **self.environment("kafka_bootstrap_servers", "schema_registry_url"),
        }

    @property
    def gateway_url(self) -> str:
        """The base of the REST API."""
        return f"http://{self.gateway_address}"
