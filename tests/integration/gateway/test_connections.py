"""Several requests on one connection, and what clients do between, amid and instead of them."""

import re
import socket

import pytest

from tests.integration.gateway.backend import TICK, Backend
from tests.integration.gateway.test_calls import raw

HOST = b"Host: x\r\n"
PNG = b"Content-Type: image/png\r\n"
COUNT = b"GET /count/0 HTTP/1.1\r\n" + HOST + b"\r\n"
WAIT = b"GET /wait HTTP/1.1\r\n" + HOST + b"Grpc-Timeout: 300m\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
RAW = b"POST /raw HTTP/1.1\r\n" + HOST + PNG
UPGRADE = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
LAST_CHUNK = b"0\r\n\r\n"
MUCH = b"x" * 1024 * 1024


def talk(address: tuple[str, int], *pieces: bytes) -> bytes:
    """Sends each piece once the one before has arrived, and returns all responses."""
    with socket.create_connection(address, timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            client.sendall(piece)
            wake(address)
        return read_all(client)


def wake(address: tuple[str, int]) -> None:
    """Asks something on another connection; then the gateway has read what came before."""
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + HOST + b"\r\n")
        assert read_all(client).startswith(b"HTTP/1.1 200 ")


def read_all(client: socket.socket) -> bytes:
    response = b""
    while piece := client.recv(65536):
        response += piece
    return response


def statuses(response: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", response)]


CLOSING = COUNT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        (b"Content-Length: %d\r\n" % len(COUNT), COUNT),
        (CHUNKED, b"%x\r\n%b\r\n0\r\n\r\n" % (len(COUNT), COUNT)),
    ],
    ids=["length", "chunked"],
)
@pytest.mark.parametrize("together", [True, False], ids=["together", "in pieces"])
def test_a_request_to_upgrade_keeps_its_body(
    address: tuple[str, int], fields: bytes, body: bytes, *, together: bool
) -> None:
    head = RAW + UPGRADE + fields + b"\r\n"
    rest = body + CLOSING
    response = talk(address, head + rest) if together else talk(address, head, rest)
    assert statuses(response) == [200, 200], "the body is no request, and what follows it is one"
    assert b"\r\n\r\n" + COUNT + b"HTTP/1.1 200 OK" in response


def test_trailers_are_no_headers(address: tuple[str, int]) -> None:
    trailers = b"Grpc-Metadata-Grpc-Timeout: 1\r\n"
    response = talk(
        address, RAW + CHUNKED + b"\r\n3\r\nabc\r\n0\r\n" + trailers + b"\r\n" + CLOSING
    )
    assert statuses(response) == [200, 200]


@pytest.mark.parametrize(
    "framing",
    [b"0\r\nX: " + MUCH, b"0\r\n" + b"X: y\r\n" * 200_000, b"3;x=" + MUCH, b"3;" + b"x;" * 500_000],
    ids=["trailer", "trailers", "extension", "extensions"],
)
def test_framing_of_a_chunked_body_has_the_bound_of_a_head(
    address: tuple[str, int], framing: bytes
) -> None:
    status, body = raw(address, RAW + CHUNKED + b"\r\n3\r\nabc\r\n" + framing)
    assert (status, body["details"][0]["reason"]) == (431, "HEADERS_TOO_LARGE")


def test_extensions_of_many_chunks_have_the_bound_of_a_head(address: tuple[str, int]) -> None:
    chunk = b"1;x=" + b"y" * 1000 + b"\r\na\r\n"
    status, body = raw(address, RAW + CHUNKED + b"\r\n" + chunk * 1000)
    assert (status, body["details"][0]["reason"]) == (431, "HEADERS_TOO_LARGE")


def test_a_body_in_chunks_of_one_byte_is_taken(address: tuple[str, int]) -> None:
    chunks = b"1\r\na\r\n" * 100_000
    head = RAW + CHUNKED + b"Connection: close\r\n\r\n"
    response = talk(address, head + chunks + LAST_CHUNK)
    assert statuses(response) == [200]
    assert response.endswith(b"a" * 100_000)


def test_a_body_does_not_count_as_head(address: tuple[str, int]) -> None:
    body = b"x" * 100_000
    head = RAW + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    response = talk(address, head[:20], head[20:] + body)
    assert statuses(response) == [200]
    assert response.endswith(body)


def test_no_content_has_no_body(address: tuple[str, int]) -> None:
    response = talk(address, COUNT.replace(b"GET /count/0", b"DELETE /nothing") + CLOSING)
    head, _, rest = response.partition(b"\r\n\r\n")
    assert statuses(head) == [204]
    assert b"\r\ncontent-type:" not in head
    assert b"\r\ncontent-length:" not in head
    assert rest.startswith(b"HTTP/1.1 200 OK")


def test_head_of_a_stream_ends_the_stream(address: tuple[str, int], backend: Backend) -> None:
    backend.cancelled.clear()
    before = backend.ticks
    response = talk(address, COUNT.replace(b"GET /count/0", b"HEAD /count/100000") + CLOSING)
    assert statuses(response) == [200, 200]
    assert backend.cancelled.wait(timeout=10)
    assert backend.ticks - before < 1_000


def test_nonsense_does_not_get_ahead_of_the_request_before(address: tuple[str, int]) -> None:
    assert statuses(talk(address, WAIT + b"nonsense\r\n\r\n")) == [504]
    assert statuses(talk(address, WAIT + COUNT + b"nonsense\r\n\r\n")) == [504, 200]


def test_rejected_nonsense_has_a_date(address: tuple[str, int]) -> None:
    response = talk(address, b"nonsense\r\n\r\n")
    assert statuses(response) == [400]
    assert response.count(b"\r\ndate: ") == 1


def test_nonsense_does_not_get_into_a_stream(address: tuple[str, int]) -> None:
    begin = COUNT.replace(b"/0", b"/100").replace(b"\r\n\r\n", b"\r\n" + CHUNKED + b"\r\n")
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(begin)
        response = client.recv(1)
        client.sendall(b"nonsense\r\n")
        response += read_all(client)
    assert statuses(response) == [200]
    assert response.count(TICK.encode()) == 100
    assert response.endswith(LAST_CHUNK)


def test_a_client_that_disconnects_cancels_all_its_calls(
    address: tuple[str, int], backend: Backend
) -> None:
    backend.waiting.clear()
    backend.cancelled.clear()
    with socket.create_connection(address) as client:
        client.sendall(WAIT.replace(b"300m", b"60S") + COUNT)
        assert backend.waiting.wait(timeout=10)
        wake(address)
    assert backend.cancelled.wait(timeout=10)
