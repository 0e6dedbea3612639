"""The headers of our records: CloudEvents 1.0 in Kafka's binary mode, and the request id."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from confluent_kafka import Message as Record

CONTENT_TYPE = "application/protobuf"
ID = "ce_id"
REQUEST_ID = "x-request-id"

Headers = list[tuple[str, bytes]]


class _Event(Protocol):
    @property
    def topic(self) -> str: ...
    @property
    def event_id(self) -> UUID: ...
    @property
    def event_type(self) -> str: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def request_id(self) -> str: ...


def headers_of(event: _Event) -> Headers:
    """Returns an event's headers."""
    headers = [
        ("ce_specversion", "1.0"),
        (ID, str(event.event_id)),
        ("ce_source", f"/{event.topic}"),
        ("ce_type", event.event_type),
        ("ce_time", event.occurred_at.isoformat().replace("+00:00", "Z")),
        ("content-type", CONTENT_TYPE),
    ]
    if event.request_id:
        headers.append((REQUEST_ID, event.request_id))
    return [(name, value.encode()) for name, value in headers]


def header(record: Record, name: str) -> str:
    """Returns a header's text; empty when there is none."""
    # The last header of a name counts. Our records end with the request id, so this is cheaper than a dict of all.
    for found, value in reversed(record.headers() or ()):
        if found == name:
            return value.decode(errors="replace") if isinstance(value, bytes) else ""
    return ""
