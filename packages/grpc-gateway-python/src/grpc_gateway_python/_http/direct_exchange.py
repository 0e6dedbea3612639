"""One request that is served directly, and its response."""

import asyncio
from functools import lru_cache
from typing import Any, Final, Protocol

import structlog
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from grpc_gateway_python._access.access_log import ACCESS_LOG
from grpc_gateway_python._access.errors import AccessError
from grpc_gateway_python._access.guard import Admission
from grpc_gateway_python._http.request_limit import RequestLimit
from grpc_gateway_python._requests.reader import RpcRequest
from grpc_gateway_python._responses.error_responses import error_response
from grpc_gateway_python._responses.errors import CLOSE, GatewayError, Header
from grpc_gateway_python._responses.request_ids import HEADER
from grpc_gateway_python._responses.responses import JSON, UNAVAILABLE, Response
from grpc_gateway_python._responses.security_headers import secured
from grpc_gateway_python._upstream.unary import UnaryEndpoint
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

CLOSE_LINE: Final = b"connection: close\r\n"
ONLY_JSON: Final = [JSON]
HEADS_MAX: Final = 64
"""Heads that are kept. They change with each second, as they have the date."""

log = structlog.get_logger()


class DirectConnection(Protocol):
    """The connection of a request that is served directly: uvicorn's protocol."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    flow: FlowControl
    tasks: set[asyncio.Task[Any]]
    server_state: ServerState

    def exchange_completed(self) -> None:
        """Waits for the next request."""


class DirectExchange:
    """Takes the place of uvicorn's RequestResponseCycle, with the attributes that uvicorn's protocol uses."""

    __slots__ = (
        *("_admission", "_endpoint", "_protocol", "_request_limit", "_rpc", "_task"),
        *("disconnected", "keep_alive", "response_complete", "response_started", "watched"),
    )

    def __init__(
        self,
        protocol: DirectConnection,
        request_limit: RequestLimit,
        endpoint: UnaryEndpoint,
        rpc: RpcRequest,
        admission: Admission | None,
    ) -> None:
        self._admission = admission
        self._protocol = protocol
        self._request_limit = request_limit
        self._endpoint = endpoint
        self._rpc = rpc
        self._task: asyncio.Task[None] | None = None
        self.disconnected = False
        self.keep_alive = True
        """Whether the connection stays open after the response; uvicorn clears it when the server stops."""
        self.response_started = False
        self.response_complete = False
        self.watched = False
        """Whether reading went on behind this request."""

    @property
    def message_event(self) -> "DirectExchange":
        """What uvicorn's protocol sets after it has changed the state of the connection."""
        return self

    def set(self) -> None:
        """Cancels the call when the client has disconnected."""
        if self.disconnected and not self.response_complete and self._task is not None:
            self._task.cancel()

    def start(self) -> None:
        """Counts the request as in progress and starts its task. The server waits for it when it stops."""
        protocol = self._protocol
        self._request_limit.left -= 1
        self._task = protocol.loop.create_task(self._run())
        protocol.tasks.add(self._task)
        # A task that is cancelled before its first step runs no `finally` of its own.
        self._task.add_done_callback(self._end)

    def _end(self, task: asyncio.Task[None]) -> None:
        self._request_limit.left += 1
        if self._admission is not None:
            self._admission.end()
        self._protocol.tasks.discard(task)

    async def _run(self) -> None:
        protocol = self._protocol
        try:
            response = await self._respond()
            if protocol.flow.write_paused:
                await protocol.flow.drain()
        except asyncio.CancelledError:
            if self.disconnected:
                return
            raise
        if self.disconnected:
            return
        self.response_started = True
        protocol.transport.write(self._bytes(response))
        self.response_complete = True
        if not self.keep_alive:
            protocol.transport.close()
        protocol.exchange_completed()

    async def _respond(self) -> Response:
        try:
            return await self._endpoint.respond(self._rpc)
        except asyncio.CancelledError:
            if self.disconnected:
                raise
            # the gateway stops, and `drain_seconds_max` is over
            error: GatewayError = GatewayError(service_unavailable(), CLOSE)
        except AccessError as access_error:
            ACCESS_LOG.rejected(access_error, self._rpc.request_id)
            error = access_error
        except Exception:
            log.exception("request failed", request_id=self._rpc.request_id.decode())
            error = GatewayError(internal_error())
        return error_response(error, self._endpoint.domain)

    def _bytes(self, response: Response) -> bytes:
        default = self._protocol.server_state.default_headers
        if self.keep_alive and response.headers == ONLY_JSON and response.status != UNAVAILABLE:
            return _json_head(response.status, tuple(default)) % (
                len(response.body),
                self._rpc.request_id,
                response.body,
            )
        headers = (*default, *secured([*response.head(), (HEADER, self._rpc.request_id)]))
        if CLOSE in response.headers:
            self.keep_alive = False
            close = b""
        else:
            close = b"" if self.keep_alive else CLOSE_LINE
        lines = b"".join([b"%b: %b\r\n" % header for header in headers])
        return b"%b%b%b\r\n%b" % (STATUS_LINE[response.status], lines, close, response.body)


@lru_cache(HEADS_MAX)
def _json_head(status: int, default: tuple[Header, ...]) -> bytes:
    """Returns the format of a response with these headers, for the body's length, the request id and the body."""
    before = b"".join([b"%b: %b\r\n" % header for header in (*default, JSON)]).replace(b"%", b"%%")
    after = b"".join([b"%b: %b\r\n" % header for header in secured([])])
    own = (b"content-length: %d\r\n", HEADER, b": %b\r\n", after.replace(b"%", b"%%"))
    return b"".join([STATUS_LINE[status], before, *own, b"\r\n%b"])
