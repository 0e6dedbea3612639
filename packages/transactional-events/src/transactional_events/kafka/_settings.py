"""The settings of Kafka clients, from the environment."""

import os
import re
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from transactional_grpc.settings import SettingsError, load

PREFIX = "KAFKA_"

NOT_OURS = re.compile(
    # Kubernetes and Docker set these for a Service or container called kafka, or kafka-something.
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
        *("linger.ms", "queue.buffering.max.ms", "batch.size", "batch.num.messages"),
        # A queue smaller than a relay's batch would reject it at every attempt.
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


def kafka_settings() -> KafkaSettings:
    """Reads the brokers' settings from the environment.

    Raises:
        SettingsError: KAFKA_BOOTSTRAP_SERVERS is missing, or a property of FIXED is set.
    """
    settings = load(KafkaSettings)
    properties: dict[str, SecretStr] = {}
    for name, value in os.environ.items():
        own = name.removeprefix(PREFIX)
        if own == name or not value or NOT_OURS.fullmatch(own):
            continue
        property_ = own.lower().replace("_", ".")
        if property_ in FIXED:
            raise SettingsError(f"{name}: cannot be set, the delivery of events depends on it")
        properties[property_] = SecretStr(value)
    return settings.model_copy(update={"properties": settings.properties | properties})


def client_properties(settings: KafkaSettings) -> dict[str, str]:
    """Returns the properties of every Kafka client; they may hold passwords."""
    passed = {name: value.get_secret_value() for name, value in settings.properties.items()}
    return passed | {"bootstrap.servers": settings.bootstrap_servers}


def variable_of(reason: str) -> str:
    """Returns the variable that an error of librdkafka about a setting names, or the prefix of all."""
    found = re.search(r"\b[a-z]+(\.[a-z0-9]+)+\b", reason)
    return PREFIX + (found[0].upper().replace(".", "_") if found else "…")
