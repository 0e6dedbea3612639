"""Generates the sync querier of the orders' queries: the project itself uses async ones only."""

import importlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

SQL = Path(__file__).parent.parent / "sql" / "orders"
PACKAGE = "orders_sync"
CONFIG = {
    "version": "2",
    "plugins": [{"name": "python", "process": {"cmd": "sqlc-gen-python", "format": "json"}}],
    "sql": [
        {
            "engine": "postgresql",
            "schema": "schema",
            "queries": "queries",
            "codegen": [
                {
                    "plugin": "python",
                    "out": PACKAGE,
                    "options": {"package": PACKAGE, "emit_sync_querier": True},
                }
            ],
        }
    ],
}


def generate_sync() -> ModuleType:
    """Generates and imports the module of orders.sql."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        shutil.copytree(SQL, folder, dirs_exist_ok=True)
        (folder / "sqlc.json").write_text(json.dumps(CONFIG))
        subprocess.run(["sqlc", "generate"], cwd=folder, check=True)
        sys.path.insert(0, name)
        try:
            return importlib.import_module(f"{PACKAGE}.orders")
        finally:
            sys.path.remove(name)
