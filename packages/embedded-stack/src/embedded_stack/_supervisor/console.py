"""The output of the supervisor."""

import contextlib
import os
from pathlib import Path
from typing import Any

import rich.console


class Console(rich.console.Console):
    """A console that ignores a closed pipe or terminal, which must not end a stack."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Prints, unless the output is closed."""
        with contextlib.suppress(OSError):
            super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        """Discards what is still to come, where rich ends the program."""
        # What is buffered would fail again in the next flush.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), self.file.fileno())
