"""uvicorn's HTTP/1.1 protocol, which serves ordinary requests directly and passes all others to the app."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from grpc_gateway_python._http.direct_exchange import DirectExchange
from grpc_gateway_python._http.direct_routes import DirectRequest, DirectRoutes
from grpc_gateway_python._http.idle_timer import IdleTimer
from grpc_gateway_python._http.known_heads import Piece
from grpc_gateway_python._requests.request_head import RequestHead
from grpc_gateway_python._responses.errors import GatewayError

HELD_SECONDS_MAX: Final = 0.05
"""How long the rest of an ordinary body may take. After this time, the app reads it with its own time-out."""


class DirectProtocol(HttpToolsProtocol):
    """Holds a request with an ordinary head until its body is complete, then serves it without ASGI."""

    direct: DirectRoutes | None
    """None when every request goes through the app."""
    _in_progress: RequestResponseCycle | DirectExchange | None = None
    """The request in progress; uvicorn's `cycle` is the last request read, which may be queued."""
    _watched: RequestResponseCycle | DirectExchange | None = None
    """The last request in progress for which reading was resumed, after uvicorn had paused it because another request
    waits behind this one."""
    _heads_begun = 0
    """How many heads have begun in the current piece."""
    _served_head: RequestHead | None = None
    """The head of the last request of the current piece that was served directly."""
    _held: DirectRequest | None = None
    _held_timer: asyncio.TimerHandle | None = None
    _idle_timer: IdleTimer | None = None

    def on_message_begin(self) -> None:
        """Starts a head. The ASGI scope is made only for a request that goes through the app."""
        self._heads_begun += 1
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        """Holds the request when its head is ordinary, otherwise passes it to the app."""
        parser = self.parser
        if (
            self.direct is not None
            and (self.cycle is None or self.cycle.response_complete)
            and not self.expect_100_continue
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
        ):
            head = self.direct.head_of(self.headers) if self.url.isascii() else None
            if head is not None:
                path, _, query_string = self.url.partition(b"?")
                self._held = self.direct.request_of(
                    parser.get_method(), path, query_string, head, self._host
                )
            if self._held is not None:
                return
        self._pass_head()

    def on_body(self, body: bytes) -> None:
        """Keeps a part of the body."""
        held = self._held
        if held is None:
            super().on_body(body)
        else:
            held.body = held.body + body if held.body else body

    def on_message_complete(self) -> None:
        """Serves the request directly, unless it is invalid or too many requests are in progress."""
        held, direct = self._held, self.direct
        if held is not None and direct is not None and self._serve(held, direct):
            return
        self._pass_held()
        super().on_message_complete()

    def _serve_known(self, piece: Piece, direct: DirectRoutes) -> bool:
        """Serves a piece that is one request, if its headers are known; the parser doesn't have to see it."""
        head = direct.known_heads.get(piece.block)
        if head is None or len(piece.data) - piece.body_at != head.body_bytes:
            return False
        method, path, query_string = piece.line.groups(b"")
        request = direct.request_of(method, path, query_string, head, self._host)
        if request is None:
            return False
        request.body = piece.data[piece.body_at :]
        return self._serve(request, direct)

    def _remember(self, piece: Piece, direct: DirectRoutes) -> None:
        """Remembers the headers of a parsed piece that was one request and was served directly."""
        if self._served_head is not None and self._heads_begun == 1:
            direct.known_heads.remember(piece, self._served_head)

    def _serve(self, request: DirectRequest, direct: DirectRoutes) -> bool:
        """Serves a complete request; returns False when the app has to serve it or to reject it."""
        if direct.request_limit.left <= 0:
            return False
        endpoint, admission = request.endpoint, request.admission
        try:
            rpc = endpoint.read(request)
        except GatewayError:  # the app rejects the request
            return False
        if admission is not None and admission.begin():
            return False
        if self._held is not None:
            self._drop_held()
            self._served_head = request.head
        exchange = DirectExchange(self, direct.request_limit, endpoint, rpc, admission)
        self._in_progress = exchange
        self.cycle = exchange  # type: ignore[assignment]  # has what uvicorn's protocol uses
        exchange.start(rpc.timeout_seconds)
        return True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Keeps the client's address."""
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""

    def connection_lost(self, exc: Exception | None) -> None:
        """Drops a held request."""
        self._drop_held()
        if self._idle_timer is not None:
            self._idle_timer.close()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Lets a request whose body isn't complete yet continue, as all other requests in progress."""
        self._pass_held()
        super().shutdown()

    def exchange_completed(self) -> None:
        """Waits for the next request after one that was served directly, as `on_response_complete` does."""
        if self.pipeline or self.transport.is_closing():
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.flow.read_paused:
            self.flow.resume_reading()
        timer = self._idle_timer
        if timer is None:
            timer = self._idle_timer = IdleTimer(
                self.loop, self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
        timer.start()
        # uvicorn's protocol only cancels it.
        self.timeout_keep_alive_task = timer  # type: ignore[assignment]

    def _await_held(self) -> None:
        """Starts the timer of a held request whose body isn't complete yet."""
        if self._held is not None and self._held_timer is None:
            self._held_timer = self.loop.call_later(HELD_SECONDS_MAX, self._pass_held)

    def _drop_held(self) -> None:
        self._held = None
        if self._held_timer is not None:
            self._held_timer.cancel()
            self._held_timer = None

    def _pass_held(self) -> None:
        """Passes a held request to the app, with the part of its body that has arrived."""
        held = self._held
        if held is not None:
            self._drop_held()
            self._pass_head()
            if held.body:
                super().on_body(held.body)

    def _pass_head(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()
        request = self._in_progress
        if request is not self.cycle and request is not self._watched:
            # uvicorn stopped reading behind the request in progress. Only reading tells that the client disconnects.
            # It is resumed once for each request, so that a client can't queue any number of them.
            self._watched = request
            self.flow.resume_reading()
