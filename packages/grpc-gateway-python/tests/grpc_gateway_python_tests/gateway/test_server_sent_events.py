"""The format of server-sent events, as an independent parser reads it."""

import pytest
from httpx_sse._decoders import SSEDecoder

from grpc_gateway_python._responses.server_sent_events import COMMENT, event, retry


def parsed(stream: bytes) -> list[tuple[str, str, str, int | None]]:
    """Returns type, id, data and retry of each event."""
    decoder = SSEDecoder()
    found = [decoder.decode(line) for line in stream.decode().splitlines()]
    return [(sse.event, sse.id, sse.data, sse.retry) for sse in found if sse is not None]


def test_event_has_data_only_by_default() -> None:
    assert event(b"{}") == b"data: {}\n\n"
    assert parsed(event(b"{}")) == [("message", "", "{}", None)]


def test_event_has_type_and_id() -> None:
    text = event('{"a":"é "}'.encode(), event_id="é 1", name="error")
    assert parsed(text) == [("error", "é 1", '{"a":"é "}', None)]


def test_time_to_wait_is_no_event_of_its_own() -> None:
    assert parsed(retry(1500) + COMMENT + event(b"1")) == [("message", "", "1", 1500)]


@pytest.mark.parametrize("event_id", ["a\nb", "a\rb", "a\0b", "\ndata: forged"])
def test_id_that_the_format_does_not_allow_is_left_out(event_id: str) -> None:
    assert event(b"{}", event_id=event_id) == b"data: {}\n\n"


def test_comment_is_no_event() -> None:
    assert parsed(COMMENT + event(b"1", event_id="1") + COMMENT * 3 + event(b"2")) == [
        ("message", "1", "1", None),
        ("message", "1", "2", None),
    ]
