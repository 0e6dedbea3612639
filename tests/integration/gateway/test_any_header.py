"""No header of a request makes the gateway or a call fail."""

import socket

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.integration.gateway.conftest import BOTH
from tests.integration.gateway.test_connections import read_all

pytestmark = BOTH

KNOWN = """
accept accept-encoding authorization baggage connection content-length content-type cookie date host
http2-settings idempotency-key keep-alive proxy-connection server te traceparent tracestate trailer
transfer-encoding upgrade user-agent x-request-id :authority :path :status . _ - -bin a-bin
grpc-accept-encoding grpc-encoding grpc-internal-encoding-request grpc-message
grpc-previous-rpc-attempts grpc-status grpc-status-details-bin grpc-tags-bin grpc-timeout
grpc-trace-bin lb-cost-bin lb-token
"""
HOSTILE = st.sampled_from(KNOWN.split())
TOKENS = st.text("abcxyzABC0189!#$%&'*+-.^_`|~", min_size=1, max_size=40)
NAMES = st.builds(str.__add__, st.sampled_from(["Grpc-Metadata-", ""]), HOSTILE | TOKENS).filter(
    lambda name: name != "transfer-encoding"  # RFC 9112 says 501 of an unknown one
)
SAMPLES = st.sampled_from(
    [
        b"",
        b"x",
        b"trailers",
        b"*",
        b"AP8",
        b"AP8=",
        b"A",
        b"AA==,AA==",
        b"0S",
        b"1n",
        b"\xff",
        b"a,b",
    ]
)
VALUES = SAMPLES | st.binary(max_size=200) | st.integers(0, 9000).map(lambda size: b"A" * size)
HEADERS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=4)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@example([("Grpc-Metadata--Bin", b"AP8=")])
@example([("Grpc-Metadata-Connection", b"x")])
@given(HEADERS)
def test_no_header_makes_a_call_fail(
    address: tuple[str, int], headers: list[tuple[str, bytes]]
) -> None:
    lines = [b"%b: %b\r\n" % (name.encode(), value) for name, value in headers]
    head = b"GET /metadata HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(b"".join([head, *lines, b"\r\n"]))
        response = read_all(client)
    assert response, "hung up without a word"
    status = int(response.split()[1])
    assert status < 500 or b'"DEADLINE_EXCEEDED"' in response, response
