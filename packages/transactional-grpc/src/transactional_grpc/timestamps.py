"""Instants on the wire."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def timestamp(at: datetime) -> Timestamp:
    """Returns an instant, which must be aware of its zone, as Protobuf has it."""
    message = Timestamp()
    message.FromDatetime(at)
    return message
