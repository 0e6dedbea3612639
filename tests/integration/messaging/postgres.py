"""Faults of the PostgreSQL server, which hit all of its processes at once."""

from contextlib import suppress

import psutil

from embedded_stack.testing import Running


def freeze(infrastructure: Running) -> None:
    """Suspends the server: it keeps its connections and doesn't respond."""
    for process in _processes(infrastructure):
        with suppress(psutil.NoSuchProcess):
            process.suspend()


def thaw(infrastructure: Running) -> None:
    for process in _processes(infrastructure):
        process.resume()


def crash(infrastructure: Running) -> None:
    """Kills and restarts the server: it loses whatever was not on disk."""
    freeze(infrastructure)
    _, *others = _processes(infrastructure)
    for process in others:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    infrastructure.kill("postgres")
    # The server can't restart before all of its processes have released the shared memory.
    psutil.wait_procs(others)
    infrastructure.restart("postgres")


def _processes(infrastructure: Running) -> list[psutil.Process]:
    server = psutil.Process(infrastructure.pid("postgres"))
    return [server, *server.children(recursive=True)]
