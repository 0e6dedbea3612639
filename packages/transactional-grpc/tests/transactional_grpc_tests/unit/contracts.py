"""Message classes of a contract that is compiled for these tests."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, message_factory

from buf.validate import validate_pb2
from protoc_plugin_kit.testing import compile_request

FILE = "acme/v1/orders.proto"
CONTRACT = """
syntax = "proto3";
package acme.v1;
import "buf/validate/validate.proto";

message CreateOrderRequest {
  string user_id = 1 [(buf.validate.field).string.uuid = true];
  int64 amount = 2 [(buf.validate.field).int64 = {gte: 1, lte: 9007199254740991}];
  string description = 3 [(buf.validate.field).string = {max_len: 500, pattern: "^[^\\\\x00]*$"}];
}
message ListOrdersRequest {
  enum Status { STATUS_UNSPECIFIED = 0; NEW = 1; }
  string user_id = 1;
  Status status = 2;
  int32 page_size = 3;
  string page_token = 4;
}
message ListTransactionsRequest {
  string user_id = 1;
  int32 page_size = 3;
  string page_token = 4;
}
"""


@cache
def message_classes() -> dict[str, Any]:
    """Returns name → class of the messages."""
    files = {FILE: CONTRACT}
    with tempfile.TemporaryDirectory() as folder:
        request = compile_request(Path(folder), files, imports=[validate_pb2.DESCRIPTOR])
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(request.proto_file[-1].SerializeToString())
    messages = pool.FindFileByName(FILE).message_types_by_name
    return {name: message_factory.GetMessageClass(message) for name, message in messages.items()}
