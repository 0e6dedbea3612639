"""The addresses of all parts, for their clients."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from embedded_stack._plan import external
from embedded_stack._servers.kafka import ADMIN, credentials
from embedded_stack.servers import KAFKA, POSTGRES, REGISTRY, SERVERS
from embedded_stack.topology import MESSAGING_VALUES

LIBRDKAFKA_MECHANISM = "GSSAPI"
"""The mechanism of SASL with which Kafka clients log in unless they are told another one."""


@dataclass(frozen=True)
class Endpoints:
    """Addresses and URLs. Those of databases hold passwords, so `repr` leaves them out."""

    kafka_bootstrap_servers: str
    schema_registry_url: str
    superuser_database_url: str = field(repr=False)
    """The embedded PostgreSQL as its superuser."""
    addresses: Mapping[str, str]
    """Service → host:port of each of its copies, with commas between them."""
    databases: Mapping[str, tuple[str, str]] = field(repr=False)
    """Service → URLs of its database as the service's role and as the owner; see `External.database`."""
    clients: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further variables for clients of Kafka and the registry, such as credentials."""
    kafka_passwords: Mapping[str, str] = field(default_factory=dict, repr=False)
    """User → password of the embedded Kafka; empty without access control."""
    auth: Mapping[str, str] = field(default_factory=dict)
    """Name → value of what settings for access control name in braces; empty without access control."""

    def address(self, service: str) -> str:
        """Returns a service's host:port; with commas between several."""
        return self.addresses[service]

    def url(self, service: str) -> str:
        """Returns the base URL of an HTTP service."""
        return f"http://{self.addresses[service]}"

    def database_url(self, service: str) -> str:
        """Returns the URL of a service's database, as the role that the service runs as."""
        return self.databases[service][0]

    def owner_database_url(self, service: str) -> str:
        """Returns the URL as the role that may change tables; empty for an external database without one."""
        return self.databases[service][1]

    @property
    def messaging(self) -> dict[str, str]:
        """The variables of clients of Kafka and the registry."""
        return {**self.clients, **self.environment([KAFKA, REGISTRY])}

    def messaging_as(self, user: str) -> dict[str, str]:
        """Returns the variables of clients of Kafka and the registry that log in as a user of Kafka."""
        return self.messaging | self._kafka_login(user)

    @property
    def messaging_values(self) -> dict[str, str]:
        """What people need to connect to Kafka and the registry, without secrets."""
        clients = {**self.clients, **self._kafka_login(ADMIN)}
        protocol = clients.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT").upper()
        given = clients.get("KAFKA_SASL_MECHANISM") or clients.get("KAFKA_SASL_MECHANISMS")
        mechanism = given or LIBRDKAFKA_MECHANISM
        registry = urlsplit(self.schema_registry_url)
        without_login = registry._replace(netloc=registry.netloc.rpartition("@")[2])
        values = (
            self.kafka_bootstrap_servers,
            protocol,
            mechanism if protocol.startswith("SASL_") else "",
            without_login.geturl(),
        )
        return dict(zip(MESSAGING_VALUES, values, strict=True))

    def _kafka_login(self, user: str) -> dict[str, str]:
        if user not in self.kafka_passwords:
            return {}
        properties = credentials(user, self.kafka_passwords[user])
        return {
            f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in properties.items()
        }

    def environment(self, servers: Iterable[str] = SERVERS) -> dict[str, str]:
        """Returns the variables that name servers to their clients; those of Kafka log in as its administrator."""
        variables = {
            POSTGRES: {
                external.database_url(name): url for name, (url, _) in self.databases.items()
            },
            KAFKA: {
                external.KAFKA_BOOTSTRAP_SERVERS: self.kafka_bootstrap_servers,
                **self._kafka_login(ADMIN),
            },
            REGISTRY: {external.SCHEMA_REGISTRY_URL: self.schema_registry_url},
        }
        return {
            name: value for server in servers for name, value in variables.get(server, {}).items()
        }
