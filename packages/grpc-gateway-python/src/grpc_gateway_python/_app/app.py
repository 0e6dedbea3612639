"""The gateway as a Connexion app over the generated specification."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from connexion import AsyncApp
from connexion.exceptions import InvalidSpecification
from connexion.middleware.lifespan import LifespanMiddleware
from starlette.types import ASGIApp

from grpc_gateway_python._access.control import AccessControl
from grpc_gateway_python._app.distinct_routes import require_distinct_routes
from grpc_gateway_python._app.endpoints import Endpoints
from grpc_gateway_python._app.routing import OperationResolver, RoutingMiddleware
from grpc_gateway_python._http.cors import cors
from grpc_gateway_python._http.cross_origin import CrossOriginCheck
from grpc_gateway_python._http.direct_routes import DirectRoutes
from grpc_gateway_python._http.middleware import GatewayMiddleware
from grpc_gateway_python._http.request_limit import RequestLimit
from grpc_gateway_python._http.server import serve_app
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._pages.document import Document
from grpc_gateway_python._pages.page import Page
from grpc_gateway_python._pages.path_prefix import Network, PathPrefix
from grpc_gateway_python._pages.site import site
from grpc_gateway_python._requests.json_schemas import SpecificationError
from grpc_gateway_python._requests.metadata import HeaderNames
from grpc_gateway_python._requests.router import Router
from grpc_gateway_python._requests.validation import validators_of
from grpc_gateway_python._upstream.backends import Backends, GrpcTransport
from grpc_gateway_python._upstream.targets import Servers
from grpc_gateway_python.transcoding import Operation
from rpc_contract import idempotency_key

HEADERS: Final = HeaderNames(
    requests=frozenset({b"authorization", idempotency_key.METADATA.encode()}),
    responses=frozenset({idempotency_key.REPLAYED_METADATA, "retry-after"}),
    tracing=frozenset({b"traceparent", b"tracestate", b"baggage"}),
)


@dataclass(frozen=True)
class Gateway:
    """The parts and the settings of a gateway."""

    operations: Sequence[Operation]
    """`OPERATIONS` of the generated module `services_gateway`."""
    specification: Path
    """The OpenAPI 2 document that protoc-gen-openapi-refiner generates, `<name>.swagger.json`."""
    backends: Mapping[str, Servers]
    """Full name of a service, or of a package that contains services → their servers."""
    transport: GrpcTransport = GrpcTransport.ASYNCIO
    """The implementation of gRPC that calls the services."""
    documents: Mapping[str, Path | Document] = field(default_factory=dict)
    """URL path → what the gateway serves there: a JSON or HTML file such as the OpenAPI 3 document, or a text."""
    pages: Sequence[Page] = ()
    """Pages besides the start page and Swagger UI, inside the frame that all share."""
    path_prefix: str = ""
    """The path prefix that a proxy in front of the gateway removes, such as `/shop`; documents tell it to clients."""
    trusted_proxies: Sequence[Network] = ()
    """The addresses of proxies whose X-Forwarded-Prefix takes the place of `path_prefix`."""
    public_url: str = ""
    """The URL at which clients reach the API, such as `https://api.example/shop`; documents tell it, if it is set.

    Its path takes the place of `path_prefix` in documents.
    """
    domain: str = "gateway"
    """The `domain` of the google.rpc.ErrorInfo in errors of the gateway itself (AIP-193)."""
    validates: bool = True
    """Whether the gateway checks requests against the specification."""
    headers: HeaderNames = HEADERS
    """The headers that pass between clients and services under their own names."""
    limits: Limits = field(default_factory=Limits)
    """The bounds of requests, connections and deadlines."""
    cors_origins: Sequence[str] = ()
    """Origins whose pages may use the API in a browser; `*` stands for all. Pages of other origins can't send requests
    with side effects."""
    access_control: AccessControl | None = None
    """Who may call what; None lets everybody call everything."""


def create_app(gateway: Gateway) -> AsyncApp:
    """Returns the gateway's ASGI app. Its lifespan must run in an event loop that uvicorn or another server starts.

    Raises:
        StartError: The specification is not valid OpenAPI 2, it has an operation that isn't generated, two routes
            are equal, a service has no backend, or the path prefix or the public URL isn't one.
    """
    return create_app_and_routes(gateway)[0]


def create_app_and_routes(gateway: Gateway) -> tuple[AsyncApp, DirectRoutes]:
    """Returns the gateway's ASGI app, and the routes whose requests the gateway's own server can serve directly.

    Raises:
        StartError: The specification is not valid OpenAPI 2, it has an operation that isn't generated, two routes
            are equal, a service has no backend, or the path prefix or the public URL isn't one.
    """
    specification = json.loads(gateway.specification.read_bytes())
    validators = validators_of(specification) if gateway.validates else {}
    operations = {operation.id: operation for operation in gateway.operations}
    site_routes = site(
        gateway.specification,
        gateway.documents,
        gateway.pages,
        access_control=gateway.access_control is not None,
        prefix=PathPrefix(gateway.path_prefix, gateway.trusted_proxies),
        public_url=gateway.public_url,
    )
    require_distinct_routes(site_routes, operations.values())
    backends = Backends(gateway.backends, gateway.transport)
    # Channels need an event loop, so the app makes them when it starts: too late for an error in one line.
    backends.require(operation.service for operation in gateway.operations)
    request_limit = RequestLimit(gateway.limits.requests_max)
    router: Router[ASGIApp] = Router()
    endpoints = Endpoints(
        backends=backends,
        validators=validators,
        headers=gateway.headers,
        limits=gateway.limits,
        domain=gateway.domain,
        access_control=gateway.access_control,
    )
    errors = partial(
        GatewayMiddleware,
        limits=gateway.limits,
        domain=gateway.domain,
        request_limit=request_limit,
        cross_origin=CrossOriginCheck(gateway.cors_origins, gateway.public_url),
    )
    routing = partial(
        RoutingMiddleware,
        operations=operations,
        site=site_routes,
        make_endpoint=endpoints.endpoint,
        router=router,
    )

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        async with gateway.access_control.tokens if gateway.access_control else nullcontext():
            yield
        await backends.close()

    methods = {operation.http_method for operation in gateway.operations}
    outermost = [cors(gateway.cors_origins, methods), errors] if gateway.cors_origins else [errors]
    app = AsyncApp(
        __name__,
        lifespan=lifespan,
        middlewares=[*outermost, routing, LifespanMiddleware],
    )
    # A dict and not a path: Connexion would render a file as a Jinja template.
    try:
        app.add_api(specification, resolver=OperationResolver(operations))
    except InvalidSpecification as error:
        raise SpecificationError(str(error)) from error
    return app, DirectRoutes(router, request_limit, gateway.limits.head_bytes_max)


def serve(gateway: Gateway, address: str) -> None:
    """Serves a gateway until SIGTERM or SIGINT, then lets requests in progress end.

    Args:
        gateway: The gateway.
        address: host:port to listen on; `[::]:8080` accepts IPv4, too.

    Raises:
        StartError: The specification is wrong, or the address can't be listened on.
    """
    app, direct = create_app_and_routes(gateway)
    serve_app(app, address, gateway.limits, gateway.domain, direct)
