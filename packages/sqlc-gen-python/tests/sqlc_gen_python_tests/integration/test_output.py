"""The generated code passes formatter, linter and type checker, and `sqlc diff` finds edits."""

import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sqlc_gen_python_tests.integration.project import SECONDS_MAX, Project

ROOT = Path(__file__).parents[5]
SHARED = {"support_module": "ondeck_support_module.support"}
PROJECTS: list[tuple[str, dict[str, Any]]] = [
    ("catalogue", {}),
    ("catalogue", {"emit_pydantic_models": True}),
    ("catalogue", {"emit_str_enum": True, "query_parameter_limit": 0}),
    ("authors", {}),
    ("booktest", {}),
    ("ondeck", {}),
    ("jets", {}),
    ("batches", {}),
    ("ondeck", SHARED),
    ("booktest", SHARED),
]
OURS = ["--config", str(ROOT / "pyproject.toml")]


@pytest.fixture(params=PROJECTS, ids=lambda case: "-".join([case[0], *case[1]]))
def project(request: pytest.FixtureRequest, generate: Callable[..., Project]) -> Project:
    name, options = request.param
    return generate(name, **options)


def run(project: Project, tool: str, *arguments: str) -> None:
    result = subprocess.run(
        [f"{sysconfig.get_path('scripts')}/{tool}", *arguments],
        cwd=project.out.parent,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("config", [OURS, ["--isolated"]], ids=["ours", "default"])
def test_ruff_finds_nothing(project: Project, config: list[str]) -> None:
    run(project, "ruff", "check", "--no-cache", *config, project.package)
    run(project, "ruff", "format", "--no-cache", "--diff", *config, project.package)


def test_mypy_strict_finds_nothing(generate: Callable[..., Project]) -> None:
    projects = [generate(name, **options) for name, options in PROJECTS]
    packages = [word for project in projects for word in ("-p", project.package)]
    run(projects[0], "mypy", "--strict", "--config-file=", *packages)


def test_sqlc_diff_finds_no_difference(project: Project) -> None:
    result = project.sqlc("diff")
    assert (result.returncode, result.stdout) == (0, ""), result.stdout + result.stderr


def test_sqlc_diff_finds_an_edit(generate: Callable[..., Project]) -> None:
    project = generate("jets")
    models = project.out / "models.py"
    text = models.read_text()
    try:
        models.write_text(text.replace("class Pilot", "class Flyer"))
        result = project.sqlc("diff")
    finally:
        models.write_text(text)
    assert result.returncode == 1
    assert "-class Flyer" in result.stdout + result.stderr


@pytest.mark.parametrize("name", ["catalogue", "authors", "booktest", "ondeck", "jets", "batches"])
def test_verify_finds_no_wrong_type(generate: Callable[..., Project], name: str) -> None:
    result = generate(name).verify()
    assert result.returncode == 0, result.stderr


def test_names_of_any_length_are_formatted(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    tables, queries = zip(*map(with_long_names, range(1, 33)), strict=True)
    (source / "schema.sql").write_text("".join(tables))
    (source / "query.sql").write_text("".join(queries))
    for options in ({}, {"emit_pydantic_models": True}):
        project = Project(source, tmp_path / f"out{len(options)}", options)
        project.generate()
        run(project, "ruff", "format", "--no-cache", "--diff", "--isolated", project.package)


def with_long_names(length: int) -> tuple[str, str]:
    """Returns the SQL of a table and queries with names that are longer than `length`."""
    a, b, c, d, e = (letter + "x" * length for letter in "abcde")
    table = f"t{'y' * length}"
    schema = f"""
        CREATE TYPE c{length} AS ({a} jsonb, {b} integer, {c} json[]);
        CREATE TABLE {table} (
            {a} integer NOT NULL, {b} jsonb, {c} jsonb[] NOT NULL, {d} json NOT NULL, {e} c{length}
        );
        """
    everything = f"INSERT INTO {table} ({a}, {b}, {c}, {d}, {e}) VALUES ($1, $2, $3, $4, $5)"
    commands = {
        f"Add{length} :exec": everything,
        f"Copy{length} :copyfrom": everything,
        f"CopyOne{length} :copyfrom": f"INSERT INTO {table} ({b}) VALUES ($1)",
        f"CopyTwo{length} :copyfrom": f"INSERT INTO {table} ({a}, {e}) VALUES ($1, $2)",
        f"Batch{length} :batchexec": f"INSERT INTO {table} ({a}, {e}) VALUES ($1, $2)",
        f"Store{length} :exec\n-- @batch": f"INSERT INTO {table} ({a}) VALUES ($1)",
        f"Find{length} :one\n-- @batch": f"SELECT {a}, {b} FROM {table} WHERE {a} = $1",
        f"Set{length} :execrows": f"UPDATE {table} SET {b} = $2, {d} = $3 WHERE {a} = $1",
        f"List{length} :many": f"SELECT {a}, {b} FROM {table} WHERE {a} = $1 AND {b} = $2",
        f"Both{length} :many": f"SELECT sqlc.embed({table}), sqlc.embed(z) FROM {table} JOIN {table} AS z USING ({a})",
    }
    return schema, "".join(f"-- name: {name}\n{sql};\n" for name, sql in commands.items())
