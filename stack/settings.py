"""The stack's settings, from the environment."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from stack.errors import StackError

S = TypeVar("S", bound=BaseSettings)

ROOT = Path(__file__).resolve().parent.parent

HOST = "127.0.0.1"
"""Everything the stack starts listens on loopback, and nowhere else."""

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

    gateway_port: Port = 8080
    registry_port: Port = 8081
    registry_health_port: Port = 8082
    orders_port: Port = 50051
    payments_port: Port = 50052
    kafka_port: Port = 9092
    kafka_controller_port: Port = 9093
    postgres_port: Port = 55432


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
    ports: Ports = Field(default_factory=Ports)
    external: External = Field(default_factory=External)


def load() -> Settings:
    """Reads the settings from the environment.

    Raises:
        StackError: one of them is wrong; its value, which may be a secret, is not shown.
    """
    _refuse_unknown_ports()
    ports = _read(Ports)
    _refuse_shared_ports(ports)
    return _read(Settings, ports=ports, external=_read(External))


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
        wrong = [
            f"{prefix}{each['loc'][0]}".upper() + f": {each['msg']}" for each in error.errors()
        ]
        raise StackError(f"wrong setting {'; '.join(wrong)}") from None
