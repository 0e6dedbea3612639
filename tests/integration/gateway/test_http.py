"""What is wrong below the level of requests: heads that never end, and what is no HTTP."""

import socket

import pytest

from tests.integration.gateway.test_calls import raw


def test_a_head_that_does_not_end_is_refused(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        answer = b""
        for _ in range(40):
            try:
                client.sendall(b"a" * 4096)
            except OSError:
                break
        while piece := client.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert b'"HEADERS_TOO_LARGE"' in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_is_told_in_our_shape(
    address: tuple[str, int], request_bytes: bytes
) -> None:
    status, body = raw(address, request_bytes)
    assert (status, body["details"][0]["reason"]) == (400, "INVALID_HTTP")
