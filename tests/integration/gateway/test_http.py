"""Errors below the level of requests: clients that don't end, and bytes that are no HTTP."""

import socket
import time

import pytest

from grpc_gateway_python import Limits
from tests.integration.gateway.test_calls import raw
from tests.integration.gateway.test_connections import statuses, talk

LINGER_SECONDS_MAX = Limits().linger_seconds_max
TOO_MUCH = b"a" * 32 * 1024 * 1024
"""More than any limit, and more than the kernel takes for a server that does not read."""
BODY = b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
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
def test_a_client_that_only_reads_when_all_is_sent_gets_its_response(
    address: tuple[str, int], begin: bytes, status: int, reason: str
) -> None:
    responded, body = raw(address, begin + TOO_MUCH)
    assert (responded, body["details"][0]["reason"]) == (status, reason)


def test_a_client_that_never_stops_sending_is_disconnected(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=LINGER_SECONDS_MAX + 10) as client:
        client.sendall(BODY + LENGTH)
        while client.recv(65536):
            pass
        end = time.monotonic() + LINGER_SECONDS_MAX + 10
        with pytest.raises(OSError, match=r"reset|Broken pipe"):  # noqa: PT012 - any of them may
            while time.monotonic() < end:
                client.sendall(b"a" * 65536)


HEALTH = b"GET /healthz HTTP/1.1\r\n"
HOST = b"Host: x\r\n"
RAW = b"POST /raw HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ABC = b"\r\n3\r\nabc\r\n0\r\n\r\n"

INVALID = {
    "no HTTP": b"nonsense\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "no Host": HEALTH + b"\r\n",
    "two Hosts": HEALTH + HOST + HOST + b"\r\n",
    "two Hosts in HTTP/1.0": b"GET /healthz HTTP/1.0\r\n" + HOST + HOST + b"\r\n",
    "Host with a path": HEALTH + b"Host: a/b\r\n\r\n",
    "Host with a user": HEALTH + b"Host: a@b\r\n\r\n",
    "Host with a space": HEALTH + b"Host: a b\r\n\r\n",
    "Host with a wrong port": HEALTH + b"Host: a:b\r\n\r\n",
    "Host with half an address": HEALTH + b"Host: [::1\r\n\r\n",
    "Host beyond ASCII": HEALTH + b"Host: \xe9\r\n\r\n",
    "no colon": HEALTH + HOST + b"bad header\r\n\r\n",
    "space before the colon": HEALTH + HOST + b"A : b\r\n\r\n",
    "no name": HEALTH + HOST + b": b\r\n\r\n",
    "bad name": HEALTH + HOST + b"A(: b\r\n\r\n",
    "folded line": HEALTH + HOST + b"A: b\r\n c\r\n\r\n",
    "space before the first header": HEALTH + b" A: b\r\n" + HOST + b"\r\n",
    "bare CR": HEALTH + HOST + b"A: b\rc\r\n\r\n",
    "bare LF": HEALTH + HOST + b"A: b\nB: c\r\n\r\n",
    "NUL": HEALTH + HOST + b"A: b\0c\r\n\r\n",
    "length that is no number": RAW + b"Content-Length: x\r\n\r\n",
    "length with a sign": RAW + b"Content-Length: +3\r\n\r\nabc",
    "two lengths": RAW + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
    "a list of lengths": RAW + b"Content-Length: 3, 4\r\n\r\nabcd",
    "length and chunks": RAW + b"Content-Length: 3\r\n" + CHUNKED + ABC,
    "chunked twice": RAW + b"Transfer-Encoding: chunked, chunked\r\n" + ABC,
    "not chunked at the end": RAW + b"Transfer-Encoding: gzip\r\n\r\n",
    "chunks in HTTP/1.0": RAW.replace(b"1.1", b"1.0") + CHUNKED + ABC,
    "chunk of a wrong size": RAW + CHUNKED + b"\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "chunk that is too long": RAW + CHUNKED + b"\r\n2\r\nabc\r\n0\r\n\r\n",
    "line break in an extension": RAW + CHUNKED + b"\r\n3;a\nb\r\nabc\r\n0\r\n\r\n",
    "fragment": b"GET /healthz#a HTTP/1.1\r\n" + HOST + b"\r\n",
    "no slash": b"GET healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "asterisk for GET": b"GET * HTTP/1.1\r\n" + HOST + b"\r\n",
    "another scheme": b"GET ftp://x/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "user in the target": b"GET http://u:p@x/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "tunnel": b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n",
}
NOT_IMPLEMENTED = {
    "unknown method": b"FOO /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "method in lower case": b"get /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "unknown coding": RAW + b"Transfer-Encoding: gzip, chunked\r\n" + ABC,
    "unknown coding in a line of its own": RAW + b"Transfer-Encoding: br\r\n" + CHUNKED + ABC,
}
OTHER_VERSIONS = {
    version: b"GET /healthz HTTP/" + version.encode() + b"\r\n" + HOST + b"\r\n"
    for version in ("0.9", "2.0", "3.0", "9.9")
} | {"preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"}
REJECTED = [
    *((400, "INVALID_HTTP", sent, name) for name, sent in INVALID.items()),
    *((501, "NOT_IMPLEMENTED", sent, name) for name, sent in NOT_IMPLEMENTED.items()),
    *((505, "HTTP_VERSION_NOT_SUPPORTED", sent, name) for name, sent in OTHER_VERSIONS.items()),
]
OK = {
    "Host": (HEALTH + HOST, 200),
    "empty Host": (HEALTH + b"Host:\r\n", 200),
    "Host with a port": (HEALTH + b"Host: [::1]:8080\r\n", 200),
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n", 200),
    "absolute target": (b"GET HTTP://x:80/healthz HTTP/1.1\r\n" + HOST, 200),
    "absolute target without path": (b"GET http://x?a=b HTTP/1.1\r\n" + HOST, 404),
    "the whole server": (b"OPTIONS * HTTP/1.1\r\n" + HOST, 204),
    "known method": (b"TRACE /healthz HTTP/1.1\r\n" + HOST, 405),
}


@pytest.mark.parametrize(
    ("status", "reason", "sent"),
    [request[:3] for request in REJECTED],
    ids=[request[3] for request in REJECTED],
)
def test_a_request_that_rfc_9112_rejects_gets_an_error_in_the_declared_format(
    address: tuple[str, int], status: int, reason: str, sent: bytes
) -> None:
    responded, body = raw(address, sent)
    assert (responded, body["details"][0]["reason"]) == (status, reason)


@pytest.mark.parametrize(("head", "status"), OK.values(), ids=OK)
def test_a_request_that_rfc_9112_accepts_is_served(
    address: tuple[str, int], head: bytes, status: int
) -> None:
    assert statuses(talk(address, head + b"Connection: close\r\n\r\n")) == [status]


def test_expect_is_for_http_1_1_only(address: tuple[str, int]) -> None:
    rest = b"Content-Length: 3\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n"
    assert statuses(talk(address, RAW + rest, b"abc")) == [100, 200]
    assert statuses(talk(address, RAW.replace(b"1.1", b"1.0") + rest, b"abc")) == [200]
