"""Which bodies may be left out: those whose absence, an empty message, breaks no rule."""

from google.protobuf.descriptor import Descriptor

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import DEFINITIONS, Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation, body_field

WHOLE_REQUEST = "*"


def refine_bodies(
    contract: Annotations, definitions: Json, operations: list[DocumentOperation]
) -> None:
    """Says of each body whether a request must have it."""
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
    names = [each["$ref"].removeprefix(DEFINITIONS) for each in parts if "$ref" in each]
    return any(_demands_members(definitions, definitions[name]) for name in names)


def _has_rules(contract: Annotations, message: Descriptor) -> bool:
    """Tells whether rules of the whole message, which no keyword says, may refuse an empty one."""
    rules = contract.option(message, "buf.validate.message")
    if rules is not None and (rules.cel or rules.cel_expression):
        return True
    if rules is not None and any(group.required for group in rules.oneof):
        return True
    options = [contract.option(each, "buf.validate.oneof") for each in message.oneofs]
    return any(each is not None and each.required for each in options)
