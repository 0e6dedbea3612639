"""One request that is served directly, and its response."""

import asyncio
from collections.abc import Iterable
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
from grpc_gateway_python._responses.errors import CLOSE, GatewayError, Header, Headers
from grpc_gateway_python._responses.request_ids import HEADER
from grpc_gateway_python._responses.responses import JSON, UNAVAILABLE, Response
from grpc_gateway_python._responses.security_headers import CONTENT_POLICY, secured
from grpc_gateway_python._upstream.unary import ServiceCall, UnaryEndpoint
from rpc_contract.v1.contract_errors import internal_error, service_unavailable

CLOSE_LINE: Final = b"connection: close\r\n"
ONLY_JSON: Final = [JSON]
OWN_HEADERS: Final = frozenset({CONTENT_POLICY, CLOSE[0]})
"""Headers that change the security headers, or the connection."""
_heads: dict[int, tuple[Headers, bytes]] = {}
"""Status → the server's headers (with the date), and the response head that was last made of them."""

log = structlog.get_logger()


class DirectConnection(Protocol):
    """The connection of a request that is served directly: uvicorn's protocol."""

    loop: asyncio.AbstractEventLoop
    transport: asyncio.Transport
    flow: FlowControl
    tasks: set[Any]
    """What the server waits for when it stops."""
    server_state: ServerState

    def exchange_completed(self) -> None:
        """Waits for the next request."""


class DirectExchange(ServiceCall):
    """Takes the place of uvicorn's RequestResponseCycle and of its task, with the attributes that uvicorn uses."""

    _draining: asyncio.Task[None] | None = None
    disconnected = False
    keep_alive = True
    """Whether the connection stays open after the response; uvicorn clears it when the server stops."""
    response_started = False
    response_complete = False

    def __init__(
        self,
        protocol: DirectConnection,
        request_limit: RequestLimit,
        endpoint: UnaryEndpoint,
        rpc: RpcRequest,
        admission: Admission | None,
    ) -> None:
        super().__init__(endpoint, rpc)
        self._admission = admission
        self._protocol = protocol
        self._request_limit = request_limit
        self._in_progress = True

    @property
    def message_event(self) -> "DirectExchange":
        """What uvicorn's protocol sets after it has changed the state of the connection."""
        return self

    def set(self) -> None:
        """Cancels the call when the client has disconnected."""
        if self.disconnected:
            self._cancel_request()

    def start(self, seconds: float | None) -> None:
        """Counts the request as in progress and calls the service. The server waits for it when it stops."""
        self._request_limit.left -= 1
        self._protocol.tasks.add(self)
        self.start_call(seconds)

    def cancel(self, msg: str) -> None:  # noqa: ARG002 - uvicorn cancels tasks with a message
        """Ends the request: the server stops, and `drain_seconds_max` is over."""
        # The server iterates over the set from which the end of this request removes it.
        self._protocol.loop.call_soon(self._stop)

    def _stop(self) -> None:
        if self._in_progress:
            self._cancel_request()
            error = GatewayError(service_unavailable(), CLOSE)
            self._write(error_response(error, self._endpoint.domain))
        elif self._draining is not None:
            self._draining.cancel()

    def _cancel_request(self) -> None:
        if self._in_progress:
            self.cancel_call()
            self._end()

    def _end(self) -> None:
        """Stops counting the request as in progress."""
        self._in_progress = False
        self._call = None  # it refers to this exchange
        self._request_limit.left += 1
        if self._admission is not None:
            self._admission.end()
        self._protocol.tasks.discard(self)

    # --- ServiceCall

    def respond(self, response: Response) -> None:
        """Sends the response, once the client has read enough of the earlier ones."""
        self._end()
        if self._protocol.flow.write_paused:
            self._draining = self._protocol.loop.create_task(self._drain(response))
        else:
            self._write(response)

    def fail(self, error: Exception) -> None:
        """Responds with an error of the gateway. Any other error is logged, and becomes an internal error."""
        if isinstance(error, AccessError):
            ACCESS_LOG.rejected(error, self._rpc.request_id)
        if not isinstance(error, GatewayError):
            request_id = self._rpc.request_id.decode()
            log.error("request failed", request_id=request_id, exc_info=error)
            error = GatewayError(internal_error())
        self.respond(error_response(error, self._endpoint.domain))

    # ---

    async def _drain(self, response: Response) -> None:
        protocol = self._protocol
        protocol.tasks.add(self)
        try:
            await protocol.flow.drain()
        finally:
            protocol.tasks.discard(self)
            self._draining = None
        self._write(response)

    def _write(self, response: Response) -> None:
        if self.disconnected:
            return
        protocol = self._protocol
        self.response_started = True
        protocol.transport.write(self._bytes(response))
        self.response_complete = True
        if not self.keep_alive:
            protocol.transport.close()
        protocol.exchange_completed()

    def _bytes(self, response: Response) -> bytes:
        default = self._protocol.server_state.default_headers
        headers = response.headers
        others = b"" if headers == ONLY_JSON else _lines_behind_json(headers)
        if others is not None and self.keep_alive and response.status != UNAVAILABLE:
            known = _heads.get(response.status)
            # uvicorn makes a new list each second.
            if known is None or known[0] is not default:
                known = _heads[response.status] = default, _json_head(response.status, default)
            return known[1] % (others, len(response.body), self._rpc.request_id, response.body)
        lines = _lines((*default, *secured([*response.head(), (HEADER, self._rpc.request_id)])))
        if CLOSE in headers:
            self.keep_alive = False
            close = b""
        else:
            close = b"" if self.keep_alive else CLOSE_LINE
        return b"%b%b%b\r\n%b" % (STATUS_LINE[response.status], lines, close, response.body)


def _lines_behind_json(headers: Headers) -> bytes | None:
    """Returns the lines of the headers behind Content-Type; None if the format of `_json_head` doesn't fit."""
    if headers[:1] != ONLY_JSON:
        return None
    lines = b""
    for name, value in headers[1:]:
        if name in OWN_HEADERS:
            return None
        lines += b"%b: %b\r\n" % (name, value)
    return lines


def _lines(headers: Iterable[Header]) -> bytes:
    return b"".join([b"%b: %b\r\n" % header for header in headers])


def _json_head(status: int, default: Headers) -> bytes:
    """Returns the format of a response with these headers.

    Its values are the lines of other headers, the body's length, the request id, and the body.
    """
    before = _lines((*default, JSON)).replace(b"%", b"%%")
    after = _lines(secured([])).replace(b"%", b"%%")
    own = (b"%bcontent-length: %d\r\n", HEADER, b": %b\r\n", after)
    return b"".join([STATUS_LINE[status], before, *own, b"\r\n%b"])
