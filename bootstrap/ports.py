"""Checks the stack's ports before a minute of installing."""

import os
import tomllib
from typing import Any

from bootstrap.failure import fail
from bootstrap.places import ROOT
from embedded_stack.listeners import describe_conflicts
from embedded_stack.servers import SERVERS, default_ports, fixed_ports

TOPOLOGY = ROOT / "topology.toml"
SERVER_VARIABLES = ("KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL")


def check_ports(arguments: list[str]) -> None:
    """Ends `up` when a port of the whole stack is in use.

    `up` of some parts, or with external servers, checks its own ports after the installation.
    """
    try:
        services: dict[str, Any] = tomllib.loads(TOPOLOGY.read_text(encoding="utf-8"))["services"]
        ports = default_ports({name: int(service["port"]) for name, service in services.items()})
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return  # `up` names the mistake in the file.
    partial = ("--help", *SERVERS, *services)
    databases = [f"{name}_database_url".upper() for name in services]
    external = any(os.environ.get(name) for name in (*SERVER_VARIABLES, *databases))
    if external or any(word in partial for word in arguments):
        return
    if "--auth" not in arguments:
        ports.pop("issuer_port")
    if conflicts := describe_conflicts(fixed_ports(ports, os.environ)):
        fail(conflicts)
