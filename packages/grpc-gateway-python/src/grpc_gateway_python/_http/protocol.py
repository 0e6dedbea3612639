"""uvicorn's HTTP/1.1 protocol, with bounds on requests and with errors as google.rpc.Status."""

import asyncio
import http
from collections.abc import Callable
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from grpc_gateway_python._http.close_delimited import VERSION, CloseDelimitedApp
from grpc_gateway_python._http.direct_routes import DirectRoutes
from grpc_gateway_python._http.framing import FramingProtocol
from grpc_gateway_python._http.heads import http_error_of
from grpc_gateway_python._http.known_heads import piece_of
from grpc_gateway_python._http.lingering import LingeringTransport
from grpc_gateway_python._http.slow_readers import SlowReaderWatch
from grpc_gateway_python._http.slow_requests import SlowRequests
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._responses.error_responses import error_response
from grpc_gateway_python._responses.errors import CLOSE, GatewayError
from grpc_gateway_python._responses.request_ids import HEADER, request_id_of
from grpc_gateway_python._responses.scope import ON_STOP, STOPPING
from grpc_gateway_python._responses.security_headers import secured
from grpc_gateway_python.v1.gateway_errors import body_too_large, headers_too_large
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import service_unavailable


def http_protocol(
    limits: Limits, domain: str, direct: DirectRoutes | None = None
) -> type[HttpToolsProtocol]:
    """Returns the protocol class for uvicorn's `http` setting.

    Args:
        limits: Bounds on the size and the duration of requests.
        domain: The `domain` of the google.rpc.ErrorInfo in the errors that it returns.
        direct: The routes whose requests are served directly; None when every request goes through the app.
    """
    slow_requests = SlowRequests(
        per_peer_max=limits.slow_requests_per_peer_max, all_max=limits.slow_requests_max
    )
    bound = {"limits": limits, "domain": domain, "slow_requests": slow_requests, "direct": direct}
    return type("GatewayProtocol", (BoundedHttpProtocol,), bound)


class BoundedHttpProtocol(FramingProtocol):
    """Bounds the size and the arrival time of a request, and the time that a client takes to read the response.

    `GatewayMiddleware` checks the size of a head that arrives in one chunk, because its error has the request's id.
    """

    limits: Limits
    domain: str
    slow_requests: SlowRequests
    _rejected = False
    _piece_bytes = 0
    _part_bytes = 0
    """Bytes of the current head or body, without the piece in which it began."""
    _body_bytes = 0
    """Bytes of the current body, plus `chunk_framing_bytes_max` for each chunk."""
    _head_timer: asyncio.TimerHandle | None = None
    _slow_timer: asyncio.TimerHandle | None = None
    _slow_peer: str | None = None
    """The peer under which the current request counts as slow; None when it doesn't."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Starts the timers for the first request."""
        self._watch = SlowReaderWatch(transport, self.limits.read_seconds_max)
        lingering = LingeringTransport(
            transport,
            self,
            self._watch.close,
            lambda: self._amid_request,
            self.limits.linger_seconds_max,
        )
        super().connection_made(lingering)  # type: ignore[arg-type]  # has all that uvicorn calls
        self._start_timer()
        self._await_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the timers, and signals the disconnect to the request in progress."""
        self._stop_timer()
        self._end_rest()
        self._watch.stop()
        if self._in_progress is not None and not self._in_progress.response_complete:
            self._in_progress.disconnected = True
            self._in_progress.message_event.set()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The write buffer is full: the client reads more slowly than the app writes."""
        self._watch.start()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The write buffer has drained: the client has read enough."""
        self._watch.stop()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Parses received bytes, and checks the bounds on head and body."""
        if self._rejected:
            return
        self._unset_keepalive_if_required()
        direct = self.direct
        # Only a piece that begins a request on an idle connection can be one that needs no parser.
        piece = None if direct is None or self._amid_request or self._busy() else piece_of(data)
        if piece is not None and direct is not None and self._serve_known(piece, direct):
            if self._head_timer is not None:
                self._stop_timer()
            if self._slow_timer is not None or self._slow_peer is not None:
                self._end_rest()
            return
        self._piece_bytes = len(data)
        self._heads_begun, self._served_head = 0, None
        try:
            self._parse(data)
        except HttpParserError as error:
            self._reject(http_error_of(error, data))
        else:
            if piece is not None and direct is not None:
                self._remember(piece, direct)
            if self._in_head and self._head_timer is None:
                self._start_timer()
            self._count()
        if self._amid_request and not self._rejected:
            self._await_held()
            self._await_rest()
        else:
            self._end_rest()

    def on_message_begin(self) -> None:
        """Stops the timer of the wait. A head that isn't complete in its first piece gets a timer after that piece."""
        self._part_bytes = -self._piece_bytes
        self._stop_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Ends a head, unless it has an Upgrade header and has to be parsed again."""
        super().on_headers_complete()
        if not self._in_head:
            self._part_bytes = -self._piece_bytes
            self._body_bytes = 0
            self._stop_timer()

    def on_body(self, body: bytes) -> None:
        """Counts the bytes of a body, or of a part of it."""
        self._body_bytes += len(body) + self.limits.chunk_framing_bytes_max
        super().on_body(body)

    def shutdown(self) -> None:
        """Ends a response that would not end by itself, such as a stream of events; the server stops."""
        super().shutdown()
        request = self._in_progress
        if isinstance(request, RequestResponseCycle) and not request.response_complete:
            request.scope[STOPPING] = True  # type: ignore[typeddict-unknown-key]  # a key of ours
            on_stop: Callable[[], None] | None = request.scope.get(ON_STOP)  # type: ignore[assignment]  # a key of ours
            if on_stop is not None:
                on_stop()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._in_progress = cycle
        if cycle.scope["http_version"] == VERSION:
            app = CloseDelimitedApp(cycle, app)
        super()._start_asgi_task(cycle, app)

    def _count(self) -> None:
        limits = self.limits
        self._part_bytes += self._piece_bytes
        if self._in_head and self._part_bytes > limits.head_bytes_max:
            self._reject(headers_too_large(bytes_max=limits.head_bytes_max))
        elif self._amid_request and self._part_bytes > limits.framed_body_bytes_max:
            self._reject(body_too_large(bytes_max=limits.body_bytes_max))
        elif self._amid_request and self._part_bytes - self._body_bytes > limits.head_bytes_max:
            self._reject(headers_too_large(bytes_max=limits.head_bytes_max))
        elif not (self._busy() or self._head_timer or self.timeout_keep_alive_task):
            # Bytes that arrive between two requests don't reset the keep-alive timer.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _busy(self) -> bool:
        return self._in_progress is not None and not self._in_progress.response_complete

    def _reject(self, error: ServiceError) -> None:
        """Responds with an error after the requests in progress, and ignores all further bytes."""
        amid_body = self._amid_request and not self._in_head
        self._rejected = self._amid_request = True  # the end of this request is unknown
        self._stop_timer()
        self._pass_held()  # the error below takes the place of the app's response
        request = self._in_progress
        if request is not None and self._busy():
            if request is not self.cycle or not amid_body or request.response_started:
                # uvicorn closes the connection after the response to the last request read.
                self.cycle.keep_alive = False
                return
            request.disconnected = True  # the error below is the response to it
            request.message_event.set()
        elif amid_body:  # the response to this request was already sent
            self.transport.close()
            return
        response = error_response(GatewayError(error, CLOSE), self.domain)
        date = self.server_state.default_headers
        headers = [*date, *secured(response.head()), (HEADER, request_id_of(None))]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        phrase = http.HTTPStatus(response.status).phrase.encode()
        head = b"HTTP/1.1 %d %b\r\n%b\r\n" % (response.status, phrase, lines)
        self.transport.write(head + response.body)
        self.transport.close()

    def _await_rest(self) -> None:
        """Starts the timer after which a request counts as slow, unless it was read completely by then."""
        if self._slow_timer is None and self._slow_peer is None:
            delay = self.limits.slow_after_seconds
            self._slow_timer = self.loop.call_later(delay, self._count_as_slow)

    def _end_rest(self) -> None:
        if self._slow_timer is not None:
            self._slow_timer.cancel()
            self._slow_timer = None
        if self._slow_peer is not None:
            self.slow_requests.leave(self._slow_peer)
            self._slow_peer = None

    def _count_as_slow(self) -> None:
        self._slow_timer = None
        self._slow_peer = self.slow_requests.enter(self._host)
        if self._slow_peer is not None:
            return
        if self._amid_request:
            self._reject(service_unavailable())
        else:  # the client has sent nothing
            self._watch.close()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._head_timer = self.loop.call_later(self.limits.head_seconds_max, self._end_wait)

    def _end_wait(self) -> None:
        """Closes the connection unless a request is in progress, because reading may be paused then."""
        if self._busy():
            self._start_timer()
        else:
            self._watch.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
