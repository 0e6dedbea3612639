import base64

import pytest

from grpc_gateway_python._requests.headers import (
    NDJSON_TYPE,
    accepted_type,
    first_values,
    require_json_accepted,
    require_json_body,
)
from grpc_gateway_python._requests.metadata import HeaderNames, forwarded_metadata, response_headers
from grpc_gateway_python._responses.errors import GatewayError
from grpc_gateway_python._responses.server_sent_events import EVENTS_TYPE

NAMES = HeaderNames(
    requests=frozenset({b"authorization"}),
    responses=frozenset({"idempotent-replayed"}),
    tracing=frozenset({b"traceparent"}),
)


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/*;q=0.1",
        "text/html, application/json;q=0.9",
        "text/html,*/*;q=0.8",
        "APPLICATION/JSON",
        "",
        " , ",
        "application/json;version=1;q=0.5",
        'text/html;a="b;q=0", */* ; Q=0.001',
        "application/json;q=nonsense",
    ],
)
def test_responses_in_json_are_accepted(accept: str) -> None:
    raw = [(b"accept", accept.encode())]
    require_json_accepted(first_values(raw), raw)


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;q=0", "application/json;q=0,*/*", "*/*;q=0", "x;q=y"]
)
def test_responses_in_json_are_not_accepted(accept: str) -> None:
    raw = [(b"accept", accept.encode())]
    with pytest.raises(GatewayError) as caught:
        require_json_accepted(first_values(raw), raw)
    assert caught.value.error.http_status == 406


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (b"application/x-ndjson", NDJSON_TYPE),
        (b"application/json", NDJSON_TYPE),
        (b"application/*", NDJSON_TYPE),
        (b"text/event-stream", EVENTS_TYPE),
        (b"text/*", EVENTS_TYPE),
        (b"TEXT/EVENT-STREAM; charset=utf-8", EVENTS_TYPE),
        (b"*/*", NDJSON_TYPE),
        (b"", NDJSON_TYPE),
        (b"text/event-stream, application/x-ndjson", NDJSON_TYPE),
        (b"text/event-stream, application/x-ndjson;q=0.9", EVENTS_TYPE),
        (b"text/event-stream;q=0.5, */*;q=0.1", EVENTS_TYPE),
        (b"application/x-ndjson;q=0, */*", EVENTS_TYPE),
        (b"text/html, text/event-stream;q=0.1", EVENTS_TYPE),
    ],
)
def test_the_preferred_type_of_a_stream(accept: bytes, content_type: bytes) -> None:
    assert accepted_type([(b"accept", accept)], (NDJSON_TYPE, EVENTS_TYPE)) == content_type


def test_the_first_type_is_preferred_without_accept() -> None:
    assert accepted_type([], (EVENTS_TYPE, NDJSON_TYPE)) == EVENTS_TYPE


@pytest.mark.parametrize("accept", [b"text/html", b"*/*;q=0", b"text/event-stream;q=0", b"image/*"])
def test_no_type_of_a_stream_is_acceptable(accept: bytes) -> None:
    with pytest.raises(GatewayError) as caught:
        accepted_type([(b"accept", accept)], (NDJSON_TYPE, EVENTS_TYPE))
    assert caught.value.error.http_status == 406


def test_several_accept_headers_count_as_one() -> None:
    raw = [(b"accept", b"text/html"), (b"accept", b"application/json")]
    require_json_accepted(first_values(raw), raw)


@pytest.mark.parametrize(
    "content_type",
    [
        b"application/json",
        b"APPLICATION/JSON",
        b"Application/JSON; Charset=UTF-8",
        b'application/json;charset="utf-8"',
        b"application/json;charset=utf-8",
        b'application/json; charset=""',
        b"application/json;charset=",
        b"application/json;",
        b"application/json ; profile=x; version=1",
        b'application/json; a="b;charset=latin-1"',
        b"",
    ],
)
def test_json_bodies(content_type: bytes) -> None:
    require_json_body({b"content-type": content_type})


@pytest.mark.parametrize(
    "headers",
    [
        {b"content-type": b"text/plain"},
        {b"content-type": b"application/json; charset=latin-1"},
        {b"content-type": b"application/jsonx"},
        {b"content-type": b'text/plain; a="application/json"'},
        {b"content-type": b";"},
        {b"content-type": b"application/json", b"content-encoding": b"gzip"},
    ],
)
def test_other_bodies(headers: dict[bytes, bytes]) -> None:
    with pytest.raises(GatewayError) as caught:
        require_json_body(headers)
    assert caught.value.error.http_status == 415


def test_only_listed_and_prefixed_headers_become_metadata() -> None:
    headers = [(b"traceparent", b"00-1"), (b"cookie", b"no"), (b"grpc-metadata-a", b"1")]
    found = forwarded_metadata(headers, NAMES)
    assert found == (("traceparent", "00-1"), ("a", "1"))


@pytest.mark.parametrize(
    "header",
    [
        (b"authorization", b"\xff"),
        (b"grpc-metadata-a-bin", b"*"),
        (b"grpc-metadata-grpc-x", b"1"),
        (b"grpc-metadata--bin", b"AA=="),
        (b"grpc-metadata-connection", b"x"),
        (b"grpc-metadata-te", b"gzip"),
        (b"grpc-metadata-host", b"x"),
        (b"grpc-metadata-content-type", b"text/plain"),
    ],
)
def test_a_value_that_cannot_be_metadata_is_an_error_that_names_its_header(
    header: tuple[bytes, bytes],
) -> None:
    with pytest.raises(GatewayError) as caught:
        forwarded_metadata([header], NAMES)
    assert caught.value.error.violations[0].field == header[0].decode()


def test_a_trace_that_cannot_be_metadata_is_left_out() -> None:
    assert forwarded_metadata([(b"traceparent", b"\xff")], NAMES) == ()


def test_metadata_cannot_split_the_response() -> None:
    metadata = (("idempotent-replayed", "true"), ("a", "x\r\nSet-Cookie: y"), ("grpc-status", "0"))
    assert response_headers(metadata, NAMES) == [
        (b"idempotent-replayed", b"true"),
        (b"grpc-metadata-a", b"x??Set-Cookie: y"),
    ]


@pytest.mark.parametrize("length", range(5))
def test_binary_metadata_has_no_padding_in_responses_and_either_in_requests(length: int) -> None:
    data = bytes(range(250, 250 + length))
    padded = base64.b64encode(data)
    ((name, sent),) = response_headers((("raw-bin", data),), NAMES)
    assert (name, sent) == (b"grpc-metadata-raw-bin", padded.rstrip(b"="))
    for text in {sent, padded}:
        assert forwarded_metadata([(name, text)], NAMES) == (("raw-bin", data),)
    with pytest.raises(GatewayError):
        forwarded_metadata([(name, padded + b"=")], NAMES)


def test_text_that_looks_padded_stays_whole() -> None:
    assert response_headers((("a", "AQ=="),), NAMES) == [(b"grpc-metadata-a", b"AQ==")]
