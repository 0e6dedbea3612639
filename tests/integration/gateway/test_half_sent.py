"""Clients that begin requests and don't end them don't delay other clients."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from grpc_gateway_python import Limits, Servers
from grpc_gateway_python._app.app import Gateway, create_app_and_routes
from shop.services_gateway import OPERATIONS
from tests.integration.gateway.serving import SPECIFICATION, serving
from tests.integration.gateway.test_patience import LONG

PER_PEER = 2
LIMITS = Limits(
    requests_max=1,
    slow_after_seconds=0.2,
    slow_requests_per_peer_max=PER_PEER,
    slow_requests_max=PER_PEER + 1,
    head_seconds_max=LONG,
)
HEAD = b"Host: x\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n"
HALF = {
    "body": (b"POST /orders HTTP/1.1\r\n" + HEAD + b"{", b"}"),
    "head": (b"POST /orders HTTP/1.1\r\n" + HEAD[:20], HEAD[20:] + b"{}"),
    "nothing": (b"", b"POST /orders HTTP/1.1\r\n" + HEAD + b"{}"),
}
Address = tuple[str, int]


@pytest.fixture(scope="module", params=[True, False], ids=["direct", "app"])
def shop(request: pytest.FixtureRequest) -> Iterator[Address]:
    gateway = Gateway(
        operations=OPERATIONS,
        specification=SPECIFICATION,
        backends={"shop": Servers("127.0.0.1:1")},
        limits=LIMITS,
    )
    app, direct = create_app_and_routes(gateway)
    with serving(app, LIMITS, direct=direct if request.param else None) as address:
        yield address


def ask(address: Address, request: bytes, source: str = "127.0.0.1") -> int:
    with socket.create_connection(address, LONG, (source, 0)) as client:
        client.sendall(request)
        return status(client)


def status(client: socket.socket) -> int:
    """The status of the next response, 0 when the gateway hangs up instead; a 503 has Retry-After."""
    response = b""
    while piece := client.recv(65536):
        response += piece
        if found := re.match(rb"HTTP/1\.1 (\d+) .*\r\n\r\n", response, re.DOTALL):
            assert (found[1] == b"503") == (b"\r\nretry-after: 1\r\n" in found[0])
            return int(found[1])
    assert not response
    return 0


def half_sent(opened: ExitStack, address: Address, half: bytes, count: int) -> list[socket.socket]:
    clients = []
    for _ in range(count):
        client = opened.enter_context(socket.create_connection(address, LONG))
        client.sendall(half)
        clients.append(client)
    return clients


def test_half_sent_requests_are_not_in_progress(shop: Address) -> None:
    half, rest = HALF["body"]
    with ExitStack() as opened:
        clients = half_sent(opened, shop, half, PER_PEER)
        assert ask(shop, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200
        assert ask(shop, half + rest) == 400, "it is read, and there is room for it"
        for client in clients:
            client.sendall(rest)
            assert status(client) == 400


@pytest.mark.parametrize("kind", HALF)
def test_one_client_has_so_many_half_sent_requests_only(shop: Address, kind: str) -> None:
    half, rest = HALF[kind]
    with ExitStack() as opened:
        first = half_sent(opened, shop, half, PER_PEER)
        more = half_sent(opened, shop, half, 5)
        expected = 0 if kind == "nothing" else 503
        assert [status(client) for client in more] == [expected] * 5
        assert ask(shop, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200
        assert ask(shop, half + rest) == 400, "whole requests of the same client are served"
        for client in first:
            client.sendall(rest)
            assert status(client) == 400
    assert ask(shop, half + rest) == 400


def test_another_client_has_its_own_share(shop: Address) -> None:
    half, rest = HALF["body"]
    with ExitStack() as opened:
        half_sent(opened, shop, half, PER_PEER)
        (rejected,) = half_sent(opened, shop, half, 1)
        assert status(rejected) == 503
        other = opened.enter_context(socket.create_connection(shop, LONG, ("127.0.0.2", 0)))
        other.sendall(half)
        third = opened.enter_context(socket.create_connection(shop, LONG, ("127.0.0.3", 0)))
        third.sendall(half)
        assert {status(third)} == {503}, "all clients together have a bound, too"
        other.sendall(rest)
        assert status(other) == 400
