"""Generates, compiles and plays the client of one language."""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from clients.language import Command, Documents, Language
from embedded_stack.errors import StackError
from toolchain.places import ROOT

GENERATE, COMPILE = "generate", "compile"
STORY = ("account", "top-up", "order", "FINISHED", "typed error", "paging", "idempotent retry")
"""What each story does, in this order: it prints the name, a colon and a result after each step."""
STEPS = (GENERATE, COMPILE, *STORY)
BUILDS = ROOT / ".clients"
COMMAND_SECONDS_MAX = 600
# A proxy of the caller can't reach this machine's loopback.
DIRECT = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


@dataclass
class Outcome:
    """What happened to the client of a language."""

    language: Language
    passed: list[str] = field(default_factory=list)
    """The steps that passed."""
    log: Path | None = None
    """The log of the last step that ran."""

    @property
    def failed(self) -> str:
        """The step that failed; empty if none did."""
        return "" if len(self.passed) == len(STEPS) else STEPS[len(self.passed)]


@dataclass(frozen=True)
class Run:
    """Takes languages through the steps, each in a build folder that is made anew."""

    documents: Documents
    account: Sequence[str]
    """What a story is called with: the gateway's URL, the id of a new user, and the user's token."""
    builds: Path = BUILDS

    def run(self, language: Language, tell: Callable[[str], None]) -> Outcome:
        """Runs the steps until one fails; `tell` receives what begins."""
        outcome = Outcome(language)
        folder = self.builds / f"{language.name}-{language.generator}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        log = folder / f"{GENERATE}.log"
        try:
            tell(GENERATE)
            language.install(folder)
            _execute(language.generate(self.documents, folder), folder, log)
            outcome.passed.append(GENERATE)
            log = folder / f"{COMPILE}.log"
            tell(COMPILE)
            _execute(language.compile(folder), folder, log)
            outcome.passed.append(COMPILE)
            log = folder / "story.log"
            tell("story")
            story = language.play(folder)
            command = Command([*story.words, *self.account], {**DIRECT, **story.environment})
            try:
                _execute([command], folder, log)
                outcome.passed += _told(log)
            except subprocess.SubprocessError:
                # The last step ends with the story, so it has not passed.
                outcome.passed += _told(log)[: len(STORY) - 1]
                raise
        except subprocess.CalledProcessError as error:
            _append(log, f"{Path(error.cmd[0]).name} ended with {error.returncode}")
        except (StackError, subprocess.SubprocessError, OSError) as error:
            _append(log, str(error))
        outcome.log = log
        return outcome


def _append(log: Path, line: str) -> None:
    with log.open("a") as file:
        file.write(f"{line}\n")


def _execute(commands: Sequence[Command], folder: Path, log: Path) -> None:
    """Runs commands until one fails.

    Raises:
        subprocess.SubprocessError: a command failed, or took more than `COMMAND_SECONDS_MAX` seconds.
    """
    with log.open("w") as output:
        for command in commands:
            subprocess.run(
                command.words,
                cwd=folder,
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=COMMAND_SECONDS_MAX,
                check=True,
            )


def _told(log: Path) -> list[str]:
    """Returns the steps that a story told, up to the first that it left out."""
    told = {line.partition(":")[0] for line in log.read_text().splitlines()}
    passed = []
    for step in STORY:
        if step not in told:
            break
        passed.append(step)
    return passed
