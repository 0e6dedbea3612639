"""Decides which request bodies are optional: those for which an empty message violates no rule."""

from google.protobuf.descriptor import Descriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import DEFINITIONS, Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation, body_field

WHOLE_REQUEST = "*"


def refine_bodies(
    contract: Annotations, definitions: Json, operations: list[DocumentOperation]
) -> None:
    """Sets `required` of every request body."""
    for operation in operations:
        body = operation.body
        if body is not None:
            body["required"] = _is_required(contract, definitions, operation, body["schema"])


def _is_required(
    contract: Annotations, definitions: Json, operation: DocumentOperation, schema: Json
) -> bool:
    message: Descriptor | None = operation.method.input_type
    if operation.rule.body != WHOLE_REQUEST:
        field = body_field(operation.method.input_type, operation.rule.body)
        if contract.is_required(field):
            return True
        message = None if field.is_repeated else field.message_type
    return _demands_members(definitions, schema) or (
        message is not None and _has_rules(contract, message)
    )


def _demands_members(definitions: Json, schema: Json) -> bool:
    if schema.get("required"):
        return True
    parts = [schema, *schema.get("allOf", [])]
    names = [part["$ref"].removeprefix(DEFINITIONS) for part in parts if "$ref" in part]
    return any(_demands_members(definitions, definitions[name]) for name in names)


def _has_rules(contract: Annotations, message: Descriptor) -> bool:
    """Tells whether the message has rules that no schema keyword expresses and that may reject an empty message."""
    rules = contract.option(message, "buf.validate.message")
    if rules is not None and (rules.cel or rules.cel_expression):
        return True
    if rules is not None and any(group.required for group in rules.oneof):
        return True
    options = [contract.option(oneof, "buf.validate.oneof") for oneof in message.oneofs]
    return any(option is not None and option.required for option in options)
