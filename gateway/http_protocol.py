"""uvicorn's HTTP/1.1 protocol, with bounds on the head of a request and errors in our shape."""

import asyncio
import http

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.errors import answer_problem
from gateway.limits import Limits
from gateway.lingering import LingeringTransport
from gateway.problems import CLOSE, ProblemError
from gateway.request_ids import HEADER, request_id_of
from runtime.refusal import Refusal
from shop.gateway.v1.error_reason_refusals import headers_too_large, invalid_http


def http_protocol(limits: Limits) -> type[HttpToolsProtocol]:
    """Returns the protocol class for uvicorn's `http` setting."""
    return type("GatewayProtocol", (BoundedHttpProtocol,), {"limits": limits})


class BoundedHttpProtocol(HttpToolsProtocol):
    """Bounds how large and how slow a request's head may be before the app sees it.

    A head that arrives in one piece is left to the app, which knows its request id.
    """

    limits: Limits
    _in_head = False
    _amid_request = False
    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Starts to wait for the first request."""
        self._close = transport.close
        lingering = LingeringTransport(
            transport, self, lambda: self._amid_request, self.limits.linger_seconds_max
        )
        super().connection_made(lingering)  # type: ignore[arg-type]  # it has what uvicorn calls
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the wait."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what comes after the first piece of a head."""
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > self.limits.head_bytes_max:
                self._refuse(headers_too_large(bytes_max=self.limits.head_bytes_max))
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head = self._amid_request = True
        self._head_bytes = 0
        self._start_timer()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head ends."""
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """A request ends."""
        self._amid_request = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answers what can't be parsed as HTTP."""
        del msg  # uvicorn's own words, in plain text
        self._amid_request = True  # its end can't be told
        self._refuse(invalid_http())

    def _refuse(self, refusal: Refusal) -> None:
        answer = answer_problem(ProblemError(refusal, CLOSE))
        headers = [
            *answer.headers,
            (HEADER, request_id_of([])),
            (b"content-length", b"%d" % len(answer.body)),
        ]
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        phrase = http.HTTPStatus(answer.status).phrase.encode()
        head = b"HTTP/1.1 %d %b\r\n%b\r\n" % (answer.status, phrase, lines)
        self.transport.write(head + answer.body)
        self.transport.close()

    def _start_timer(self) -> None:
        self._stop_timer()
        self._head_timer = self.loop.call_later(self.limits.head_seconds_max, self._close)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
