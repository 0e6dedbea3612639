"""The stack's settings, from the environment."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode

from embedded_stack import listeners
from embedded_stack.errors import StackError
from embedded_stack.listeners import DEFAULTS

S = TypeVar("S", bound=BaseSettings)

ROOT = Path(__file__).resolve().parents[5]

ANY_PORTS = "STACK_PORTS"
FREE = "free"
HOST = listeners.HOST
Port = Annotated[int, Field(ge=0, le=65535)]
"""A TCP port, where 0 asks for any free one."""


class Part(StrEnum):
    """What the stack consists of."""

    POSTGRES = "postgres"
    KAFKA = "kafka"
    REGISTRY = "registry"
    ORDERS = "orders"
    PAYMENTS = "payments"
    GATEWAY = "gateway"


class Ports(BaseSettings, env_prefix="STACK_", env_ignore_empty=True):
    """Where each part listens: STACK_GATEWAY_PORT and so on."""

    gateway_port: Port = DEFAULTS["gateway_port"]
    registry_port: Port = DEFAULTS["registry_port"]
    registry_health_port: Port = DEFAULTS["registry_health_port"]
    orders_port: Port = DEFAULTS["orders_port"]
    payments_port: Port = DEFAULTS["payments_port"]
    kafka_port: Port = DEFAULTS["kafka_port"]
    kafka_controller_port: Port = DEFAULTS["kafka_controller_port"]
    postgres_port: Port = DEFAULTS["postgres_port"]


class External(BaseSettings, env_ignore_empty=True):
    """Parts that run elsewhere; the stack uses them and starts none of its own."""

    kafka_bootstrap_servers: str | None = None
    schema_registry_url: str | None = None
    orders_database_url: SecretStr | None = None
    """As the role the service runs as."""
    payments_database_url: SecretStr | None = None
    orders_owner_database_url: SecretStr | None = None
    """As the role that may change tables; without it, an external database is not migrated."""
    payments_owner_database_url: SecretStr | None = None

    def clients(self) -> dict[str, str]:
        """All other variables about the Kafka and the registry that are given, such as for TLS."""
        given = {
            "KAFKA_": self.kafka_bootstrap_servers,
            "SCHEMA_REGISTRY_": self.schema_registry_url,
        }
        prefixes = tuple(prefix for prefix, address in given.items() if address)
        return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


class Settings(BaseSettings, env_prefix="STACK_", env_ignore_empty=True):
    """Where the stack keeps its files, and where its parts are."""

    folder: Path = ROOT / ".stack"
    """Data, logs and passwords of this stack."""
    cache: Path = platformdirs.user_cache_path("shop-stack")
    """Downloads, shared by all stacks of this user."""
    maven_repository: str | None = None
    """Where the artifacts come from; Maven Central by default."""
    # The environment's STACK_PORTS and STACK_EXTERNAL are not these, as JSON.
    ports: Annotated[Ports, NoDecode] = Field(default_factory=Ports)
    external: Annotated[External, NoDecode] = Field(default_factory=External)


def load() -> Settings:
    """Reads the settings from the environment.

    Raises:
        StackError: one of them is wrong; names it and its value.
    """
    _refuse_unknown_ports()
    ports = _any_free(_read(Ports))
    _refuse_shared_ports(ports)
    return _read(Settings, ports=ports, external=_read(External))


def _any_free(ports: Ports) -> Ports:
    """Applies STACK_PORTS: ports that have no setting of their own are any free ones."""
    given = os.environ.get(ANY_PORTS, "")
    if given not in ("", FREE):
        raise StackError(f"wrong setting {ANY_PORTS}: {given} is none; it can be {FREE}")
    if not given:
        return ports
    return Ports(**dict.fromkeys(Ports.model_fields, 0) | ports.model_dump(exclude_unset=True))


def _refuse_unknown_ports() -> None:
    """A misspelt port would leave a part where it is; other STACK_ variables may be anybody's."""
    known = [f"STACK_{name}".upper() for name in Ports.model_fields]
    for name, value in os.environ.items():
        if value.startswith("tcp://"):  # Kubernetes tells of a Service
            continue
        if name.startswith("STACK_") and name.endswith("_PORT") and name not in known:
            raise StackError(f"unknown setting {name}; there are {', '.join(known)}")


def _refuse_shared_ports(ports: Ports) -> None:
    settings: dict[int, str] = {}
    for name, port in ports.model_dump().items():
        setting = f"STACK_{name}".upper()
        if port and port in settings:
            raise StackError(f"{settings[port]} and {setting} are both {port}")
        settings[port] = setting


def _read(settings: type[S], **given: Any) -> S:
    try:
        return settings(**given)
    except ValidationError as error:
        prefix = settings.model_config.get("env_prefix", "")
        # Ports are all that can be wrong, and no secret.
        wrong = [
            f"{prefix}{each['loc'][0]}".upper() + f": {each['input']} is no port (0 to 65535)"
            for each in error.errors()
        ]
        raise StackError(f"wrong setting {'; '.join(wrong)}") from None
