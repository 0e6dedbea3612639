"""Repairs output of protoc-gen-openapiv2 that violates Swagger 2.0."""

import json
from typing import Any

PARSED = ("boolean", "integer", "number")


def repair(node: Any) -> None:
    """Repairs a document in place."""
    if isinstance(node, dict):
        if node.get("properties") == {} and node.get("type") == "string":
            del node["properties"]  # google.api.HttpBody
        for value in node.values():
            repair(value)
    elif isinstance(node, list):
        for value in node:
            repair(value)


def parse_defaults(node: Any) -> None:
    """Gives defaults their type in place: the plugin writes every default as a string.

    To be called when each type is final, because 64-bit integers begin as strings. Connexion
    rejects a document in which a default has another type.
    """
    if isinstance(node, dict):
        default = node.get("default")
        if isinstance(default, str) and node.get("type") in PARSED:
            node["default"] = json.loads(default)
        for value in node.values():
            parse_defaults(value)
    elif isinstance(node, list):
        for value in node:
            parse_defaults(value)
