"""Error details (google.rpc.Status.details): messages whose type the service chooses at run time."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError, Message
from google.rpc.error_details_pb2 import ErrorInfo

from grpc_gateway_python.transcoding.scalars import write_bytes
from grpc_gateway_python.transcoding.unwritable import UnwritableError

Writers = Mapping[str, tuple[type[Message], Callable[[Any], dict[str, object]]]]
"""Full message name → the message class and the function that writes it as JSON."""
NOTHING: Final[Writers] = {}
UNWRITABLE: Final = (TypeError, DecodeError, json_format.SerializeToJsonError, UnwritableError)


def _write_error_info(message: ErrorInfo) -> dict[str, object]:
    metadata = message.metadata
    return {
        "reason": message.reason,
        "domain": message.domain,
        # dict() goes through protobuf's views in Python.
        "metadata": {key: metadata[key] for key in metadata},
    }


STANDARD: Final[Writers] = {ErrorInfo.DESCRIPTOR.full_name: (ErrorInfo, _write_error_info)}
"""The detail that every error has: `json_format` takes ten times as long to write it."""


class DetailWriter:
    """Writes error details as JSON, in the same form as the messages in the operation's responses.

    Messages of the contract have generated writers. Protobuf's library writes all others, such as those of
    google.rpc; their 64-bit integers are strings, because no contract limits their range.
    """

    __slots__ = ("_find_writers", "_json_names", "_writers")

    def __init__(self, find_writers: Callable[[], Writers], *, json_names: bool) -> None:
        """Keeps the settings.

        Args:
            find_writers: Returns the generated writers. It is called for the first detail, not earlier: the generated
                modules of a package use each other's writers, so all of them must be imported by then.
            json_names: Whether field names are lowerCamelCase.
        """
        self._find_writers = find_writers
        self._writers = NOTHING
        self._json_names = json_names

    def __call__(self, detail: AnyMessage) -> dict[str, object]:
        """Returns a detail as JSON; a detail of unknown type becomes its `@type` and its bytes in base64."""
        try:
            return self._json(detail)
        except UNWRITABLE:
            return {"@type": detail.type_url, "value": write_bytes(detail.value)}

    def _json(self, detail: AnyMessage) -> dict[str, object]:
        if self._writers is NOTHING:
            self._writers = {**STANDARD, **self._find_writers()}
        found = self._writers.get(detail.type_url.rpartition("/")[2])
        if found is not None:
            message_class, write = found
            return {"@type": detail.type_url, **write(message_class.FromString(detail.value))}
        json: dict[str, object] = json_format.MessageToDict(
            detail,
            preserving_proto_field_name=not self._json_names,
            always_print_fields_with_no_presence=True,
        )
        return json
