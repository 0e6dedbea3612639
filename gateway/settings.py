"""The gateway's settings, from the environment."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, IPvAnyNetwork
from pydantic_settings import BaseSettings, NoDecode

from grpc_gateway_python import (
    AccessControl,
    CallerLimits,
    GrpcTransport,
    Limits,
    Operation,
    Servers,
    grpc_target,
    is_path_prefix,
    is_public_url,
)
from rpc_access import ALGORITHMS, BearerTokens, CallerTokenSigner, KeySourceError
from transactional_grpc.settings import Address, SettingsError

LIMITS: Final = CallerLimits()
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


def comma_separated(value: object) -> object:
    """Returns the parts of a text with commas between them; any other value unchanged."""
    return [word.strip() for word in value.split(",")] if isinstance(value, str) else value


def _path_prefix(value: str) -> str:
    if value and not is_path_prefix(value):
        raise ValueError("must be a path prefix such as /shop")
    return value


def _public_url(value: str) -> str:
    if value and not is_public_url(value):
        raise ValueError("must be the URL of the API, such as https://api.example/shop")
    return value


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
    path_prefix: Annotated[str, AfterValidator(_path_prefix)] = ""
    """The path prefix that a proxy in front of the gateway removes, such as `/shop`; documents tell it to clients."""
    trusted_proxies: Annotated[list[IPvAnyNetwork], NoDecode, BeforeValidator(comma_separated)] = (
        Field(default_factory=list)
    )
    """The addresses of proxies whose X-Forwarded-Prefix takes the place of `path_prefix`, with commas between them."""
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    """The URL at which clients reach the API, such as `https://api.example/shop`; documents tell it."""
    slow_requests_per_peer: Annotated[int, Field(ge=1, le=500)] = 100
    """How many requests one client may send at once that take it more than a second."""
    streams: Annotated[int, Field(ge=1)] = Limits().streams_max
    """How many streams may be open at once, such as watchers of orders."""

    token_issuer: str | None = None
    """The issuer of access tokens, as their claim `iss` names it; access control is on when it is set."""
    token_audience: str | None = None
    """The claim `aud` of the tokens that the gateway accepts."""
    token_jwks: str | None = None
    """A URL or a file with the issuer's JWK Set; OpenID Connect Discovery finds it otherwise."""
    token_algorithms: Annotated[list[str], NoDecode, BeforeValidator(comma_separated)] = Field(
        default_factory=lambda: list(ALGORITHMS)
    )
    """The accepted signature algorithms, with commas between them."""
    caller_token_key_file: Path | None = None
    """A file with the private JWK that signs the internal tokens for services."""
    requests_per_second_per_caller: Annotated[float, Field(gt=0)] = LIMITS.subject_rate
    requests_at_once_per_caller: Annotated[int, Field(ge=1)] = LIMITS.subject_burst
    requests_in_progress_per_caller: Annotated[int, Field(ge=1)] = LIMITS.concurrent_max
    streams_per_caller: Annotated[int, Field(ge=1)] = LIMITS.streams_max
    requests_per_second_per_peer: Annotated[float, Field(gt=0)] = LIMITS.address_rate
    """A peer is an address of clients; all clients behind one proxy are one."""
    requests_at_once_per_peer: Annotated[int, Field(ge=1)] = LIMITS.address_burst


def access_control_of(settings: GatewaySettings) -> AccessControl | None:
    """Returns what verifies callers; None if no issuer is set.

    Raises:
        SettingsError: A setting is missing or wrong; the text names it.
    """
    if not settings.token_issuer:
        return None
    if not settings.token_audience:
        raise SettingsError("GATEWAY_TOKEN_AUDIENCE: must be set with GATEWAY_TOKEN_ISSUER")
    try:
        tokens = BearerTokens(
            settings.token_issuer,
            settings.token_audience,
            jwks=settings.token_jwks,
            algorithms=settings.token_algorithms,
        )
    except ValueError as error:
        argument, _, reason = str(error).partition(": ")
        raise SettingsError(f"GATEWAY_TOKEN_{argument.upper()}: {reason}") from None
    limits = CallerLimits(
        subject_rate=settings.requests_per_second_per_caller,
        subject_burst=settings.requests_at_once_per_caller,
        address_rate=settings.requests_per_second_per_peer,
        address_burst=settings.requests_at_once_per_peer,
        concurrent_max=settings.requests_in_progress_per_caller,
        streams_max=settings.streams_per_caller,
    )
    return AccessControl(tokens, _signer(settings.caller_token_key_file), limits)


def _signer(key_file: Path | None) -> CallerTokenSigner | None:
    if key_file is None:
        return None
    try:
        return CallerTokenSigner(key_file)
    except KeySourceError as error:
        raise SettingsError(f"GATEWAY_CALLER_TOKEN_KEY_FILE: {error}") from None


def backends_of(
    operations: Iterable[Operation],
    given: Mapping[str, str],
    environment: Mapping[str, str] = os.environ,
) -> dict[str, Servers]:
    """Returns the gRPC targets of all services that operations need.

    Raises:
        SettingsError: there is none for a service; the text names the setting.
        StartError: an address is wrong; the text names the setting and the address.
    """
    found = {
        name: Servers(grpc_target("GATEWAY_BACKENDS", address)) for name, address in given.items()
    }
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
