"""String members that contain one of several known values, to which later versions may add values.

`enum` would be wrong: a client that was generated before a value was added would reject responses with this value.
So the member is a string with the known values in `x-extensible-enum`, and these are also a definition of their own,
to which `x-schema` refers: client generators make constants of it. `anyOf` that definition or any string would say the
same, but openapi-generator makes a class of it, whose name is often that of the definition.
"""

from collections.abc import Mapping

from grpc_gateway_python.openapi.document import DEFINITIONS, SCHEMA, Json

EXTENSIBLE = "x-extensible-enum"


def extensible(definition: str, values: Mapping[str, str]) -> Json:
    """Returns the keywords of a member that contains one of the values.

    Args:
        definition: The name of the values' definition.
        values: Each value with its comment.
    """
    return {EXTENSIBLE: list(values), SCHEMA: {"$ref": DEFINITIONS + definition}}


def values_definition(description: str, values: Mapping[str, str]) -> Json:
    """Returns the definition of the known values; the arguments are like those of `extensible`."""
    lines = [_line(name, comment) for name, comment in values.items()]
    return {
        "type": "string",
        "description": "\n\n".join(filter(None, [description, "\n".join(lines)])),
        "enum": list(values),
    }


def _line(name: str, comment: str) -> str:
    """Returns a value's line, in the form of protoc-gen-openapiv2."""
    return f" - {name}: {' '.join(comment.split())}" if comment else f" - {name}"
