"""The gateway's settings, from the environment."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import Field
from pydantic_settings import BaseSettings

from gateway.transcoding import Operation
from runtime.settings import Address, SettingsError

VERSION: Final = re.compile(r"v[0-9]+(?:(?:alpha|beta)[0-9]*)?")


class GatewaySettings(BaseSettings, env_prefix="GATEWAY_"):
    """Where the gateway listens and how it presents itself."""

    address: Address = "127.0.0.1:8080"
    """Where it listens; loopback unless told otherwise."""
    backends: dict[str, Address] = Field(default_factory=dict)
    """Full name of a service, or of a package it is in → host:port, as JSON.

    A service that it doesn't name is looked for where <NAME>_GRPC_ADDRESS says, with the last part
    of its package that is no version: `shop.orders.v1.OrdersService` at ORDERS_GRPC_ADDRESS.
    """
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")] = "gateway.shop"
    """The ErrorInfo domain of the gateway's own errors."""
    deadline_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0
    """A call's deadline when the client sends no Grpc-Timeout."""


def backends_of(
    operations: Iterable[Operation],
    given: Mapping[str, str],
    environment: Mapping[str, str] = os.environ,
) -> dict[str, str]:
    """Returns the addresses of all services that operations need.

    Raises:
        SettingsError: there is none for a service; the text names the missing setting.
    """
    found = dict(given)
    for service in sorted({each.service for each in operations}):
        if any(_is_in(service, name) for name in given):
            continue
        *package, _ = service.split(".")
        names = [part for part in package if VERSION.fullmatch(part) is None]
        setting = f"{names[-1]}_grpc_address".upper() if names else "GATEWAY_BACKENDS"
        if setting not in environment:
            raise SettingsError(f"{setting}: must say where {service} is")
        found[service] = environment[setting]
    return found


def _is_in(service: str, name: str) -> bool:
    return service == name or service.startswith(f"{name}.")
