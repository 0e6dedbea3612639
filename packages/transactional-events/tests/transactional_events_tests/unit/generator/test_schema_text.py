"""The registered text says the same as the contract, but for options and comments."""

from pathlib import Path

import pytest
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_tools import protoc

from protoc_plugin_kit.testing import compile_request
from transactional_events.generator.schema_text import schema_text
from transactional_events_tests.unit.generator.compiled import IMPORTS

WELL_KNOWN = Path(protoc.__file__).parent / "_proto"
GOOGLES = (
    *("any", "api", "duration", "empty", "field_mask"),
    *("source_context", "struct", "timestamp", "type", "wrappers"),
)
EVERYTHING = """
syntax = "proto3";
package acme.v1;
import "buf/validate/validate.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "transactional_events/v1/options.proto";
option java_package = "com.acme";

// First.
message First {
  option deprecated = true;
  reserved 2, 15, 9 to 11, 1000 to max;
  reserved "foo", "bar";
  enum Color { option allow_alias = true; COLOR_UNSPECIFIED = 0; RED = 1; ROT = 1; reserved 5 to 7, 9; }
  message Inner { message Core { bool ok = 1; } repeated Core cores = 1; }
  double a = 1 [(buf.validate.field).double.gt = 0];
  float b = 3;  int32 c = 4; int64 d = 5; uint32 e = 6; uint64 f = 7; sint32 g = 8;
  fixed32 i = 12; sfixed64 j = 13; bool k = 14; string l = 16 [deprecated = true]; bytes m = 17;
  optional string n = 18;
  repeated int32 o = 19;
  map<string, Inner.Core> p = 20;
  map<int32, google.protobuf.Value> q = 21;
  oneof either { string r = 22; Inner s = 23; google.protobuf.Timestamp t = 24; }
  Color u = 25;
  Second v = 26;
  oneof other { Color w = 27; }
  google.protobuf.Duration x = 28;
}
message Second { First first = 1; Kind kind = 2; }
enum Kind { KIND_UNSPECIFIED = 0; GOOD = 1; BAD = -1; }
"""


def test_the_text_compiles_to_the_same_messages(tmp_path: Path) -> None:
    files = compiled(tmp_path, "acme.proto", EVERYTHING)
    pool = DescriptorPool()
    for file in files:
        pool.AddSerializedFile(file.SerializeToString())
    text = schema_text(pool.FindFileByName("acme.proto"))
    again = compiled(tmp_path, "printed.proto", text)[-1]

    assert messages(again) == messages(files[-1])
    assert list(again.dependency) == [
        "google/protobuf/duration.proto",
        "google/protobuf/struct.proto",
        "google/protobuf/timestamp.proto",
    ]
    assert "deprecated = true" in text
    assert "//" not in text


@pytest.mark.parametrize(
    "text",
    [
        """
        package acme.v1;
        message First {
          message Part { string x = 1; }
          message Inner { .acme.v1.Part a = 1; Part b = 2; }
          Part a = 1; .acme.v1.Part b = 2; map<string, .acme.v1.Part> c = 3;
        }
        message Part { int32 y = 1; }
        """,
        """
        package acme.google.v1;
        import "google/protobuf/timestamp.proto";
        message First { .google.protobuf.Timestamp at = 1; }
        """,
    ],
)
def test_a_name_that_an_inner_scope_has_too(tmp_path: Path, text: str) -> None:
    files = compiled(tmp_path, "acme.proto", f'syntax = "proto3";{text}')
    pool = DescriptorPool()
    for file in files:
        pool.AddSerializedFile(file.SerializeToString())
    printed = schema_text(pool.FindFileByName("acme.proto"))
    again = compiled(tmp_path, "printed.proto", printed)[-1]

    assert messages(again) == messages(files[-1])


@pytest.mark.parametrize("name", GOOGLES)
def test_the_text_of_googles_files_compiles_to_the_same_messages(tmp_path: Path, name: str) -> None:
    path = f"google/protobuf/{name}.proto"
    files = compiled(tmp_path, path, (WELL_KNOWN / path).read_text())
    pool = DescriptorPool()
    for file in files:
        pool.AddSerializedFile(file.SerializeToString())
    text = schema_text(pool.FindFileByName(path))
    again = compiled(tmp_path, path, text)

    assert messages(again[-1]) == messages(files[-1])
    assert [file.name for file in again] == [file.name for file in files]
    assert "//" not in text


def compiled(folder: Path, name: str, text: str) -> list[FileDescriptorProto]:
    """Returns a file after the files that it imports."""
    return list(compile_request(folder, {name: text}, imports=IMPORTS).proto_file)


def messages(file: FileDescriptorProto) -> FileDescriptorProto:
    """Returns what a reader of the events needs of a file."""
    bare = FileDescriptorProto(message_type=file.message_type, enum_type=file.enum_type)
    for message in bare.message_type:
        _strip(message)
    return bare


def _strip(message: DescriptorProto) -> None:
    if not message.options.map_entry:
        message.ClearField("options")
    for field in message.field:
        deprecated = field.options.deprecated
        field.ClearField("options")
        if deprecated:
            field.options.deprecated = True
        field.ClearField("json_name")
    message.nested_type.sort(key=lambda nested: nested.name)
    for nested in message.nested_type:
        _strip(nested)
