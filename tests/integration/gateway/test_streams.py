"""Streamed responses: lines, back-pressure, cancellation."""

import json
import socket
import time

import httpx
import pytest

from tests.integration.gateway.backend import TICK, Backend
from tests.integration.gateway.conftest import BOTH
from tests.integration.gateway.test_patience import read_all

pytestmark = BOTH

MANY = 2_000
"""As many ticks are 125 MiB: more than all buffers between server and client hold."""

QUIET_SECONDS = 1
"""So long no tick is late, even on a machine that is busy."""


def test_each_message_is_a_line(rest: httpx.Client) -> None:
    with rest.stream("GET", "/count/3") as response:
        lines = [json.loads(line) for line in response.iter_lines()]
    assert response.headers["content-type"] == "application/x-ndjson"
    assert response.headers["grpc-metadata-ticks"] == "3"
    assert lines == [{"result": TICK}] * 3


@pytest.mark.parametrize("count", [0, 3])
def test_stream_to_a_client_of_http_1_0_ends_with_the_connection(
    address: tuple[str, int], count: int
) -> None:
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(f"GET /count/{count} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        head, _, body = read_all(client).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in head.lower()
    assert b"\r\nconnection: close" in head
    assert [json.loads(line) for line in body.splitlines()] == [{"result": TICK}] * count


def test_an_empty_stream_is_an_empty_response(rest: httpx.Client) -> None:
    response = rest.get("/count/0")
    assert (response.status_code, response.content) == (200, b"")


def test_a_stream_ends_at_the_clients_deadline_with_an_error_line(rest: httpx.Client) -> None:
    response = rest.get("/fade", headers={"Grpc-Timeout": "300m"})
    first, last = map(json.loads, response.text.splitlines())
    assert 0 < float(first["result"]) <= 1
    assert last["error"]["code"] == 4
    assert last["error"]["details"][0]["reason"] == "DEADLINE_EXCEEDED"


@pytest.mark.parametrize(("timeout", "seconds"), [("2H", 7200), ("99999999H", 86400), ("90S", 90)])
def test_a_stream_has_the_deadline_of_its_client(
    rest: httpx.Client, timeout: str, seconds: float
) -> None:
    with rest.stream("GET", "/fade", headers={"Grpc-Timeout": timeout}) as response:
        first = json.loads(next(response.iter_lines()))
    # gRPC sends a deadline of hours rounded up to 100 s.
    assert float(first["result"]) == pytest.approx(seconds, rel=0.002, abs=20)


@pytest.mark.parametrize("path", ["/fade", "/count/1", "/wait"])
def test_a_zero_timeout_always_exceeds_the_deadline(rest: httpx.Client, path: str) -> None:
    for _ in range(10):
        response = rest.get(path, headers={"Grpc-Timeout": "0S"})
        assert (response.status_code, response.json()["code"]) == (504, 4)


def test_a_client_that_does_not_read_stops_the_service(
    address: tuple[str, int], backend: Backend
) -> None:
    backend.cancelled.clear()
    before = backend.ticks
    with socket.create_connection(address) as client:
        client.sendall(f"GET /count/{MANY} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        client.recv(1)
        stopped_at = _settled(backend)
        assert 0 < stopped_at - before < MANY
        # Reading on sets it going again.
        for _ in range(1_000):
            client.recv(65536)
        assert _settled(backend) > stopped_at
    assert backend.cancelled.wait(timeout=10), (
        "the service still streams after its client disconnected"
    )


def _settled(backend: Backend) -> int:
    """Returns the number of ticks once it stays the same for a while."""
    count = -1
    while backend.ticks != count:
        count = backend.ticks
        time.sleep(QUIET_SECONDS)
    return count
