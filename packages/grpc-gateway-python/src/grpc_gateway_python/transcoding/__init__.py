"""The runtime of generated code: converts JSON, paths and query strings to messages, and messages to JSON."""

from grpc_gateway_python.transcoding.anys import read_any, write_any, write_any_json_names
from grpc_gateway_python.transcoding.details import DetailWriter
from grpc_gateway_python.transcoding.documents import from_json, from_json_text, to_json
from grpc_gateway_python.transcoding.enums import EnumNames
from grpc_gateway_python.transcoding.field_masks import (
    read_field_mask,
    read_field_mask_text,
    write_field_mask,
)
from grpc_gateway_python.transcoding.floats import (
    read_double,
    read_float,
    write_double,
    write_float,
)
from grpc_gateway_python.transcoding.http_bodies import read_http_body
from grpc_gateway_python.transcoding.integers import (
    read_int32,
    read_int32_number,
    read_int64,
    read_int64_number,
    read_uint32,
    read_uint32_number,
    read_uint64,
    read_uint64_number,
)
from grpc_gateway_python.transcoding.locations import path_segment, path_segments
from grpc_gateway_python.transcoding.members import (
    entries,
    items,
    members,
    read_list,
    read_map,
    reject_output_only,
    reject_second_choice,
    write_bool_key,
)
from grpc_gateway_python.transcoding.operation import (
    Operation,
    PathTemplate,
    ReadRequest,
    WriteResponse,
)
from grpc_gateway_python.transcoding.patches import mask_paths
from grpc_gateway_python.transcoding.place import ROOT, Place
from grpc_gateway_python.transcoding.query import (
    Query,
    is_percent_encoded,
    map_entry,
    one,
    parameters,
    parse_query,
    reject_parameters,
    unknown_parameter,
)
from grpc_gateway_python.transcoding.scalars import read_bool, read_bytes, read_string, write_bytes
from grpc_gateway_python.transcoding.structs import (
    read_list_value,
    read_null_value,
    read_struct,
    read_value,
    write_list_value,
    write_null_value,
    write_struct,
    write_value,
)
from grpc_gateway_python.transcoding.texts import (
    read_bool_text,
    read_exact_int64_text,
    read_exact_uint64_text,
    read_int32_text,
    read_int64_text,
    read_uint32_text,
    read_uint64_text,
)
from grpc_gateway_python.transcoding.times import (
    read_duration,
    read_timestamp,
    write_duration,
    write_time,
    write_timestamp,
)
from grpc_gateway_python.transcoding.unwritable import UnwritableError
from grpc_gateway_python.transcoding.violations import InvalidRequestError
from rpc_access import Access

__all__ = [
    "ROOT",
    "Access",
    "DetailWriter",
    "EnumNames",
    "InvalidRequestError",
    "Operation",
    "PathTemplate",
    "Place",
    "Query",
    "ReadRequest",
    "UnwritableError",
    "WriteResponse",
    "entries",
    "from_json",
    "from_json_text",
    "is_percent_encoded",
    "items",
    "map_entry",
    "mask_paths",
    "members",
    "one",
    "parameters",
    "parse_query",
    "path_segment",
    "path_segments",
    "read_any",
    "read_bool",
    "read_bool_text",
    "read_bytes",
    "read_double",
    "read_duration",
    "read_exact_int64_text",
    "read_exact_uint64_text",
    "read_field_mask",
    "read_field_mask_text",
    "read_float",
    "read_http_body",
    "read_int32",
    "read_int32_number",
    "read_int32_text",
    "read_int64",
    "read_int64_number",
    "read_int64_text",
    "read_list",
    "read_list_value",
    "read_map",
    "read_null_value",
    "read_string",
    "read_struct",
    "read_timestamp",
    "read_uint32",
    "read_uint32_number",
    "read_uint32_text",
    "read_uint64",
    "read_uint64_number",
    "read_uint64_text",
    "read_value",
    "reject_output_only",
    "reject_parameters",
    "reject_second_choice",
    "to_json",
    "unknown_parameter",
    "write_any",
    "write_any_json_names",
    "write_bool_key",
    "write_bytes",
    "write_double",
    "write_duration",
    "write_field_mask",
    "write_float",
    "write_list_value",
    "write_null_value",
    "write_struct",
    "write_time",
    "write_timestamp",
    "write_value",
]
