"""The gateway's settings, from the environment."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode

from grpc_gateway_python import GrpcTransport, Operation, Servers, grpc_target
from transactional_grpc.settings import Address, SettingsError

VERSION: Final = re.compile(r"v[0-9]+(?:(?:alpha|beta)[0-9]*)?")


ORIGIN: Final = re.compile(
    r"(?!http://.*:80$|https://.*:443$)[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?"
)
"""As browsers send it: scheme, host and port in lower case and ASCII, without default port and path."""


def _from_json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _origins(value: object) -> object:
    if not isinstance(value, str):
        return value
    origins = [word.strip() for word in value.split(",") if word.strip()]
    if origins != ["*"] and not (origins and all(map(ORIGIN.fullmatch, origins))):
        raise ValueError(
            "must be origins as browsers send them, such as https://shop.example,"
            " with commas between them, or *"
        )
    return origins


class GatewaySettings(BaseSettings, env_prefix="GATEWAY_"):
    """Where the gateway listens, where the services are, and how long it waits for them."""

    address: Address = "127.0.0.1:8080"
    """The address where the gateway listens; loopback by default."""
    # Undecoded, because a wrong value would otherwise be no ValidationError.
    backends: Annotated[dict[str, Address], NoDecode, BeforeValidator(_from_json)] = Field(
        default_factory=dict
    )
    """Full name of a service, or of a package it is in → host:port, as JSON.

    A service that it doesn't name is looked for where <NAME>_GRPC_ADDRESS says, with the last part
    of its package that is no version: `shop.orders.v1.OrdersService` at ORDERS_GRPC_ADDRESS.
    There it may have several addresses, with commas between them: calls are spread over them.
    """
    grpc_transport: Annotated[GrpcTransport, Field(validation_alias="GRPC_TRANSPORT")] = (
        GrpcTransport.ASYNCIO
    )
    """The implementation of gRPC that calls the services: `asyncio` for asyncio-grpc-http2, or `grpcio`."""
    deadline_seconds: Annotated[float, Field(gt=0, le=60)] = 15.0
    """A call's deadline when the client sends no Grpc-Timeout."""
    cors_origins: Annotated[list[str], NoDecode, BeforeValidator(_origins)] = Field(
        default_factory=list
    )
    """Origins whose pages may use the API in a browser, with commas between them; `*` for all."""
    slow_requests_per_peer: Annotated[int, Field(ge=1, le=500)] = 100
    """How many requests one client may send at once that take it more than a second."""


def backends_of(
    operations: Iterable[Operation],
    given: Mapping[str, str],
    environment: Mapping[str, str] = os.environ,
) -> dict[str, Servers]:
    """Returns the gRPC targets of all services that operations need.

    Raises:
        SettingsError: there is none for a service, or a wrong one; the text names the setting.
    """
    found = {name: Servers(address) for name, address in given.items()}
    for service in sorted({operation.service for operation in operations}):
        if any(_is_in(service, name) for name in given):
            continue
        *package, _ = service.split(".")
        names = [part for part in package if VERSION.fullmatch(part) is None]
        setting = f"{names[-1]}_grpc_address".upper() if names else "GATEWAY_BACKENDS"
        if not environment.get(setting):
            raise SettingsError(f"{setting}: must say where {service} is")
        found[service] = Servers(grpc_target(setting, environment[setting]), watched=True)
    return found


def _is_in(service: str, name: str) -> bool:
    return service == name or service.startswith(f"{name}.")
