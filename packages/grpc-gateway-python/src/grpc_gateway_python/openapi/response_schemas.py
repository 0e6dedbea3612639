"""Simplifies schemas for client generators.

- `readOnly` says nothing about a schema that no request contains, but some generators make a required member optional
  because of it.
- Swagger 2.0 ignores the siblings of `$ref`, so protoc-gen-openapiv2 puts a reference with a description into `allOf`.
  Some generators make a new type of it, without the values of the enum.
"""

from typing import Any

from grpc_gateway_python.openapi.document import Json, closure, references
from grpc_gateway_python.openapi.document_operations import DocumentOperation

ANNOTATIONS = frozenset({"description", "example", "title"})
"""Keywords that don't change which values a schema accepts."""
VALUES = frozenset({"default", "enum", "example", "examples", "x-example"})
"""Keywords whose values are JSON of the API and not of the document."""


def drop_read_only(definitions: Json, operations: list[DocumentOperation]) -> None:
    """Removes `readOnly` from the definitions that no request body refers to."""
    sent = closure(
        definitions, {name for operation in operations for name in references(operation.body)}
    )
    for name, schema in definitions.items():
        if name not in sent:
            _drop_read_only(schema)


def with_plain_references(node: Any) -> Any:
    """Returns a Swagger 2.0 document with `$ref` in place of each `allOf` of one reference that only annotates it."""
    if isinstance(node, list):
        return [with_plain_references(item) for item in node]
    if not isinstance(node, dict):
        return node
    match node.get("allOf"):
        case [{"$ref": str(target)}] if node.keys() - ANNOTATIONS == {"allOf"}:
            return {"$ref": target}
    return {
        key: value if key in VALUES else with_plain_references(value) for key, value in node.items()
    }


def _drop_read_only(node: Any) -> None:
    if isinstance(node, dict):
        if node.get("readOnly") is True:
            del node["readOnly"]
        for key, value in node.items():
            if key not in VALUES:
                _drop_read_only(value)
    elif isinstance(node, list):
        for value in node:
            _drop_read_only(value)
