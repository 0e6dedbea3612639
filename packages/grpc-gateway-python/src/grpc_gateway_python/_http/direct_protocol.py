"""uvicorn's HTTP/1.1 protocol, which serves ordinary requests directly and passes all others to the app."""

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from grpc_gateway_python._http.direct_exchange import DirectExchange
from grpc_gateway_python._http.direct_routes import DirectRequest, DirectRoutes
from grpc_gateway_python._http.idle_timer import IdleTimer

HELD_SECONDS_MAX: Final = 0.05
"""How long the rest of an ordinary body may take. After this time, the app reads it with its own time-out."""


class DirectProtocol(HttpToolsProtocol):
    """Holds a request with an ordinary head until its body is complete, then serves it without ASGI."""

    direct: DirectRoutes | None
    """None when every request goes through the app."""
    _exchange: DirectExchange | None = None
    """The last request that was served directly."""
    _held: DirectRequest | None = None
    _held_timer: asyncio.TimerHandle | None = None
    _idle_timer: IdleTimer | None = None

    def on_message_begin(self) -> None:
        """Starts a head. The ASGI scope is made only for a request that goes through the app."""
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
            self._held = self.direct.request_of(
                parser.get_method(), self.url, self.headers, self.client[0] if self.client else ""
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
            received = held.received
            received.body = received.body + body if received.body else body

    def on_message_complete(self) -> None:
        """Serves the request directly, unless it is invalid or too many requests are in progress."""
        held, direct = self._held, self.direct
        if held is not None and direct is not None and direct.request_limit.left > 0:
            rpc = held.read()
            if rpc is not None and (held.admission is None or not held.admission.begin()):
                self._drop_held()
                exchange = DirectExchange(
                    self, direct.request_limit, held.endpoint, rpc, held.admission
                )
                self._start_exchange(exchange, rpc.timeout_seconds)
                return
        self._pass_held()
        super().on_message_complete()

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

    def _start_exchange(self, exchange: DirectExchange, seconds: float | None) -> None:
        self._exchange = exchange
        self.cycle = exchange  # type: ignore[assignment]  # has what uvicorn's protocol uses
        exchange.start(seconds)

    def exchange_completed(self) -> None:
        """Waits for the next request after one that was served directly, as `on_response_complete` does."""
        if self.pipeline or self.transport.is_closing():
            self.on_response_complete()
            return
        self.server_state.total_requests += 1
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
            if held.received.body:
                super().on_body(held.received.body)

    def _pass_head(self) -> None:
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        super().on_headers_complete()
        exchange = self._exchange
        if exchange is not None and not exchange.response_complete and not exchange.watched:
            # uvicorn stopped reading behind the request in progress. Only reading tells that the client disconnects.
            exchange.watched = True
            self.flow.resume_reading()
