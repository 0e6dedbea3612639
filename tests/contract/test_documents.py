"""The documents are readable and true: line length, links, and the tests that they name."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COLUMNS_MAX = 120
TEST = re.compile(r"`((?:tests|packages)/[\w./-]+\.py)::(\w+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")


def documents() -> list[Path]:
    """Returns the Markdown files that git knows: those in ignored folders are not ours."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    paths = map(Path, listed.stdout.splitlines())
    return sorted(path for path in paths if (ROOT / path).exists())


def prose(text: str) -> Iterator[tuple[int, str]]:
    """Yields the lines that are neither code nor a row of a table, with their numbers."""
    code = False
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("```"):
            code = not code
        elif not code and not line.startswith("|"):
            yield number, line


@pytest.mark.parametrize("document", documents(), ids=str)
def test_prose_lines_are_short(document: Path) -> None:
    lines = prose((ROOT / document).read_text())
    too_long = [number for number, line in lines if len(line) >= COLUMNS_MAX]
    assert too_long == [], f"lines of {COLUMNS_MAX} columns or more in {document}"


@pytest.mark.parametrize("document", documents(), ids=str)
def test_links_lead_to_files(document: Path) -> None:
    lines = "\n".join(line for _, line in prose((ROOT / document).read_text()))
    folder = (ROOT / document).parent
    assert [link for link in LINK.findall(lines) if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", documents(), ids=str)
def test_named_tests_exist(document: Path) -> None:
    missing = [
        f"{path}::{name}"
        for path, name in TEST.findall((ROOT / document).read_text())
        if not (ROOT / path).exists()
        or not re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []
