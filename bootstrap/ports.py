"""The ports of the stack, checked before a minute of installing."""

import os

from bootstrap.failure import fail
from embedded_stack import listeners

PARTS = ("postgres", "kafka", "registry", "orders", "payments", "gateway")
EXTERNAL = (
    "KAFKA_BOOTSTRAP_SERVERS",
    "SCHEMA_REGISTRY_URL",
    "ORDERS_DATABASE_URL",
    "PAYMENTS_DATABASE_URL",
)


def check_ports(arguments: list[str]) -> None:
    """Refuses ports in use before a minute of installing; a start of some parts checks its own later."""
    if any(word in arguments for word in ("--help", *PARTS)) or any(map(os.environ.get, EXTERNAL)):
        return
    if taken := listeners.describe(listeners.wanted(os.environ)):
        fail(taken)
