"""The gateway stops while a service hasn't responded yet."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import grpc
import pytest

from grpc_gateway_python import Gateway, GrpcTransport, Servers
from grpc_gateway_python._app.app import create_app_and_routes
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.serving import SPECIFICATION, serving

SECONDS_MAX = 20.0
REQUEST = b"GET /orders/01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01 HTTP/1.1\r\nHost: x\r\n\r\n"


class Waiting(grpc.GenericRpcHandler):
    """Every method of every service; none responds before `release` is set."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.release = threading.Event()

    def service(self, handler_call_details: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(self._wait)

    def _wait(self, request: bytes, context: Any) -> bytes:
        self.began.set()
        self.release.wait(SECONDS_MAX)
        return b""


@contextmanager
def waiting_services() -> Iterator[tuple[Waiting, str]]:
    waiting = Waiting()
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((waiting,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield waiting, f"127.0.0.1:{port}"
    finally:
        waiting.release.set()
        server.stop(0).wait()


@pytest.mark.parametrize("transport", GrpcTransport, ids=lambda transport: transport.value)
def test_request_in_progress_when_the_drain_time_ends_gets_503(transport: GrpcTransport) -> None:
    with waiting_services() as (waiting, address), ExitStack() as server:
        gateway = Gateway(
            operations=OPERATIONS,
            specification=SPECIFICATION,
            backends={"shop": Servers(address)},
            transport=transport,
            domain=DOMAIN,
        )
        app, direct = create_app_and_routes(gateway)
        limits = replace(gateway.limits, drain_seconds_max=1)
        listener = server.enter_context(serving(app, limits, DOMAIN, direct))
        with socket.create_connection(listener, timeout=SECONDS_MAX) as client:
            client.sendall(REQUEST)
            assert waiting.began.wait(SECONDS_MAX)
            server.close()  # stops the server and waits for its end
            received = b""
            while piece := client.recv(65536):
                received += piece
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nconnection: close\r\n" in received
    assert direct.request_limit.left == limits.requests_max
