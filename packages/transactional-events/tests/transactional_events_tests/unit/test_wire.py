"""Confluent's wire format."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactional_events.registry import WireError, frame, unframe

IDS = st.integers(0, 2**32 - 1)


@given(IDS, st.binary())
def test_a_framed_payload_is_unframed(schema_id: int, message: bytes) -> None:
    assert unframe(frame(schema_id) + message) == (schema_id, message)


@given(IDS)
def test_the_frame_is_confluents(schema_id: int) -> None:
    assert frame(schema_id) == b"\0" + struct.pack(">I", schema_id) + b"\0"


@given(st.binary())
def test_any_bytes_are_a_frame_or_rejected(value: bytes) -> None:
    try:
        schema_id, message = unframe(value)
    except WireError:
        return
    assert frame(schema_id) + message == value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "no value (a tombstone)"),
        (b"", "an empty value"),
        (b"{}", "starts with byte 123, not with 0"),
        (b"\0\0\0\0\1", "5 bytes are too few for a frame of 6"),
        (b"\0\0\0\0\1\2\2x", "not the first message of its schema"),
    ],
)
def test_the_reason_is_named(value: bytes | None, reason: str) -> None:
    with pytest.raises(WireError) as raised:
        unframe(value)
    assert str(raised.value) == reason
