"""The examples on the page about events are events that the shop could publish."""

import html
import json
import re
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message

from gateway.__main__ import ASYNCAPI
from gateway.events import event_page
from shop.streams_kafka import STREAMS
from transactional_events.documents import Connection
from transactional_events.streams import require_valid

BLOCK = re.compile(r'<pre tabindex="0"><code>({.*?})</code>', re.DOTALL)


def examples() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Returns each example: as on the wire, and as JSON."""
    content = event_page(ASYNCAPI, Connection()).content
    blocks = [json.loads(html.unescape(text)) for text in BLOCK.findall(content)]
    return list(zip(blocks[::2], blocks[1::2], strict=True))


def test_examples_on_the_wire_are_valid_events_as_protobuf_prints_them() -> None:
    fields = {field: stream.envelope for stream in STREAMS for field in stream.payloads.values()}
    shown = examples()
    assert len(shown) == len(fields)
    for wire, _ in shown:
        [envelope] = [fields[name] for name in wire if name in fields]
        event: Message = ParseDict(wire, envelope())
        require_valid(event)
        assert MessageToDict(event, preserving_proto_field_name=True) == wire


def test_examples_have_ids_of_their_own_about_one_order() -> None:
    events = [event for _, event in examples()]
    assert len({event["event_id"] for event in events}) == len(events)
    assert len({event["occurred_at"] for event in events}) == len(events)
    assert len({event["data"]["order_id"] for event in events}) == 1
