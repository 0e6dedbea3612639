"""Details of errors: messages whose types only the sending service knows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from google.protobuf import json_format
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError, Message

from grpc_gateway_python.transcoding.scalars import write_bytes
from grpc_gateway_python.transcoding.unwritable import UnwritableError

Writers = Mapping[str, tuple[type[Message], Callable[[Any], dict[str, object]]]]
"""Full name → the message's class, and what writes it."""
NOTHING: Final[Writers] = {}
UNWRITABLE: Final = (TypeError, DecodeError, json_format.SerializeToJsonError, UnwritableError)


class DetailWriter:
    """Writes details as the messages of the operation's responses are written.

    The contract's own messages have generated writers. Protobuf's library writes the others, such
    as google.rpc's; their 64-bit integers are strings, because no rule of a contract bounds them.
    """

    __slots__ = ("_find_writers", "_json_names", "_writers")

    def __init__(self, find_writers: Callable[[], Writers], *, json_names: bool) -> None:
        """`find_writers` is called when the first detail comes, with all modules imported.

        The modules of a package have details of each other.
        """
        self._find_writers = find_writers
        self._writers = NOTHING
        self._json_names = json_names

    def __call__(self, detail: AnyMessage) -> dict[str, object]:
        """Returns a detail as JSON; of one whose type is not known here, its type and its bytes."""
        try:
            return self._json(detail)
        except UNWRITABLE:
            return {"@type": detail.type_url, "value": write_bytes(detail.value)}

    def _json(self, detail: AnyMessage) -> dict[str, object]:
        if self._writers is NOTHING:
            self._writers = self._find_writers()
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
