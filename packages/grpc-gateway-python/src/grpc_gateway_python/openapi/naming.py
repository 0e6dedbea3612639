"""Shortens the definitions' names: `Order` instead of `shop.orders.v1.Order`."""

from typing import Any

from grpc_gateway_python._contracts.bindings import natural
from grpc_gateway_python.openapi.document import DEFINITIONS, Json


def shorten(document: Json, scopes: set[str]) -> Json:
    """Returns the document with each definition under its name without the package.

    If short names collide, only the name of the first package is shortened, so that adding `v2` doesn't rename the
    definitions of `v1`.
    """
    definitions = document["definitions"]
    short = {name: _short(name, scopes) for name in definitions}
    owners: dict[str, str] = {}
    for name in sorted(definitions, key=natural):
        owners.setdefault(short[name], name)
    names = {
        name: short_name if owners[short_name] == name else name
        for name, short_name in short.items()
    }
    renamed = {name: _rename(value, names) for name, value in document.items()}
    renamed["definitions"] = dict(
        sorted((names[name], schema) for name, schema in renamed["definitions"].items())
    )
    return renamed


def _short(name: str, scopes: set[str]) -> str:
    own = [scope for scope in scopes if name.startswith(f"{scope}.")]
    return name.removeprefix(f"{max(own, key=len)}.") if own else name


def _rename(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {
            key: DEFINITIONS + names[value.removeprefix(DEFINITIONS)]
            if key == "$ref" and str(value).startswith(DEFINITIONS)
            else _rename(value, names)
            for key, value in node.items()
        }
    return [_rename(item, names) for item in node] if isinstance(node, list) else node
