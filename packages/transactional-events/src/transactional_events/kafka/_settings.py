"""Where Kafka and the Schema Registry are, from the environment."""

import os
import re
import ssl
from typing import Annotated

import httpx
from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from transactional_grpc.settings import SettingsError, load

PREFIX = "KAFKA_"

NOT_OURS = re.compile(
    # Kubernetes and Docker tell of a Service or container called kafka, or kafka-something.
    r"(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)?)"
    r"|NAME|ENV_\w+"
    # Images of Kafka's own programs set these.
    r"|(\w+_)?(HOME|VERSION|OPTS|CLASSPATH|DIRS?|LOG4J_\w+)|CFG_\w+"
)
"""Variables with our prefix that orchestrators and images set."""

FIXED = frozenset(
    (
        *("group.id", "auto.offset.reset", "enable.auto.commit", "enable.auto.offset.store"),
        *("isolation.level", "enable.partition.eof"),
        *("acks", "request.required.acks", "enable.idempotence"),
        *("message.max.bytes", "message.timeout.ms", "delivery.timeout.ms"),
        *("transactional.id", "transaction.timeout.ms"),
        # A queue smaller than a relay's batch would refuse it at every attempt.
        *("queue.buffering.max.messages", "queue.buffering.max.kbytes"),
    )
)
"""librdkafka properties that the delivery of events depends on, with their aliases."""


class KafkaSettings(BaseSettings, env_prefix=PREFIX):
    """How to reach the brokers.

    Every other variable with this prefix is passed to the Kafka clients as the librdkafka property of
    that name: KAFKA_SASL_MECHANISM as sasl.mechanism. So any TLS, SASL or tuning setting can be made.
    """

    bootstrap_servers: Annotated[str, Field(min_length=1)]
    properties: dict[str, SecretStr] = Field(default_factory=dict)


def _registry_url(url: SecretStr) -> SecretStr:
    try:
        parsed = httpx.URL(url.get_secret_value())
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in {"http", "https"} or not parsed.host or "," in parsed.netloc.decode():
        raise ValueError("must be one URL: http:// or https://, a host, and where the API starts")
    if parsed.query or parsed.fragment:
        raise ValueError("must end with its path")
    return url


def _user_info(value: SecretStr) -> SecretStr:
    if ":" not in value.get_secret_value():
        raise ValueError("must be user:password")
    return value


def _certificates(file: str) -> str:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        reason = "no certificate" if isinstance(error, ssl.SSLError) else error.strerror
        raise ValueError(f"cannot read {file}: {reason}") from None
    return file


class RegistrySettings(BaseSettings, env_prefix="SCHEMA_REGISTRY_"):
    """How to reach the Schema Registry, in Confluent's API (version 7)."""

    url: Annotated[SecretStr, AfterValidator(_registry_url)]
    """It may hold a user and a password, as URLs do."""
    basic_auth_user_info: Annotated[SecretStr, AfterValidator(_user_info)] | None = None
    """`user:password`, as Confluent's own clients take it."""
    ssl_ca_location: Annotated[str, AfterValidator(_certificates)] | None = None
    """A file with the certificates to trust, instead of the system's."""


def kafka_settings() -> KafkaSettings:
    """Reads the brokers' settings from the environment.

    Raises:
        SettingsError: KAFKA_BOOTSTRAP_SERVERS is missing, or a property is one that nobody may set.
    """
    settings = load(KafkaSettings)
    for name, value in os.environ.items():
        own = name.removeprefix(PREFIX)
        if own == name or not value or NOT_OURS.fullmatch(own):
            continue
        property_ = own.lower().replace("_", ".")
        if property_ in FIXED:
            raise SettingsError(f"{name}: cannot be set, the delivery of events depends on it")
        settings.properties[property_] = SecretStr(value)
    return settings


def client_properties(settings: KafkaSettings) -> dict[str, str]:
    """Returns what every Kafka client starts from; it may hold passwords."""
    passed = {name: value.get_secret_value() for name, value in settings.properties.items()}
    return passed | {"bootstrap.servers": settings.bootstrap_servers}


def variable_of(reason: str) -> str:
    """Returns the variable that librdkafka's refusal of a setting is about, or the prefix of all."""
    found = re.search(r"\b[a-z]+(\.[a-z0-9]+)+\b", reason)
    return PREFIX + (found[0].upper().replace(".", "_") if found else "…")
