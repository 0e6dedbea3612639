"""Instants on the wire."""

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import example, given
from hypothesis import strategies as st

from transactional_grpc.timestamps import timestamp


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.timezones()))  # noqa: DTZ001 - bounds have no zone
@example(datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC) + timedelta())
def test_timestamp_is_what_protobuf_makes_of_the_instant(at: datetime) -> None:
    expected = Timestamp()
    expected.FromDatetime(at)
    assert timestamp(at) == expected
