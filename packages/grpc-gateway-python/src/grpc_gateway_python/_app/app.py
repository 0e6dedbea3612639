"""The gateway as a Connexion app over the generated specification."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from connexion import AsyncApp
from connexion.exceptions import InvalidSpecification
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.swagger_ui import SwaggerUIMiddleware
from starlette.types import ASGIApp

from grpc_gateway_python._app.routing import OperationResolver, RoutingMiddleware
from grpc_gateway_python._app.static_documents import StaticDocument
from grpc_gateway_python._app.swagger_ui import page, page_options
from grpc_gateway_python._http.cors import cors
from grpc_gateway_python._http.middleware import GatewayMiddleware
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.json_schemas import SpecificationError
from grpc_gateway_python._requests.metadata import HeaderNames
from grpc_gateway_python._requests.reader import OperationRequestReader
from grpc_gateway_python._requests.validation import RequestValidator, validators_of
from grpc_gateway_python._responses.responses import JSON
from grpc_gateway_python._upstream.backends import Backends
from grpc_gateway_python._upstream.streaming import StreamingEndpoint
from grpc_gateway_python._upstream.targets import Servers
from grpc_gateway_python._upstream.unary import UnaryEndpoint
from grpc_gateway_python.transcoding import Operation
from rpc_contract import idempotency_key

SWAGGER: Final = "/swagger/doc.json"
OPENAPI: Final = "/openapi.json"
DOCS: Final = "/docs"
HEALTH: Final = "/healthz"

HEADERS: Final = HeaderNames(
    requests=frozenset({b"authorization", idempotency_key.METADATA.encode()}),
    responses=frozenset({idempotency_key.REPLAYED_METADATA, "retry-after"}),
    tracing=frozenset({b"traceparent", b"tracestate", b"baggage"}),
)


@dataclass(frozen=True)
class Gateway:
    """What a gateway is made of."""

    operations: Sequence[Operation]
    specification: Path
    """OpenAPI 2, which Connexion loads."""
    backends: Mapping[str, Servers]
    """Full name of a service, or of a package it is in → where it is."""
    documents: Mapping[str, Path] = field(default_factory=dict)
    """Path of a URL → a file to serve there, JSON or HTML, such as the same in OpenAPI 3."""
    domain: str = "gateway"
    """The `domain` of the google.rpc.ErrorInfo in errors of the gateway itself (AIP-193)."""
    validates: bool = True
    """Whether requests are checked against the specification."""
    headers: HeaderNames = HEADERS
    limits: Limits = field(default_factory=Limits)
    cors_origins: Sequence[str] = ()
    """Origins whose pages may use the API in a browser; `*` stands for all."""


def create_app(gateway: Gateway) -> AsyncApp:
    """Returns the ASGI app; channels to backends close when its lifespan ends.

    Raises:
        StartError: the specification is no valid OpenAPI 2, or a service has no backend.
    """
    specification = json.loads(gateway.specification.read_bytes())
    validators = validators_of(specification) if gateway.validates else {}
    operations = {each.id: each for each in gateway.operations}
    backends = Backends(gateway.backends)
    edge = partial(GatewayMiddleware, limits=gateway.limits, domain=gateway.domain)
    dispatch = partial(
        RoutingMiddleware,
        operations=operations,
        resources=_resources(gateway),
        pages=f"{DOCS}/",
        make_endpoint=partial(_endpoint, gateway, backends, validators),
    )

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        yield
        await backends.close()

    methods = {each.http_method for each in gateway.operations}
    outermost = [cors(gateway.cors_origins, methods), edge] if gateway.cors_origins else [edge]
    app = AsyncApp(
        __name__,
        lifespan=lifespan,
        middlewares=[*outermost, dispatch, SwaggerUIMiddleware, LifespanMiddleware],
        swagger_ui_options=page_options(DOCS),
    )
    # Given as a dict, because Connexion renders a file as a Jinja template.
    try:
        app.add_api(_without_defaults(specification), resolver=OperationResolver(operations))
    except InvalidSpecification as error:
        raise SpecificationError(str(error)) from error
    return app


def _without_defaults(node: Any) -> Any:
    """Drops default values, which the backends apply; a response called `default` is none.

    protoc-gen-openapiv2 writes all of them as strings, and Connexion refuses numbers that have one.
    """
    if isinstance(node, list):
        return [_without_defaults(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _without_defaults(value)
        for key, value in node.items()
        if key != "default" or isinstance(value, dict)
    }


def _resources(gateway: Gateway) -> dict[str, ASGIApp]:
    docs = page(DOCS, SWAGGER)
    return {
        SWAGGER: StaticDocument.of_file(gateway.specification),
        DOCS: docs,
        f"{DOCS}/": docs,
        HEALTH: StaticDocument(b'{"status":"SERVING"}', JSON),
        **{path: StaticDocument.of_file(file) for path, file in gateway.documents.items()},
    }


def _endpoint(
    gateway: Gateway,
    backends: Backends,
    validators: Mapping[str, RequestValidator],
    operation: Operation,
) -> ASGIApp:
    reader = OperationRequestReader(
        operation, validators.get(operation.id), gateway.headers, gateway.limits
    )
    if operation.streams:
        stream = backends.streaming(operation.service, operation.rpc)
        silence = gateway.limits.stream_silence_seconds_max
        return StreamingEndpoint(
            operation,
            reader,
            stream,
            gateway.headers,
            silence_seconds_max=silence,
            domain=gateway.domain,
        )
    call = backends.unary(operation.service, operation.rpc)
    return UnaryEndpoint(operation, reader, call, gateway.headers, domain=gateway.domain)
