"""Order events, of a contract that is compiled and generated for these tests."""

import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from buf.validate import validate_pb2
from protoc_plugin_kit.testing import run_protoc
from transactional_events.streams import Stream
from transactional_events.v1 import options_pb2

NAME = "acme/orders/events/v1/order_event"
CONTRACT = """
syntax = "proto3";
package acme.orders.events.v1;
import "buf/validate/validate.proto";
import "google/protobuf/timestamp.proto";
import "transactional_events/v1/options.proto";

message OrderEvent {
  option (transactional_events.v1.topic) = {
    name: "acme.orders.events.v1" partitions: 12 retention: {seconds: 604800}
  };
  string event_id = 1 [(buf.validate.field).string.uuid = true];
  string event_type = 2 [(buf.validate.field).string.min_len = 1];
  google.protobuf.Timestamp occurred_at = 3 [(buf.validate.field).required = true];
  oneof data { OrderCreated order_created = 4; }
}
message OrderCreated {
  string order_id = 1 [
    (buf.validate.field).string.uuid = true,
    (transactional_events.v1.key) = true
  ];
  string user_id = 2 [(buf.validate.field).string.uuid = true];
  int64 amount = 3 [(buf.validate.field).int64 = {gte: 1, lte: 9007199254740991}];
  string description = 4;
}
"""
KEY = "01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01"


def _generated() -> ModuleType:
    plugin = Path(sys.executable).parent / "protoc-gen-kafka-python"
    with tempfile.TemporaryDirectory() as folder:
        outputs = (f"--python_out={folder}", f"--plugin={plugin}", f"--kafka-python_out={folder}")
        imports = (options_pb2.DESCRIPTOR, validate_pb2.DESCRIPTOR)
        done = run_protoc(Path(folder), {f"{NAME}.proto": CONTRACT}, *outputs, imports=imports)
        assert done.returncode == 0, done.stderr
        sys.path.insert(0, folder)
        try:
            return import_module(f"{NAME.replace('/', '.')}_kafka")
        finally:
            sys.path.remove(folder)


ORDER_EVENTS: Stream = _generated().ORDER_EVENTS
OrderEvent: Any = ORDER_EVENTS.envelope
OrderCreated: Any = type(OrderEvent().order_created)


def created(description: str = "é") -> Any:
    return OrderCreated(order_id=KEY, user_id=KEY, amount=5, description=description)
