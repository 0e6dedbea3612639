"""The shapes of an OpenAPI document that several modules handle."""

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

DEFINITIONS = "#/definitions/"
SCHEMA = "x-schema"
"""Where `$ref` can't be: the reference to the definition of the values."""
NUMBERS = "x-enum-numbers"
"""Beside `enum` in requests: the numbers of its values, in their order."""


def references(node: Any) -> Iterator[str]:
    """Yields the name of every definition that the node refers to, deep inside too."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.removeprefix(DEFINITIONS)
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def render(document: Json) -> str:
    """Returns the document's text: stable, indented, with a newline at its end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
