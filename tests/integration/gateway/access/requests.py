"""A valid request of each operation, made from its contract."""

import re
from dataclasses import dataclass
from typing import Any

from google.api import annotations_pb2
from google.protobuf.descriptor_pool import Default

from grpc_gateway_python import Operation

ORDER = "01932c07-5c60-7cc1-a2a1-4b5c8c3c5f01"
VARIABLE = re.compile(r"\{(\w+)\}")
OPTIONAL = frozenset({"page_size", "page_token", "status"})


@dataclass(frozen=True)
class Request:
    """The parts of an HTTP request."""

    method: str
    path: str
    query: dict[str, str]
    json: dict[str, Any] | None

    def changed(self, **ids: str) -> "Request":
        """The same request with other ids in its path."""
        path = self.path
        for old, new in ids.items():
            path = path.replace(old, new)
        return Request(self.method, path, self.query, self.json)


def request_of(operation: Operation, user: str) -> Request:
    """Returns a valid request about a resource of a user."""
    values = {
        field.name: _value(field, user)
        for field in operation.request.DESCRIPTOR.fields
        if field.name not in OPTIONAL
    }
    template = _template(operation)
    path = VARIABLE.sub(lambda variable: str(values.pop(variable[1])), template)
    body = values if operation.body == "*" else None
    query = {} if body is not None else {name: str(value) for name, value in values.items()}
    return Request(operation.http_method, path, query, body)


def _template(operation: Operation) -> str:
    name = f"{operation.service}.{operation.rpc.rpartition('/')[2]}"
    method: Any = Default().FindMethodByName(name)
    rule = method.GetOptions().Extensions[annotations_pb2.http]
    return str(getattr(rule, rule.WhichOneof("pattern")))


def _value(field: Any, user: str) -> Any:
    if field.name == "user_id":
        return user
    if field.name.endswith("_id"):
        return ORDER
    return "x" if field.type == field.TYPE_STRING else 1
