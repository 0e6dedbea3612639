"""The generated code is formatted, lints, type-checks and comes out the same each time."""

import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.sqlc_gen_python.project import SECONDS_MAX, Project

ROOT = Path(__file__).parents[3]
PROJECTS: list[tuple[str, dict[str, Any]]] = [
    ("catalogue", {}),
    ("catalogue", {"emit_pydantic_models": True}),
    ("catalogue", {"emit_str_enum": True, "query_parameter_limit": 0}),
    ("authors", {}),
    ("booktest", {}),
    ("ondeck", {}),
    ("jets", {}),
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
def test_ruff_has_nothing_to_say(project: Project, config: list[str]) -> None:
    run(project, "ruff", "check", "--no-cache", *config, project.package)
    run(project, "ruff", "format", "--no-cache", "--diff", *config, project.package)


def test_mypy_strict_has_nothing_to_say(generate: Callable[..., Project]) -> None:
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
