"""How long connections wait for clients, with bounds that are shorter than those in use."""

import asyncio
import socket
import threading
import time

from starlette.types import Receive, Scope, Send

from grpc_gateway_python import Limits
from tests.integration.gateway.serving import serving

SHORT = 1
"""Seconds, above the delays of a busy machine."""
LONG = 20.0
GET = b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n"
MANY = 1_000


class App:
    """Responds at once, after a while, or with a body larger than all buffers."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/slow":
            await asyncio.sleep(3 * SHORT)
        if scope["path"] == "/large":
            for _ in range(MANY):
                piece = {"type": "http.response.body", "body": b"x" * 65536, "more_body": True}
                await send(piece)
        await send({"type": "http.response.body", "body": b""})
        self.ended.set()


class WaitingApp:
    """Waits for the end of the first request's connection, and never responds."""

    def __init__(self) -> None:
        self.reading = threading.Event()
        self.disconnected = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        assert scope["type"] == "http"
        await receive()
        self.reading.set()
        if (await receive())["type"] == "http.disconnect":
            self.disconnected.set()


def read_all(client: socket.socket) -> bytes:
    response = b""
    while piece := client.recv(65536):
        response += piece
    return response


def test_a_client_that_reads_nothing_is_disconnected() -> None:
    app = App()
    with (
        serving(app, Limits(read_seconds_max=SHORT)) as address,
        socket.create_connection(address) as client,
    ):
        client.sendall(GET % b"large")
        assert app.ended.wait(LONG), "the app writes for a client that does not read"


def test_a_line_break_after_a_request_keeps_no_connection_open() -> None:
    with (
        serving(App(), Limits(keep_alive_seconds=SHORT)) as address,
        socket.create_connection(address, timeout=LONG) as client,
    ):
        client.sendall(GET % b"")
        response = b""
        while not response.endswith(b"0\r\n\r\n"):
            response += client.recv(65536)
        client.sendall(b"\r\n")
        assert read_all(client) == b""


def test_a_rejected_client_may_go_on_for_longer_than_a_head_may_take() -> None:
    with (
        serving(App(), Limits(head_seconds_max=SHORT, linger_seconds_max=LONG)) as address,
        socket.create_connection(address, timeout=LONG) as client,
    ):
        client.sendall(b"nonsense\r\n\r\n")
        time.sleep(2 * SHORT)  # no event tells that the timer of the head did nothing
        for _ in range(16):
            client.sendall(b"x" * 65536)
        client.shutdown(socket.SHUT_WR)
        assert read_all(client).startswith(b"HTTP/1.1 400 ")


def test_half_a_head_does_not_hang_up_on_the_request_before() -> None:
    with (
        serving(App(), Limits(head_seconds_max=SHORT)) as address,
        socket.create_connection(address, timeout=LONG) as client,
    ):
        client.sendall(GET % b"slow" + b"GET / HT")
        assert read_all(client).endswith(b"0\r\n\r\n")


def test_a_client_that_disconnects_behind_another_request_ends_the_first() -> None:
    app = WaitingApp()
    with serving(app, Limits(drain_seconds_max=SHORT)) as address:
        with socket.create_connection(address) as client:
            client.sendall(GET % b"first")
            assert app.reading.wait(LONG)
            client.sendall(GET % b"second")
        assert app.disconnected.wait(LONG), "the app still waits for a client that is gone"
