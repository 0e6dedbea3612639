"""Checks messages by the `buf.validate` rules of their contract."""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import protovalidate
from google.protobuf.message import DecodeError, Message
from protovalidate import Violation

from rpc_contract.errors import FieldViolation
from rpc_contract.v1.contract_errors import invalid_request

M = TypeVar("M", bound=Message)

VIOLATIONS_MAX = 32
"""An error names this many violations at most."""


def violations(message: Message) -> list[FieldViolation]:
    """Returns the rules that a message breaks, each with the path of its field."""
    found = protovalidate.collect_violations(message)
    return [
        FieldViolation(_path(violation), violation.proto.message)
        for violation in found[:VIOLATIONS_MAX]
    ]


def _path(violation: Violation) -> str:
    parts: list[str] = []
    for element in violation.proto.field.elements if violation.proto.field else ():
        parts.append(f".{element.field_name}" if parts else element.field_name)
        if element.subscript is not None:
            parts.append(f"[{element.subscript.value!r}]")
    return "".join(parts)


class RequestReader(Generic[M]):
    """Turns bytes into a request that is valid and has its UUIDs in lower case."""

    def __init__(self, request: type[M]) -> None:
        self._request = request
        self._uuids = _uuid_fields(request)

    def read(self, data: bytes) -> M:
        """Returns the request.

        Raises:
            ServiceError: the bytes are no such message, or the message breaks a rule.
        """
        try:
            request = self._request.FromString(data)
        except DecodeError as error:
            raise invalid_request().with_violations([FieldViolation("", str(error))]) from None
        if broken := violations(request):
            raise invalid_request().with_violations(broken)
        for name in self._uuids:
            setattr(request, name, getattr(request, name).lower())
        return request


def _uuid_fields(message: type[Message]) -> Sequence[str]:
    try:
        rules: Any = message.DESCRIPTOR.file.pool.FindExtensionByName("buf.validate.field")
    except KeyError:  # no contract of this process has rules
        return []
    return [
        field.name
        for field in message.DESCRIPTOR.fields
        if field.GetOptions().Extensions[rules].string.uuid
        and not field.has_presence
        and not field.is_repeated
    ]
