"""What is wrong below the level of requests: what does not end, and what is no HTTP."""

import socket
import time

import pytest

from gateway.limits import Limits
from tests.integration.gateway.test_calls import raw

LINGER_SECONDS_MAX = Limits().linger_seconds_max
TOO_MUCH = b"a" * 32 * 1024 * 1024
"""More than any limit, and more than the kernel takes for a server that does not read."""
BODY = b"POST /raw HTTP/1.1\r\nContent-Type: image/png\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n" % len(TOO_MUCH)
CHUNK = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(TOO_MUCH)


@pytest.mark.parametrize(
    ("begin", "status", "reason"),
    [
        (b"GET / HTTP/1.1\r\nX: ", 431, "HEADERS_TOO_LARGE"),
        (BODY + LENGTH, 413, "BODY_TOO_LARGE"),
        (BODY + CHUNK, 413, "BODY_TOO_LARGE"),
        (b"nonsense\r\n\r\n", 400, "INVALID_HTTP"),
    ],
    ids=["head", "body", "chunk", "nonsense"],
)
def test_a_client_that_only_reads_when_all_is_sent_gets_its_answer(
    address: tuple[str, int], begin: bytes, status: int, reason: str
) -> None:
    answered, body = raw(address, begin + TOO_MUCH)
    assert (answered, body["details"][0]["reason"]) == (status, reason)


def test_a_client_that_never_ends_is_left(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=LINGER_SECONDS_MAX + 10) as client:
        client.sendall(BODY + LENGTH)
        while client.recv(65536):
            pass
        end = time.monotonic() + LINGER_SECONDS_MAX + 10
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012 - any of them may
            while time.monotonic() < end:
                client.sendall(b"a" * 65536)


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
