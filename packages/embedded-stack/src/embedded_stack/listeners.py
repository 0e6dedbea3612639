"""Finds the processes that listen on ports which a stack needs.

This module imports nothing but the standard library, so a script can use it before anything is installed.
"""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["HOST", "describe_conflicts"]

HOST = "127.0.0.1"
"""The address that all processes of a stack listen on: loopback only."""

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


def describe_conflicts(ports: Mapping[str, int]) -> str:
    """Returns which ports are in use and by which processes; an empty text when all are free.

    Args:
        ports: name, such as `kafka_port` → number; a 0 is skipped.
    """
    taken = {name: port for name, port in ports.items() if port and not _is_free(port)}
    if not taken:
        return ""
    listeners = _listeners(set(taken.values()))
    conflicts = [
        f"port {port} (STACK_{name.upper()}) is in use{listeners.get(port, '')}"
        for name, port in taken.items()
    ]
    return (
        f"{'; '.join(conflicts)}; "
        "stop what listens there, choose others, or take any free ports with STACK_PORTS=free"
    )


def _is_free(port: int) -> bool:
    """Tells whether a server could listen on a port of loopback."""
    with socket.socket() as probe:
        # The servers set it too: a port whose last connections are in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _listeners(ports: set[int]) -> dict[int, str]:
    inodes = {
        inode: port
        for table in ("tcp", "tcp6")
        for port, inode in _listening(Path("/proc/net", table))
        if port in ports
    }
    holders: dict[int, set[int]] = {}
    for pid, inode in _sockets():
        if inode in inodes:
            holders.setdefault(inodes[inode], set()).add(pid)
    return {port: _name(pids) for port, pids in holders.items()}


def _listening(table: Path) -> Iterator[tuple[int, str]]:
    for line in table.read_text().splitlines()[1:] if table.exists() else ():
        words = line.split()
        if words[3] == LISTEN:
            yield int(words[1].rpartition(":")[2], 16), words[9]


def _sockets() -> Iterator[tuple[int, str]]:
    for process in Path("/proc").glob("[0-9]*"):
        # The process has ended, or belongs to another user.
        with contextlib.suppress(OSError):
            for link in list((process / "fd").iterdir()):
                yield from _socket(int(process.name), link)


def _socket(pid: int, link: Path) -> Iterator[tuple[int, str]]:
    with contextlib.suppress(FileNotFoundError):  # The descriptor has been closed.
        target = str(link.readlink())
        if target.startswith("socket:["):
            yield pid, target[len("socket:[") : -1]


def _name(pids: set[int]) -> str:
    """Names the process that listens: the one whose parent doesn't hold the same socket."""
    try:
        first = min((pid for pid in pids if _parent(pid) not in pids), default=min(pids))
        return f" by {Path(f'/proc/{first}/comm').read_text().strip()} (process {first})"
    except OSError:
        return ""


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
