"""Repairs output of protoc-gen-openapiv2 that violates Swagger 2.0."""

import json
from typing import Any

PARSED = ("boolean", "integer", "number")


def repair(node: Any) -> None:
    """Repairs a document in place."""
    if isinstance(node, dict):
        default = node.get("default")
        if isinstance(default, str) and node.get("type") in PARSED:
            node["default"] = json.loads(default)  # the plugin writes every default as a string
        if node.get("properties") == {} and node.get("type") == "string":
            del node["properties"]  # google.api.HttpBody
        for value in node.values():
            repair(value)
    elif isinstance(node, list):
        for value in node:
            repair(value)
