"""Reads the worked example of a README, so that a test can run it.

A file is a code block below a line that is only the file's name. A command is a line of a
`console` block that starts with `$`; the lines below it are its output.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.packages.wheels import Environment

_FILE = re.compile(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command line and the output that the README shows."""

    line: str
    output: str


def files(readme: Path) -> dict[str, str]:
    """Returns the files of the example: name → text."""
    return dict(_FILE.findall(readme.read_text(encoding="utf-8")))


def write_files(readme: Path, folder: Path) -> list[str]:
    """Writes the files of the example and returns their names."""
    found = files(readme)
    for name, text in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return list(found)


def commands(readme: Path) -> Iterator[Command]:
    """Yields the commands of all `console` blocks."""
    for block in _CONSOLE.findall(readme.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            line, _, output = part.partition("\n")
            yield Command(line, output.rstrip("\n"))


def check(environment: Environment, command: Command, folder: Path, **variables: str) -> None:
    """Runs a command and compares its output with the README's."""
    done = environment.run("sh", "-c", command.line, cwd=folder, **variables)
    assert done.returncode == 0, f"{command.line}\n{done.stdout}{done.stderr}"
    assert done.stdout.rstrip("\n") == command.output
