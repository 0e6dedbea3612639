"""The middleware around the app: request ids, the bound on concurrent requests, and error responses."""

import asyncio

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from grpc_gateway_python._access.access_log import ACCESS_LOG
from grpc_gateway_python._access.errors import AccessError
from grpc_gateway_python._http.cross_origin import CrossOriginCheck
from grpc_gateway_python._http.request_limit import RequestLimit
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._requests.headers import first_values
from grpc_gateway_python._responses.error_responses import error_response
from grpc_gateway_python._responses.errors import CLOSE, ClientGoneError, GatewayError, Header
from grpc_gateway_python._responses.request_ids import HEADER, request_id_of
from grpc_gateway_python._responses.scope import ADMIT, REQUEST_ID
from grpc_gateway_python._responses.security_headers import secured
from grpc_gateway_python.v1.gateway_errors import headers_too_large
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

log = structlog.get_logger()


class GatewayMiddleware:
    """The outermost of Connexion's middlewares, except for CORS."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limits: Limits,
        domain: str,
        request_limit: RequestLimit,
        cross_origin: CrossOriginCheck,
    ) -> None:
        self._app = app
        self._cross_origin = cross_origin
        self._domain = domain
        self._limits = limits
        self._request_limit = request_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request, or the app's lifespan."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(
            request_id_of(first_values(scope["headers"]).get(HEADER)), send, self._request_limit
        )
        scope[REQUEST_ID] = request.id
        scope[ADMIT] = request.admit
        try:
            self._require_small_head(scope)
            self._cross_origin.require_allowed(scope)
            await self._app(scope, receive, request.send)
        except GatewayError as error:
            if isinstance(error, AccessError):
                ACCESS_LOG.rejected(error, request.id)
            await error_response(error, self._domain).send(request.send)
        except ClientGoneError:
            pass
        except asyncio.CancelledError:  # the gateway stops, and `drain_seconds_max` is over
            if request.begun:
                raise
            await self._respond_with_error(service_unavailable(), request, CLOSE)
        except Exception:
            log.exception("request failed", request_id=request.id.decode())
            if request.begun:
                raise
            await self._respond_with_error(internal_error(), request)
        finally:
            request.end()

    async def _respond_with_error(
        self, error: ServiceError, request: "_Request", *headers: Header
    ) -> None:
        gateway_error = GatewayError(error, *headers)
        await error_response(gateway_error, self._domain).send(request.send)

    def _require_small_head(self, scope: Scope) -> None:
        size = len(scope["raw_path"]) + len(scope["query_string"])
        for name, value in scope["headers"]:
            size += len(name) + len(value)
        if size > self._limits.head_bytes_max:
            error = headers_too_large(bytes_max=self._limits.head_bytes_max)
            raise GatewayError(error, CLOSE)


class _Request:
    """The state of one request and its response."""

    __slots__ = ("_in_progress", "_request_limit", "_send", "begun", "id")

    def __init__(self, request_id: bytes, send: Send, request_limit: RequestLimit) -> None:
        self.id = request_id
        self.begun = False
        """Whether the response has begun."""
        self._send = send
        self._request_limit = request_limit
        self._in_progress = False

    def admit(self) -> None:
        """Counts the request as in progress from now on.

        Raises:
            GatewayError: `requests_max` requests are in progress.
        """
        if self._request_limit.left <= 0:
            raise GatewayError(service_unavailable())
        self._request_limit.left -= 1
        self._in_progress = True

    def end(self) -> None:
        """Stops counting the request as in progress."""
        if self._in_progress:
            self._request_limit.left += 1

    async def send(self, message: Message) -> None:
        """Sends a part of the response, with the request's id and the security headers."""
        if message["type"] == "http.response.start":
            self.begun = True
            message["headers"] = secured([*message["headers"], (HEADER, self.id)])
        await self._send(message)
