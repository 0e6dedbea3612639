import os
from pathlib import Path

from embedded_stack._supervisor.console import Console


def test_a_reader_that_has_gone_ends_nothing() -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as file:
        console = Console(file=file)
        console.print("before")
        assert os.read(reader, 100) == b"before\n"
        os.close(reader)

        console.print("after")
        console.print("still")


def test_a_terminal_that_has_hung_up_ends_nothing() -> None:
    terminal, end = os.openpty()
    with Path(os.devnull).open("wb") as nowhere, os.fdopen(end, "w") as file:
        os.close(terminal)
        Console(file=file).print("after")
        os.dup2(nowhere.fileno(), end)  # what is buffered fails again when the file is closed
