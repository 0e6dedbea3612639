import os
from pathlib import Path

from embedded_stack._supervisor.console import Console


def test_printing_to_a_closed_pipe_raises_nothing() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        console = Console(file=file)
        console.print("before")
        assert os.read(reader, 100) == b"before\n"
        os.close(reader)

        console.print("after")
        console.print("still")


def test_printing_to_a_closed_terminal_raises_nothing() -> None:
    terminal, end = os.openpty()
    with Path(os.devnull).open("wb") as nowhere, os.fdopen(end, "w") as file:
        os.close(terminal)
        Console(file=file).print("after")
        os.dup2(nowhere.fileno(), end)  # closing the file flushes its buffer, which fails again
