"""No import circles: not between modules, and not between the folders of a package, generated code included."""

import tomllib
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise, takewhile
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
IMPORT_LINTER = tomllib.loads((ROOT / "gen" / "importlinter.toml").read_text())["tool"][
    "importlinter"
]
PACKAGES: list[str] = IMPORT_LINTER["root_packages"]

Imports = dict[str, set[str]]
"""Importing module or folder → the imported ones."""


@pytest.fixture(scope="module")
def imports() -> Imports:
    """The imports of all modules, including those inside functions and under TYPE_CHECKING."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def between_folders(imports: Imports) -> dict[tuple[str, str], str]:
    """Returns the imports between neighbours: modules and folders with the same parent.

    Returns:
        Importing and imported neighbour → an import statement that makes it so.
    """
    found: dict[tuple[str, str], str] = {}
    for importer in sorted(imports):
        for imported in sorted(imports[importer]):
            one, other = importer.split("."), imported.split(".")
            depth = sum(
                1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
            )
            if depth < min(len(one), len(other)):
                neighbours = (".".join(one[: depth + 1]), ".".join(other[: depth + 1]))
                found.setdefault(neighbours, f"{importer} imports {imported}")
    return found


def circle_in(imports: Imports) -> list[str]:
    """Returns a circle, its first member repeated at the end; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_every_package_is_checked() -> None:
    folders = {folder.name for folder in ROOT.glob("packages/*/src/*") if folder.is_dir()}
    assert folders <= set(PACKAGES)


def test_circle_is_found() -> None:
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) in (
        ["a", "b", "c", "a"],
        ["b", "c", "a", "b"],
        ["c", "a", "b", "c"],
    )


def test_modules_form_no_circle(imports: Imports) -> None:
    assert " imports ".join(circle_in(imports)) == ""


def test_folders_form_no_circle(imports: Imports) -> None:
    statements = between_folders(imports)
    graph = defaultdict(set)
    for importer, imported in statements:
        graph[importer].add(imported)
    circle = circle_in(graph)
    assert "\n".join(statements[step] for step in pairwise(circle)) == ""
