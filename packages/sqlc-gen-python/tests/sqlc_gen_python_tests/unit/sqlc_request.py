"""Builds small requests in sqlc's format."""

import base64
import json
from typing import Any

OPTIONS = {"package": "shop.db", "emit_sync_querier": True}


def column(name: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "not_null": True, "type": {"schema": "", "name": type_}, **more}


def query(name: str = "GetThing", cmd: str = ":one", **more: Any) -> dict[str, Any]:
    return {
        "text": "SELECT 1",
        "name": name,
        "cmd": cmd,
        "filename": "things.sql",
        "columns": [column("a"), column("b")],
        "params": [],
        "comments": [],
        **more,
    }


def request(
    *queries: dict[str, Any],
    options: Any = OPTIONS,
    engine: str = "postgresql",
    tables: tuple[dict[str, Any], ...] = (),
    enums: tuple[dict[str, Any], ...] = (),
    schema: tuple[str, ...] = (),
) -> bytes:
    return json.dumps(
        {
            "settings": {"engine": engine, "schema": schema, "queries": ["things.sql"]},
            "catalog": {
                "default_schema": "public",
                "schemas": [
                    {"name": "public", "tables": tables, "enums": enums, "composite_types": []}
                ],
            },
            "queries": queries,
            "sqlc_version": "v1.31.1",
            "plugin_options": base64.b64encode(json.dumps(options).encode()).decode(),
        }
    ).encode()
