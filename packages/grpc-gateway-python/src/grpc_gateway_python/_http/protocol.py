"""uvicorn's HTTP/1.1 protocol, with bounds on what a client sends and errors in our shape."""

import asyncio
import http
from typing import Any

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from grpc_gateway_python._http.framing import FramingProtocol
from grpc_gateway_python._http.heads import http_error_of
from grpc_gateway_python._http.lingering import LingeringTransport
from grpc_gateway_python._http.slow_readers import SlowReaderWatch
from grpc_gateway_python._http.slow_requests import SlowRequests
from grpc_gateway_python._limits import Limits
from grpc_gateway_python._responses.error_responses import error_response
from grpc_gateway_python._responses.errors import CLOSE, GatewayError
from grpc_gateway_python._responses.request_ids import HEADER, request_id_of
from grpc_gateway_python._responses.security_headers import secured
from grpc_gateway_python.v1.gateway_errors import body_too_large, headers_too_large
from rpc_contract.errors import ServiceError
from rpc_contract.v1.contract_errors import service_unavailable


def http_protocol(limits: Limits, domain: str) -> type[HttpToolsProtocol]:
    """Returns the protocol class for uvicorn's `http` setting.

    Args:
        limits: Bounds on what a client sends, and on how slowly.
        domain: The `domain` of the google.rpc.ErrorInfo in the errors that it returns.
    """
    slow_requests = SlowRequests(
        per_peer_max=limits.slow_requests_per_peer_max, all_max=limits.slow_requests_max
    )
    bound = {"limits": limits, "domain": domain, "slow_requests": slow_requests}
    return type("GatewayProtocol", (BoundedHttpProtocol,), bound)


class BoundedHttpProtocol(FramingProtocol):
    """Bounds how large and how slow a request may be, and how slowly its answer is read.

    A head that arrives in one piece is left to the app, which knows its request id.
    """

    limits: Limits
    domain: str
    slow_requests: SlowRequests
    _rejected = False
    _piece_bytes = 0
    _part_bytes = 0
    """Of the head, or of what follows it, without the piece in which it begins."""
    _body_bytes = 0
    """Of the body, with what its chunks may have around them."""
    _head_timer: asyncio.TimerHandle | None = None
    _slow_timer: asyncio.TimerHandle | None = None
    _slow_peer: str | None = None
    """As which peer's slow request the current one counts, if it does."""
    _in_work: RequestResponseCycle | None = None
    """The request that the app works on; uvicorn's `cycle` is the last one, which may wait."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Starts to wait for the first request."""
        self._watch = SlowReaderWatch(transport, self.limits.read_seconds_max)
        lingering = LingeringTransport(
            transport,
            self,
            self._watch.close,
            lambda: self._amid_request,
            self.limits.linger_seconds_max,
        )
        super().connection_made(lingering)  # type: ignore[arg-type]  # it has what uvicorn calls
        self._start_timer()
        self._await_rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the waits, and tells the request in work."""
        self._stop_timer()
        self._end_rest()
        self._watch.stop()
        if self._in_work is not None and not self._in_work.response_complete:
            self._in_work.disconnected = True
            self._in_work.message_event.set()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client reads more slowly than the app writes."""
        self._watch.start()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client has read on."""
        self._watch.stop()
        super().resume_writing()

    def data_received(self, data: bytes) -> None:
        """Parses a piece of what the client sends, and counts it."""
        if self._rejected:
            return
        self._unset_keepalive_if_required()
        self._piece_bytes = len(data)
        try:
            self._parse(data)
        except HttpParserError as error:
            self._reject(http_error_of(error, data))
        else:
            self._count()
        if self._amid_request and not self._rejected:
            self._await_rest()
        else:
            self._end_rest()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._part_bytes = -self._piece_bytes
        self._start_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head ends, unless it has to be parsed again."""
        super().on_headers_complete()
        if not self._in_head:
            self._part_bytes = -self._piece_bytes
            self._body_bytes = 0
            self._stop_timer()

    def on_body(self, body: bytes) -> None:
        """A chunk, or a piece of a body."""
        self._body_bytes += len(body) + self.limits.chunk_framing_bytes_max
        super().on_body(body)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._in_work = cycle
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
            # What is left of an answered request, or comes between two, ends no wait.
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def _busy(self) -> bool:
        return self._in_work is not None and not self._in_work.response_complete

    def _reject(self, error: ServiceError) -> None:
        """Answers what can't be served, in its turn, and reads nothing that follows."""
        amid_body = self._amid_request and not self._in_head
        self._rejected = self._amid_request = True  # where it ends can't be told
        self._stop_timer()
        work = self._in_work
        if work is not None and self._busy():
            if work is not self.cycle or not amid_body or work.response_started:
                self.cycle.keep_alive = False  # what came before is answered, and no more
                return
            work.disconnected = True  # this answers it
            work.message_event.set()
        elif amid_body:  # of a request that is answered
            self.transport.close()
            return
        answer = error_response(GatewayError(error, CLOSE), self.domain)
        headers = [*secured(answer.head()), (HEADER, request_id_of([]))]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        phrase = http.HTTPStatus(answer.status).phrase.encode()
        head = b"HTTP/1.1 %d %b\r\n%b\r\n" % (answer.status, phrase, lines)
        self.transport.write(head + answer.body)
        self.transport.close()

    def _await_rest(self) -> None:
        """Counts a request as slow after a while, unless it is read to its end before."""
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
        self._slow_peer = self.slow_requests.enter(self.client[0] if self.client else "")
        if self._slow_peer is not None:
            return
        if self._amid_request:
            self._reject(service_unavailable())
        else:  # it has sent nothing
            self._watch.close()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._head_timer = self.loop.call_later(self.limits.head_seconds_max, self._end_wait)

    def _end_wait(self) -> None:
        """Hangs up, but not on a request in work, during which reading may pause."""
        if self._busy():
            self._start_timer()
        else:
            self._watch.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
