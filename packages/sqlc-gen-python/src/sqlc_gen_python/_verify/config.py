"""Reads sqlc.yaml and lets sqlc write the requests that the plugin would receive."""

import json
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._sqlc.request import Request, parse_request

PLUGIN = "sqlc-gen-python"
SQLC_SECONDS_MAX = 120


@dataclass(frozen=True)
class Package:
    """A generated package: sqlc's request and the database's URL."""

    request: Request
    """Its schema and query paths are relative to the working directory."""
    options: bytes
    """The plugin's options, as JSON."""
    database_url: str


def read_packages(file: Path) -> list[Package]:
    """Returns the packages that this plugin generates for a configuration of sqlc.

    Raises:
        GenerateError: the file cannot be read, or it has no such package or no database for one.
    """
    config = _read(file)
    found = [(sql, codegen) for sql in config["sql"] for codegen in _ours(config, sql)]
    if not found:
        raise GenerateError(f"{file}: no `codegen` of version 2 uses {PLUGIN}")
    urls = [_database_url(file, sql) for sql, _ in found]
    requests = _requests(file, config, [sql for sql, _ in found])
    options = [json.dumps(codegen.get("options") or {}).encode() for _, codegen in found]
    return [Package(*package) for package in zip(requests, options, urls, strict=True)]


def _read(file: Path) -> dict[str, Any]:
    try:
        config = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GenerateError(f"{file}: {' '.join(str(error).split())}") from None
    if not isinstance(config, dict) or not isinstance(config.get("sql"), list):
        raise GenerateError(f"{file}: not a sqlc configuration of version 2")
    return config


def _ours(config: Mapping[str, Any], sql: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    commands = {
        plugin.get("name"): str((plugin.get("process") or {}).get("cmd", ""))
        for plugin in config.get("plugins") or []
    }
    for codegen in sql.get("codegen") or []:
        is_ours = Path(commands.get(codegen.get("plugin"), "")).name == PLUGIN
        if is_ours and not (codegen.get("options") or {}).get("support_module_only"):
            yield codegen


def _database_url(file: Path, sql: Mapping[str, Any]) -> str:
    uri = (sql.get("database") or {}).get("uri")
    queries = sql.get("queries")
    if not uri:
        raise GenerateError(f"{file}: queries {queries}: `database: uri:` is missing")

    def value(variable: re.Match[str]) -> str:
        name = variable[1] or variable[2]
        if name not in os.environ:
            raise GenerateError(
                f"{file}: queries {queries}: `database: uri:` needs the environment variable {name}"
            )
        return os.environ[name]

    return re.sub(r"\$\{(\w+)\}|\$(\w+)", value, str(uri))


def _requests(
    file: Path, config: Mapping[str, Any], wanted: list[dict[str, Any]]
) -> Iterator[Request]:
    """Runs sqlc once, with its JSON generator instead of the plugin."""
    folder = file.resolve().parent
    with tempfile.TemporaryDirectory(prefix="sqlc-verify-") as name:
        work = Path(name).resolve()
        entries = []
        for number, sql in enumerate(wanted):
            paths = {key: _from(work, folder, sql.get(key)) for key in ("schema", "queries")}
            rest = {key: value for key, value in sql.items() if key not in {"codegen", "rules"}}
            json_out = {"out": f"request{number}", "filename": "request.json"}
            entries.append({**rest, **paths, "gen": {"json": json_out}})
        kept = {key: value for key, value in config.items() if key not in {"plugins", "rules"}}
        (work / "sqlc.json").write_text(json.dumps({**kept, "sql": entries}))
        _run_sqlc(file, work, folder)
        for number, sql in enumerate(wanted):
            request = parse_request((work / f"request{number}/request.json").read_bytes())
            here = Path(os.path.relpath(folder))
            request.settings.schema_ = [str(here / path) for path in _list(sql.get("schema"))]
            request.settings.queries = [str(here / path) for path in _list(sql.get("queries"))]
            yield request


def _run_sqlc(file: Path, work: Path, folder: Path) -> None:
    sqlc = shutil.which("sqlc") or shutil.which("sqlc", path=sysconfig.get_path("scripts"))
    if sqlc is None:
        raise GenerateError("sqlc is not on the PATH")
    try:
        done = subprocess.run(
            [sqlc, "generate", "--file", str(work / "sqlc.json")],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=SQLC_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GenerateError(
            f"{file}: sqlc generate takes longer than {SQLC_SECONDS_MAX} s"
        ) from None
    if done.returncode != 0:
        raise GenerateError(f"{file}: sqlc generate fails:\n{done.stderr.rstrip()}")


def _from(work: Path, folder: Path, paths: object) -> list[str]:
    return [os.path.relpath(folder / path, work) for path in _list(paths)]


def _list(paths: object) -> list[str]:
    return [str(path) for path in (paths if isinstance(paths, list) else [paths])]
