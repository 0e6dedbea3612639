"""A sqlc project of a folder with `schema.sql` and query files."""

import importlib
import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

SECONDS_MAX = 60
BOTH = {"emit_sync_querier": True, "emit_async_querier": True}


@dataclass
class Project:
    """A folder with SQL, and the folder of the generated package."""

    source: Path
    out: Path
    options: Mapping[str, Any]
    url: str = ""

    @property
    def package(self) -> str:
        return self.out.name

    def generate(self) -> None:
        """Runs `sqlc generate`; fails with its error."""
        result = self.sqlc("generate")
        assert result.returncode == 0, result.stderr

    def sqlc(self, command: str) -> "subprocess.CompletedProcess[str]":
        """Runs a sqlc command on the project."""
        return self._run("sqlc", command)

    def verify(self) -> "subprocess.CompletedProcess[str]":
        """Compares the package's types with those of its database."""
        return self._run("sqlc-gen-python", "verify", "--file", "sqlc.json")

    def sqlc_from_elsewhere(self, command: str) -> "subprocess.CompletedProcess[str]":
        """Runs a sqlc command in the parent folder of the configuration."""
        file = f"{self.package}.sqlc/sqlc.json"
        return self._run("sqlc", command, "--file", file, above=True)

    def _run(
        self, program: str, *arguments: str, above: bool = False
    ) -> "subprocess.CompletedProcess[str]":
        work = self.out.parent / f"{self.package}.sqlc"
        if not work.exists():
            shutil.copytree(self.source, work)
        schema = "schema" if (work / "schema").exists() else "schema.sql"
        queries = [p.name for p in sorted(work.glob("*.sql")) if p.name != "schema.sql"]
        codegen = {
            "plugin": "python",
            "out": f"../{self.package}",
            "options": {"package": self.package, **BOTH, **self.options},
        }
        config = {
            "version": "2",
            "plugins": [
                {"name": "python", "process": {"cmd": "sqlc-gen-python", "format": "json"}}
            ],
            "sql": [
                {
                    "engine": "postgresql",
                    "schema": schema,
                    "queries": queries,
                    "database": {"uri": "${DATABASE_URL}"},
                    "analyzer": {"database": False},
                    "codegen": [codegen],
                }
            ],
        }
        (work / "sqlc.json").write_text(json.dumps(config))
        scripts = sysconfig.get_path("scripts")
        return subprocess.run(
            [f"{scripts}/{program}", *arguments],
            cwd=work.parent if above else work,
            env={
                **os.environ,
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
                "DATABASE_URL": self.url,
            },
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )

    def create_database(self, server: str) -> None:
        """Creates a database with the package's name and the project's schema."""
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.package)))
        self.url = urlunsplit(urlsplit(server)._replace(path=f"/{self.package}"))
        files = [self.source / "schema.sql", *sorted((self.source / "schema").glob("*.sql"))]
        with psycopg.connect(self.url) as conn:
            for file in files:
                if file.exists():
                    conn.execute(file.read_bytes())

    def module(self, name: str) -> ModuleType:
        """Imports a module of the package."""
        return importlib.import_module(f"{self.package}.{name}")

    def texts(self) -> dict[str, str]:
        """The generated files by name."""
        return {path.name: path.read_text() for path in sorted(self.out.glob("*.py"))}
