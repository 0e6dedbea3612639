"""Marks parameters whose enum has a definition, so that client generators make one type of it.

A parameter of Swagger 2.0 can't refer to a definition, so the reference is in the extension `x-schema`.
"""

from grpc_gateway_python._contracts.annotations import Annotations
from grpc_gateway_python.openapi.document import DEFINITIONS, NUMBERS, SCHEMA, Json
from grpc_gateway_python.openapi.document_operations import DocumentOperation, field_at


def refer_to_enums(
    contract: Annotations, definitions: Json, operations: list[DocumentOperation]
) -> None:
    """Adds the references, except to parameters whose rules allow only some values of the enum."""
    for operation in operations:
        for parameter in operation.parameters:
            field = field_at(contract, operation.method.input_type, parameter["name"])
            if parameter["in"] == "body" or field is None or field.enum_type is None:
                continue
            name = field.enum_type.full_name
            place = parameter.get("items", parameter)
            if name in definitions and place.get("enum") == definitions[name]["enum"]:
                place[SCHEMA] = {"$ref": DEFINITIONS + name}


def referred(schema: Json) -> Json:
    """Returns a parameter's schema for OpenAPI 3.0, with `$ref` in place of `x-schema`."""
    if "items" in schema:
        return schema | {"items": referred(schema["items"])}
    if SCHEMA not in schema:
        return schema
    reference: Json = schema[SCHEMA]
    rest = {
        key: value for key, value in schema.items() if key not in ("type", "enum", NUMBERS, SCHEMA)
    }
    return {"allOf": [reference]} | rest if rest else reference
