"""Routes requests to the endpoints of operations.

The routing middleware replaces Connexion's own routing, which allows one path segment per variable
and no verbs such as `:cancel`, lists one method per Allow header, and decodes a path before it splits it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from connexion.middleware.abstract import SpecMiddleware
from connexion.resolver import Resolver
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from grpc_gateway_python._errors import StartError
from grpc_gateway_python._http.heads import ASTERISK
from grpc_gateway_python._pages.site_route import SiteRoute
from grpc_gateway_python._requests.reader import HEAD
from grpc_gateway_python._requests.router import Match, NoRouteError, Router
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.responses import Response
from grpc_gateway_python._responses.scope import MATCH
from grpc_gateway_python.transcoding import Operation, is_percent_encoded
from grpc_gateway_python.v1.gateway_errors import method_not_allowed, route_not_found
from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request

MakeEndpoint = Callable[[Operation], ASGIApp]

GET: Final = "GET"


class UnknownOperationError(StartError):
    """The specification has an operation that no generated module has; the text names it."""


class OperationResolver(Resolver):  # type: ignore[misc]  # Connexion has no types
    """Resolves each operationId of the specification to its generated operation."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        super().__init__(self._operation)
        self._operations = operations

    def _operation(self, operation_id: str) -> Operation:
        try:
            return self._operations[operation_id]
        except KeyError:
            raise UnknownOperationError(f"no generated module has {operation_id}") from None


class RoutingMiddleware(SpecMiddleware):  # type: ignore[misc]  # Connexion has no types
    """A Connexion middleware that serves operations and the site.

    Args:
        app: The next middleware, which runs the lifespan.
        operations: Operation id → operation.
        site: The other routes.
        make_endpoint: Returns the endpoint of an operation.
        router: Gets the routes.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        operations: Mapping[str, Operation],
        site: Iterable[SiteRoute],
        make_endpoint: MakeEndpoint,
        router: Router[ASGIApp],
    ) -> None:
        self._app = app
        self._operations = operations
        self._make_endpoint = make_endpoint
        self._router = router
        for route in site:
            self._router.add_path(GET, route.path, route.endpoint)

    def add_api(self, _: Specification, **__: Any) -> None:
        """Makes the endpoints. Connexion calls it once, when it builds its middleware stack."""
        for operation in self._operations.values():
            endpoint = self._make_endpoint(operation)
            self._router.add(operation.http_method, operation.path, endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = _path(scope)
        if not is_percent_encoded(path):
            violation = FieldViolation("", "must have a path of percent-encoded UTF-8")
            raise GatewayError(invalid_request().with_violations([violation]))
        if path == ASTERISK:  # OPTIONS of the whole server (RFC 9110, section 9.3.7)
            await Response(204, [], b"").send(send)
            return
        try:
            match = self._match(scope["method"], path)
        except NoRouteError as error:
            raise _no_route(error.allowed) from None
        scope[MATCH] = match
        await match.target.endpoint(scope, receive, send)

    def _match(self, method: str, path: bytes) -> Match[ASGIApp]:
        if method != HEAD:
            return self._router.match(method, path)
        try:
            return self._router.match(HEAD, path)
        except NoRouteError:
            return self._router.match(GET, path)


def _path(scope: Scope) -> bytes:
    """Returns the path below the `root_path` at which a server or another app has mounted the gateway."""
    path: bytes = scope["raw_path"]
    root_path: bytes = scope.get("root_path", "").encode()
    if root_path and (path == root_path or path.startswith(root_path + b"/")):
        return path[len(root_path) :] or b"/"
    return path


def _no_route(allowed: Collection[str]) -> GatewayError:
    """Returns 405 with the methods that the path has, or 404 when it has none."""
    if not allowed:
        return GatewayError(route_not_found())
    methods = ", ".join(sorted({*allowed, HEAD} if GET in allowed else allowed))
    return GatewayError(method_not_allowed(methods=methods), (b"allow", methods.encode()))
