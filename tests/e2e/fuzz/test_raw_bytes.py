"""Bytes that no HTTP client would send: the gateway rejects them in the format of its errors and keeps running."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from embedded_stack.testing import Running
from tests.e2e.fuzz.raw_http import Response, exchange

EXAMPLES = 250
REJECTED_HTTP = (501, 505)
"""The statuses of RFC 9110 for methods, transfer codings and versions that a server doesn't know."""
PATHS = (
    b"/orders",
    b"/orders/01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01",
    b"/orders?user_id=7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11",
    b"/accounts",
    b"/accounts/7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11",
    b"/accounts/7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11/top-ups",
    b"/accounts/7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11/transactions",
    b"/",
    b"/swagger/doc.json",
    b"/docs/",
    b"/healthz",
)
GOOD_BODY = b'{"user_id": "7b1f8a52-6a0e-4f0e-9a3d-5d6f0c2b9e11", "amount": 5}'
JSON_TYPE = (b"content-type", b"application/json")
# What may stand in a request line and in a header's value: the rest is for the tests of framing.
VISIBLE = bytes(range(0x21, 0x7F))
ESCAPES = (b"%00", b"%2F", b"%C3%A9", b"%C3", b"%ED%A0%80", b"%", b"%zz", b"..", b"//", b"&", b"=")


def some(letters: bytes, longest: int, *words: bytes) -> st.SearchStrategy[bytes]:
    """Bytes made of these letters and words."""
    parts = [bytes([letter]) for letter in letters] + list(words)
    return st.lists(st.sampled_from(parts), max_size=longest).map(b"".join)


def spoiled(good: bytes, new: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """The bytes with some in the middle replaced by others."""
    places = st.integers(0, len(good))
    return st.builds(
        lambda a, b, other: good[: min(a, b)] + other + good[max(a, b) :], places, places, new
    )


OFTEN = [b"GET", b"POST"] * 4
SELDOM = [
    b"HEAD",
    b"PUT",
    b"PATCH",
    b"DELETE",
    b"OPTIONS",
    b"TRACE",
    b"QUERY",
    b"PROPFIND",
    b"N'X!",
]
methods = st.sampled_from(OFTEN + SELDOM)
targets = st.sampled_from(PATHS) | st.sampled_from(PATHS).flatmap(
    lambda path: spoiled(path[1:], some(VISIBLE, 12, *ESCAPES)).map(lambda rest: b"/" + rest)
)
names = st.sampled_from(
    [
        b"accept",
        b"accept-encoding",
        b"content-encoding",
        b"content-type",
        b"cookie",
        b"expect",
        b"forwarded",
        b"grpc-metadata-x",
        b"grpc-timeout",
        b"idempotency-key",
        b"if-none-match",
        b"range",
        b"traceparent",
        b"x-forwarded-prefix",
        b"x-http-method-override",
        b"x-request-id",
    ]
)
values = some(VISIBLE + bytes(range(0x80, 0x100)), 40, b" ", b"\t") | st.sampled_from(
    [b"*/*", b"gzip", b"100-continue", b"text/plain; q=", b"bytes=0-", b"1S", b"", b"a" * 255]
)
headers = st.lists(st.just(JSON_TYPE) | st.tuples(names, values), max_size=5)
wild = st.binary(max_size=12)
bodies = (
    st.just(GOOD_BODY)
    | spoiled(GOOD_BODY, wild)
    | st.binary(max_size=200)
    | st.integers(1, 2000).map(lambda depth: b"[" * depth)
)


def request(
    method: bytes, target: bytes, fields: list[tuple[bytes, bytes]], body: bytes
) -> tuple[bytes, bytes]:
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: fuzz", b"Connection: close"]
    lines += [name + b": " + value for name, value in fields]
    lines += [b"Content-Length: %d" % len(body)]
    return method, b"\r\n".join([*lines, b"", body])


well_framed = st.builds(request, methods, targets, headers, bodies)
well_formed = request(b"POST", b"/orders", [JSON_TYPE], GOOD_BODY)[1]


def check(response: Response, *, head: bool) -> None:
    assert response.status < 500 or response.status in REJECTED_HTTP, response
    if response.status < 400 or head:
        return
    assert response.headers["content-type"].partition(";")[0] == "application/json", response
    status = json.loads(response.body)
    assert status.keys() == {"code", "message", "details"}, response
    assert status["code"], response
    assert status["message"], response
    info = status["details"][0]
    assert info["@type"] == "type.googleapis.com/google.rpc.ErrorInfo", response
    assert info["reason"], response
    assert info["domain"], response


def check_alive(url: str) -> None:
    sent = b"GET /healthz HTTP/1.1\r\nHost: fuzz\r\nConnection: close\r\n\r\n"
    assert exchange(url, sent, complete=True).status == 200


@settings(max_examples=EXAMPLES, deadline=None)
@given(sent=well_framed)
def test_well_framed_requests_get_a_response_or_an_error_in_the_declared_format(
    system: Running, sent: tuple[bytes, bytes]
) -> None:
    method, data = sent
    head = method == b"HEAD"
    response = exchange(system.endpoints.url("gateway"), data, complete=True, head=head)
    assert response.status, "the gateway hung up on a well-framed request"
    check(response, head=head)


@settings(max_examples=EXAMPLES, deadline=None)
@given(sent=spoiled(well_formed, wild) | st.binary(min_size=1, max_size=300))
@example(sent=b"GET / HTTP/1.1\r\nHost: fuzz\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
@example(
    sent=b"GET / HTTP/1.1\r\nHost: fuzz\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345"
)
@example(sent=b"GET / HTTP/1.1\r\nHost: fuzz\r\nContent-Length: -1\r\n\r\n")
@example(sent=b"GET / HTTP/9.9\r\n\r\n")
@example(sent=b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20000 + b"\r\n")
@example(sent=b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\nHost: fuzz\r\n\r\n")
@example(sent=b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
@example(sent=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
def test_broken_framing_gets_an_error_or_a_closed_connection(system: Running, sent: bytes) -> None:
    check(
        exchange(system.endpoints.url("gateway"), sent, complete=False),
        head=sent.startswith(b"HEAD "),
    )


def test_the_gateway_still_responds_after_the_fuzzing(system: Running) -> None:
    check_alive(system.endpoints.url("gateway"))
