"""shellcheck finds nothing in the recipes of the justfile and in `.ci/run`."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
Recipe = dict[str, Any]


def recipes() -> dict[str, Recipe]:
    command = ["just", "--justfile", str(ROOT / "justfile"), "--dump", "--dump-format", "json"]
    dump = subprocess.run(command, capture_output=True, check=True).stdout
    found: dict[str, Recipe] = json.loads(dump)["recipes"]
    return {name: recipe for name, recipe in found.items() if recipe["body"]}


def script(recipe: Recipe) -> str:
    """The recipe's body with a word in place of each `{{ … }}`, as the script that bash would run."""
    lines = [
        "".join(part if isinstance(part, str) else "value" for part in line)
        for line in recipe["body"]
    ]
    if recipe["shebang"]:
        return "\n".join(lines)
    return "\n".join(
        ["#!/usr/bin/env bash", "set -euo pipefail", *(line.lstrip("@-") for line in lines)]
    )


def shellcheck(text: str) -> str:
    command = ["shellcheck", "--norc", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", recipes())
def test_recipe_is_clean(name: str) -> None:
    assert shellcheck(script(recipes()[name])) == ""


def test_ci_script_is_clean() -> None:
    assert shellcheck((ROOT / ".ci" / "run").read_text()) == ""


def test_unquoted_variable_in_a_recipe_is_found() -> None:
    recipe = {"body": [["@rm $folder/", [["variable", "name"]]]], "shebang": False}
    assert "SC2086" in shellcheck(script(recipe))
