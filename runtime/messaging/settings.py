"""Where Kafka and the Schema Registry are, from the environment."""

import os
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from runtime.settings import load

PREFIX = "KAFKA_"


class KafkaSettings(BaseSettings, env_prefix=PREFIX):
    """How to reach the brokers.

    Every other variable with this prefix is passed to the Kafka clients as the librdkafka property of
    that name: KAFKA_SASL_MECHANISM as sasl.mechanism. So any TLS, SASL or tuning setting can be made.
    """

    bootstrap_servers: Annotated[str, Field(min_length=1)]
    properties: dict[str, SecretStr] = Field(default_factory=dict)


class RegistrySettings(BaseSettings, env_prefix="SCHEMA_REGISTRY_"):
    """How to reach the Schema Registry, in Confluent's API (version 7)."""

    url: Annotated[str, Field(pattern=r"^https?://")]
    basic_auth_user_info: SecretStr | None = None
    """`user:password`, as Confluent's own clients take it."""
    ssl_ca_location: str | None = None
    """A file with the certificates to trust, instead of the system's."""


def kafka_settings() -> KafkaSettings:
    """Reads the brokers' settings from the environment.

    Raises:
        SettingsError: KAFKA_BOOTSTRAP_SERVERS is missing.
    """
    settings = load(KafkaSettings)
    settings.properties = {
        name.removeprefix(PREFIX).lower().replace("_", "."): SecretStr(value)
        for name, value in os.environ.items()
        if name.startswith(PREFIX)
    }
    return settings


def client_properties(settings: KafkaSettings) -> dict[str, str]:
    """Returns what every Kafka client starts from; it may hold passwords."""
    passed = {name: value.get_secret_value() for name, value in settings.properties.items()}
    return passed | {"bootstrap.servers": settings.bootstrap_servers}
