"""How consumers reach a running system."""

from dataclasses import dataclass
from urllib.parse import urlsplit

PLAINTEXT = "PLAINTEXT"


@dataclass(frozen=True)
class Connection:
    """The addresses that documents show. It holds no secret: everybody may read the documents."""

    bootstrap_servers: tuple[str, ...] = ()
    """host:port of the brokers; nothing when they are not known."""
    schema_registry_url: str = ""
    """Where Confluent's API starts; empty when it is not known."""
    security_protocol: str = PLAINTEXT
    """As Kafka clients name it: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    sasl_mechanism: str = ""
    """How clients log in, such as SCRAM-SHA-512; empty when they don't."""

    def __post_init__(self) -> None:
        """Rejects what must not be shown, or contradicts itself.

        Raises:
            ValueError: the URL holds a password, or a login has no mechanism; the text names the field.
        """
        if "@" in urlsplit(self.schema_registry_url).netloc:
            raise ValueError("schema_registry_url: must have no user and password: it is shown")
        if self.has_login != bool(self.sasl_mechanism):
            raise ValueError(
                "sasl_mechanism: must be set with SASL_PLAINTEXT and SASL_SSL, and only then"
            )

    @property
    def has_login(self) -> bool:
        """Whether clients log in."""
        return self.security_protocol.startswith("SASL_")

    @property
    def is_encrypted(self) -> bool:
        """Whether clients use TLS."""
        return self.security_protocol.endswith("SSL")
