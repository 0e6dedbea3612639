"""The names, default ports and client variables of the embedded servers.

This module imports nothing but the standard library, so a script can read it before anything is installed.
"""

from collections.abc import Iterable, Mapping

__all__ = [
    "ISSUER",
    "KAFKA",
    "PORTS",
    "POSTGRES",
    "REGISTRY",
    "SERVERS",
    "default_ports",
    "fixed_ports",
]

POSTGRES = "postgres"
KAFKA = "kafka"
REGISTRY = "registry"
ISSUER = "issuer"
"""Runs with `--auth` only."""
SERVERS = (POSTGRES, KAFKA, REGISTRY, ISSUER)
"""All embedded servers, in the order in which tables show them."""

PORTS: Mapping[str, Mapping[str, int]] = {
    POSTGRES: {"postgres_port": 55432},
    KAFKA: {"kafka_port": 9092, "kafka_controller_port": 9093},
    REGISTRY: {"registry_port": 8081, "registry_health_port": 8082},
    ISSUER: {"issuer_port": 8083},
}
"""Server → names of its ports → their defaults."""

PORT_MAX = 65535


def default_ports(services: Mapping[str, int]) -> dict[str, int]:
    """Returns the default of each port of a stack, by name.

    Args:
        services: service → its default port.
    """
    ports = {f"{name}_port": port for name, port in services.items()}
    for server in reversed(SERVERS):
        ports |= PORTS[server]
    return ports


def fixed_ports(defaults: Mapping[str, int], environment: Mapping[str, str]) -> dict[str, int]:
    """Returns the port numbers that a whole stack will listen on; 0 stands for any free port.

    A setting that is not a port number is skipped: the stack rejects it later with all other settings.
    """
    fallback = {} if environment.get("STACK_PORTS") else defaults
    given = _numbers(defaults, environment)
    return {name: given.get(name, fallback.get(name, 0)) for name in defaults}


def _numbers(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, int]:
    texts = {name: environment.get(f"STACK_{name.upper()}", "") for name in names}
    return {name: int(text) for name, text in texts.items() if _is_port(text)}


def _is_port(text: str) -> bool:
    # The length is checked first: int() rejects texts of thousands of digits.
    return text.isdecimal() and len(text) <= len(str(PORT_MAX)) and int(text) <= PORT_MAX
