"""Requests that are served directly get the responses that the app would give them, byte for byte."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from grpc_gateway_python import Gateway, Servers
from grpc_gateway_python._app.app import create_app_and_routes
from grpc_gateway_python._http.known_heads import HEAD_BYTES_MAX, HEADS_MAX, KnownHeads, piece_of
from grpc_gateway_python._requests.request_head import RequestHead
from shop.services_gateway import DOMAIN, OPERATIONS
from tests.integration.gateway.conftest import DEFAULT
from tests.integration.gateway.fixed_replies import FixedReplies
from tests.integration.gateway.serving import SPECIFICATION, serving

SECONDS_MAX = 20.0
RUNS_MAX = 3
"""How often a pair of responses that differ is compared."""
UNARY = [operation for operation in OPERATIONS if not operation.is_streaming]
"""Streams are never served directly."""
UUID = "01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01"
CLOSING = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Request-Id: last\r\nConnection: close\r\n\r\n"
HEAD = re.compile(rb"HTTP/1\.1 (\d+) .*?\r\n\r\n", re.DOTALL)
VARYING = re.compile(rb"date: [^\r]*\r\n|x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r\n")
"""The date, and request ids that the gateway made."""

Address = tuple[str, int]


@dataclass(frozen=True)
class Request:
    """One request on a connection, as bytes, and how many bytes its first segment has."""

    head: bytes
    body: bytes
    cut: int | None

    def pieces(self) -> list[bytes]:
        data = self.head + self.body
        return [data] if self.cut is None else [data[: self.cut], data[self.cut :]]

    def breaks_framing(self) -> bool:
        """Whether a server can't tell where the request ends (RFC 9112, section 6.1)."""
        return b"HTTP/1.0" in self.head and b"Transfer-Encoding" in self.head

    def closes(self) -> bool:
        return b"close" in self.head or b"HTTP/1.0" in self.head


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Address, Address]]:
    """Two gateways in front of the same services; only the first one serves requests directly."""
    with FixedReplies() as backend, ExitStack() as stack:
        gateway = _gateway(backend)
        both = [create_app_and_routes(gateway) for _ in range(2)]
        direct = stack.enter_context(serving(both[0][0], gateway.limits, DOMAIN, both[0][1]))
        yield direct, stack.enter_context(serving(both[1][0], gateway.limits, DOMAIN))


def texts() -> st.SearchStrategy[str]:
    return st.one_of(
        st.just(UUID),
        st.uuids().map(str),
        st.sampled_from(["", "0", "1", "50", "-1", "NEW", "FINISHED", "2", "bmV4dA", "%41", "%zz"]),
        st.sampled_from(["%2F", "%FF", "a:b", "a+b", "true", "1e3", "x" * 600, UUID.upper()]),
    )


@st.composite
def targets(draw: st.DrawFn) -> tuple[str, str]:
    """A method and a request target, most of them of a route."""
    operation = draw(st.sampled_from(UNARY))
    segments = [segment if segment != "*" else draw(texts()) for segment in operation.path.segments]
    path = "/" + "/".join(segments) + draw(st.sampled_from(["", "", "", "", "/", ":verb", "//"]))
    names = ["user_id", "userId", "page_size", "pageSize", "page_token", "status", "order_id", "x"]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), texts()), max_size=3))
    if operation.id == "ListOrders":
        pairs.insert(0, ("user_id", draw(texts())))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    method = draw(st.sampled_from([operation.http_method] * 8 + ["GET", "POST", "PUT", "HEAD"]))
    return method, f"{path}?{query}" if query else path


HEADERS = st.lists(
    st.sampled_from(
        [
            *(
                "Accept: */*",
                "Accept: application/json",
                "Accept: text/html",
                "Accept: text/html, */*",
            ),
            *("Content-Type: application/json", "Content-Type: text/plain"),
            *("Content-Type: application/json; charset=utf-8", "Content-Encoding: gzip"),
            *("Idempotency-Key: key", "Authorization: Bearer x", "Authorization: Bearer \xe9"),
            *("Grpc-Timeout: 10S", "Grpc-Timeout: 0S", "Grpc-Timeout: soon", "Origin: http://a.b"),
            *("Traceparent: 00-1-2-01", "Traceparent: \xff", "Grpc-Metadata-Color: red"),
            *("Grpc-Metadata-X-Bin: AAEC", "Grpc-Metadata-X-Bin: ?", "Grpc-Metadata-Te: x"),
            *(
                "Connection: keep-alive",
                "Connection: close",
                "Expect: 100-continue",
                "X: " + "y" * 900,
            ),
            *("Upgrade: h2c", "Cookie: a=b", "X-Request-Id: two words"),
            *("Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site", "Origin: http://x"),
        ]
    ),
    max_size=3,
)
JSON_BODIES: st.SearchStrategy[object] = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "user_id": st.one_of(texts(), st.none(), st.integers()),
            "userId": texts(),
            "amount": st.one_of(st.integers(-1, 10**16), st.just(1.5), st.just("5")),
            "description": st.text(max_size=20),
            "unknown": st.just([{}]),
        },
    ),
    st.just({"user_id": UUID, "amount": 5}),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    method, target = draw(targets())
    lines = draw(HEADERS)
    body = b""
    if method in {"POST", "PUT"} or draw(st.integers(0, 9)) == 0:
        body = json.dumps(draw(JSON_BODIES)).encode()
        body = draw(
            st.sampled_from([body] * 8 + [b"", b" ", b"{", b"\xff", b"[" * 300, body + b"}"])
        )
        if draw(st.integers(0, 19)) == 0:
            body += b" " * 20_000
        if draw(st.integers(0, 9)) == 0:
            lines.append("Transfer-Encoding: chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        else:
            lines.append(f"Content-Length: {len(body)}")
    version = draw(st.sampled_from(["1.1"] * 15 + ["1.0"]))
    lines += ["Host: x", f"X-Request-Id: {draw(st.sampled_from(['one', 'one', 'two']))}"]
    head = "\r\n".join([f"{method} {target} HTTP/{version}", *lines]) + "\r\n\r\n"
    data = head.encode("latin-1")
    cut = draw(st.one_of(st.none(), st.none(), st.integers(1, len(data) + len(body))))
    return Request(data, body, cut)


def talk(address: Address, requests: list[Request]) -> bytes:
    """Sends requests, and one that closes the connection; returns all responses, without what varies."""
    with socket.create_connection(address, timeout=SECONDS_MAX) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        # A server that closes its connection after an error receives no more bytes.
        with suppress(BrokenPipeError, ConnectionResetError):
            for request in requests:
                for piece in request.pieces():
                    client.sendall(piece)
            # With responses unread, the reset by a server that has closed would discard them.
            while _responses(received, requests) < len(requests) and (piece := client.recv(65536)):
                received += piece
            client.sendall(CLOSING)
            while piece := client.recv(65536):
                received += piece
    return VARYING.sub(b"", received)


def _responses(received: bytes, requests: list[Request]) -> int:
    """Returns how many complete responses were received."""
    number = 0
    while match := HEAD.match(received):
        length = re.search(rb"\r\ncontent-length: (\d+)\r\n", match[0])
        interim = match[1] == b"100"
        without_body = interim or requests[number].head.startswith(b"HEAD ")
        end = match.end() + (0 if without_body or length is None else int(length[1]))
        if len(received) < end:
            break
        received = received[end:]
        number += not interim
        if number == len(requests):
            break
    return number


@settings(max_examples=400, deadline=None)  # a busy machine takes longer for an example
@given(st.lists(requests(), min_size=1, max_size=2))
@example(
    [
        Request(
            b"GET /orders/%b HTTP/1.1\r\nHost: x\r\nX-Request-Id: one\r\n\r\n" % UUID.encode(),
            b"",
            None,
        )
    ]
)
def test_direct_requests_and_the_app_give_the_same_bytes(
    servers: tuple[Address, Address], sent: list[Request]
) -> None:
    direct, careful = servers
    # A server that closes with requests unread resets the connection, and its response may be lost.
    last = next((index for index, request in enumerate(sent) if request.closes()), len(sent))
    sent = sent[: last + 1]
    # The error of such a request is only sent when no earlier request is in progress, which differs from run to run.
    sent = [request for request in sent if len(sent) == 1 or not request.breaks_framing()]
    # The app may respond before or after the rest of a body arrives, which differs from run to run on a busy machine.
    # A difference between the two ways does not.
    for _ in range(RUNS_MAX - 1):
        # The headers of the first time are known the second time.
        expected = talk(careful, sent)
        if talk(direct, sent) == expected == talk(direct, sent):
            return
    assert talk(direct, sent) == talk(careful, sent)


@pytest.mark.parametrize("target", [f"/orders/{UUID}", f"/orders?user_id={UUID}&page_size=5"])
def test_a_valid_request_does_not_go_through_the_app(target: str) -> None:
    with FixedReplies() as backend:
        gateway = _gateway(backend)
        app, direct = create_app_and_routes(gateway)
        paths = []

        async def recording(scope: Scope, receive: Receive, send: Send) -> None:
            paths.append(scope.get("path"))
            await app(scope, receive, send)

        head = f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with serving(recording, gateway.limits, DOMAIN, direct) as address:
            assert b"user_id" in talk(address, [Request(head, b"", None)])
    assert paths == [None, "/healthz"]  # the lifespan, and the request that closes the connection


ORDER = f'{{"user_id":"{UUID}","amount":5}}'.encode()
POST_HEADERS = b"Host: x\r\nX-Request-Id: one\r\nContent-Length: %d\r\n\r\n" % len(ORDER)
POST = b"POST /orders HTTP/1.1\r\n" + POST_HEADERS + ORDER
GET_HEADERS = b"Host: x\r\nX-Request-Id: one\r\n\r\n"
GET = b"GET /orders/%b HTTP/1.1\r\n" % UUID.encode() + GET_HEADERS


@pytest.mark.parametrize(
    ("pieces", "responses"),
    [
        pytest.param([GET, GET], 2, id="the same request"),
        pytest.param([GET.replace(UUID.encode(), b"no-uuid")], 1, id="an invalid path"),
        pytest.param([GET.replace(b"/orders/", b"/nothing/")], 1, id="an unknown path"),
        pytest.param([GET.replace(b"/orders/", b"/orders/%zz")], 1, id="a malformed escape"),
        pytest.param([GET.replace(b" HTTP", b"?order_id=1 HTTP")], 1, id="an unknown parameter"),
        pytest.param([GET.replace(b"GET", b"PUT")], 1, id="a method without a route"),
        pytest.param([GET.replace(b"GET", b"HEAD")], 1, id="HEAD"),
        pytest.param([GET.replace(b"GET", b"gET")], 1, id="a method that doesn't exist"),
        pytest.param([GET.replace(b"HTTP/1.1", b"HTTP/1.0")], 1, id="an old version"),
        pytest.param([GET.replace(b" HTTP", b"#x HTTP")], 1, id="a fragment"),
        pytest.param([GET.replace(b"/orders", b"http://x/orders")], 1, id="the absolute form"),
        pytest.param([GET + GET], 2, id="two requests in one piece"),
        pytest.param([GET + b"\r\n", GET], 2, id="an empty line between requests"),
        pytest.param([GET[:-2], GET[-2:] + GET], 2, id="a head in two pieces"),
        pytest.param([POST, POST], 2, id="the same request with a body"),
        pytest.param([POST.replace(ORDER, b"[" + ORDER[1:])], 1, id="a body that isn't JSON"),
        pytest.param([POST[:-1], POST[-1:]], 1, id="a body in two pieces"),
        pytest.param([POST + GET, GET], 3, id="a request behind a body"),
        pytest.param([b"GET /orders HTTP/1.1\r\n" + POST_HEADERS + ORDER], 1, id="a body of a GET"),
        pytest.param([b"POST /orders HTTP/1.1\r\n" + GET_HEADERS], 1, id="no body of a POST"),
    ],
)
def test_requests_with_known_headers_and_the_app_give_the_same_bytes(
    servers: tuple[Address, Address], pieces: list[bytes], responses: int
) -> None:
    direct, careful = servers
    assert talk_after_known(direct, pieces, responses) == talk_after_known(
        careful, pieces, responses
    )


def talk_after_known(address: Address, pieces: list[bytes], responses: int) -> bytes:
    """Sends requests whose headers are known then, and pieces with some of these headers; returns all responses."""
    with socket.create_connection(address, timeout=SECONDS_MAX) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in (GET, POST):
            client.sendall(request)
            assert b" 20" in client.recv(65536)
        for piece in pieces:
            client.sendall(piece)
        received = b""
        expected = [Request(piece, b"", None) for piece in pieces * responses][:responses]
        with suppress(BrokenPipeError, ConnectionResetError):
            while _responses(received, expected) < responses and (piece := client.recv(65536)):
                received += piece
            client.sendall(CLOSING)
            while piece := client.recv(65536):
                received += piece
    return VARYING.sub(b"", received)


def test_the_parser_does_not_see_requests_with_known_headers() -> None:
    with FixedReplies() as backend:
        gateway = _gateway(backend)
        app, direct = create_app_and_routes(gateway)
        with serving(app, gateway.limits, DOMAIN, direct) as address:
            assert direct.known_heads.get(GET_HEADERS) is None
            talk(address, [Request(GET, b"", None)])
            known = direct.known_heads.get(GET_HEADERS)
            assert known is not None
            # A head that the parser has seen replaces the known one.
            talk(address, [Request(GET, b"", None)] * 3)
            assert direct.known_heads.get(GET_HEADERS) is known
            talk(address, [Request(GET, b"", 7)])
            assert direct.known_heads.get(GET_HEADERS) is known


def test_known_headers_take_bounded_memory() -> None:
    heads = KnownHeads()
    for number in range(2 * HEADS_MAX):
        line = b"GET / HTTP/1.1\r\n"
        piece = piece_of(line + b"Host: %d\r\n\r\n" % number)
        assert piece is not None
        heads.remember(piece, RequestHead.of([]))
    assert len(heads) <= HEADS_MAX
    large = piece_of(line + b"Host: %b\r\n\r\n" % (b"x" * HEAD_BYTES_MAX))
    assert large is not None
    heads.remember(large, RequestHead.of([]))
    assert heads.get(large.block) is None


def test_a_connection_that_is_idle_after_a_direct_request_is_closed() -> None:
    with FixedReplies() as backend:
        gateway = _gateway(backend)
        app, direct = create_app_and_routes(gateway)
        limits = replace(gateway.limits, keep_alive_seconds=1)
        head = f"GET /orders/{UUID} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        with (
            serving(app, limits, DOMAIN, direct) as address,
            socket.create_connection(address, timeout=SECONDS_MAX) as client,
        ):
            for _ in range(2):
                client.sendall(head)
                assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
            assert client.recv(65536) == b""


def _gateway(backend: FixedReplies) -> Gateway:
    return Gateway(
        operations=OPERATIONS,
        specification=SPECIFICATION,
        backends={"shop": Servers(backend.address)},
        transport=DEFAULT,
        domain=DOMAIN,
    )
