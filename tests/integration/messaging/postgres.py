"""What can happen to the PostgreSQL server, all of its processes at once."""

from contextlib import suppress

import psutil

from embedded_stack.testing import Running


def freeze(infrastructure: Running) -> None:
    """It keeps its connections and answers nobody."""
    for each in _processes(infrastructure):
        with suppress(psutil.NoSuchProcess):
            each.suspend()


def thaw(infrastructure: Running) -> None:
    for each in _processes(infrastructure):
        each.resume()


def crash(infrastructure: Running) -> None:
    """Ends it and starts it again: what it didn't write to disk is gone."""
    freeze(infrastructure)
    _, *others = _processes(infrastructure)
    for each in others:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    infrastructure.kill("postgres")
    # It can't start again before they all have let go of its memory.
    psutil.wait_procs(others)
    infrastructure.restart("postgres")


def _processes(infrastructure: Running) -> list[psutil.Process]:
    server = psutil.Process(infrastructure.pid("postgres"))
    return [server, *server.children(recursive=True)]
