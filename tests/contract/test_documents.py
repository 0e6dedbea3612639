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
ANCHOR = re.compile(r"\]\(([^)#:\s]*)#([^)\s]+)\)")
FILE = re.compile(r"`(?!google/)([\w*-]+/[\w*./-]*\.(?:jinja|md|proto|py|sql|toml|yaml))`")
GUIDES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/OPERATING.md")
"""Documents of this repository's own files; other documents also name the files of examples."""


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


def test_business_rules_have_fewer_lines_than_the_readme_says() -> None:
    match = re.search(r"fewer than (\d+) lines of hand-written", (ROOT / "README.md").read_text())
    assert match
    files = [path for service in ("orders", "payments") for path in (ROOT / service).rglob("*.py")]
    assert sum(len(path.read_text().splitlines()) for path in files) < int(match[1])


@pytest.mark.parametrize("document", documents(), ids=str)
def test_links_lead_to_files(document: Path) -> None:
    lines = "\n".join(line for _, line in prose((ROOT / document).read_text()))
    folder = (ROOT / document).parent
    assert [link for link in LINK.findall(lines) if not (folder / link).exists()] == []


def anchors(document: Path) -> set[str]:
    """Returns the anchors that GitHub gives the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings
    }


@pytest.mark.parametrize("document", documents(), ids=str)
def test_links_lead_to_headings(document: Path) -> None:
    source = ROOT / document
    links = ANCHOR.findall("\n".join(line for _, line in prose(source.read_text())))
    missing = [
        f"{file}#{anchor}"
        for file, anchor in links
        if anchor not in anchors(source.parent / file if file else source)
    ]
    assert missing == []


@pytest.mark.parametrize("document", GUIDES)
def test_named_files_exist(document: str) -> None:
    """A path is relative to the repository, or to the module of a package."""
    names = FILE.findall((ROOT / document).read_text())
    places = (ROOT, *ROOT.glob("packages/*/src/*"))
    missing = [name for name in names if not any(any(place.glob(name)) for place in places)]
    assert missing == []


@pytest.mark.parametrize("document", documents(), ids=str)
def test_named_tests_exist(document: Path) -> None:
    missing = [
        f"{path}::{name}"
        for path, name in TEST.findall((ROOT / document).read_text())
        if not (ROOT / path).exists()
        or not re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == []
