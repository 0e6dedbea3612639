"""The JSON type, the keywords and the references of OpenAPI documents."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

JSON_TYPE = "application/json"
"""The media type of the bodies that messages and errors have."""
DEFINITIONS = "#/definitions/"
SCHEMA = "x-schema"
"""Keyword for a reference to the definition of the values, where `$ref` is not allowed."""
NUMBERS = "x-enum-numbers"
"""Keyword beside `enum` in requests: the numbers of the enum's values, in the same order."""
DISCRIMINATOR = "x-discriminator"
"""Keyword beside `x-oneOf`: the member that tells the alternatives apart; each alternative has one value of it."""
BEARER_FORMAT = "x-bearer-format"
"""Keyword of a security scheme for bearer tokens, which Swagger 2.0 doesn't know: the format of the tokens."""


def references(node: Any) -> Iterator[str]:
    """Yields the name of every definition that the node or a node inside it refers to."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(DEFINITIONS)
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def closure(definitions: Json, names: Iterable[str]) -> set[str]:
    """Returns the definitions with these names and all to which they refer."""
    reached: set[str] = set()
    pending = set(names)
    while pending:
        name = pending.pop()
        reached.add(name)
        pending |= set(references(definitions[name])) - reached
    return reached


def render(document: Json) -> str:
    """Returns the document as indented JSON, with a newline at the end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
