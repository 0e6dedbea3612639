"""Which processes listen on ports that the stack wants.

This file needs nothing but Python and /proc: `justw` runs it before anything is installed.
"""

import contextlib
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

HOST = "127.0.0.1"
"""Everything the stack starts listens on loopback, and nowhere else."""

PORT_MAX = 65535

LISTEN = "0A"
"""The state of a listening socket in /proc/net/tcp."""


DEFAULTS = {
    "gateway_port": 8080,
    "registry_port": 8081,
    "registry_health_port": 8082,
    "orders_port": 50051,
    "payments_port": 50052,
    "kafka_port": 9092,
    "kafka_controller_port": 9093,
    "postgres_port": 55432,
}
"""Where each part listens unless its setting, such as STACK_GATEWAY_PORT, says otherwise."""


def wanted(environment: Mapping[str, str]) -> dict[str, int]:
    """The fixed ports that a whole stack takes; what is no number is refused later, with all settings."""
    usual = {} if environment.get("STACK_PORTS") else DEFAULTS
    given = {name: environment.get(f"STACK_{name.upper()}", "") for name in DEFAULTS}
    numbers = {name: int(text) for name, text in given.items() if _is_port(text)}
    return {name: numbers.get(name, usual.get(name, 0)) for name in DEFAULTS}


def _is_port(text: str) -> bool:
    return text.isdecimal() and len(text) <= len(str(PORT_MAX)) and int(text) <= PORT_MAX


def describe(wanted: dict[str, int]) -> str:
    """Says which of the ports, given by the names of their settings, are in use, and by whom."""
    taken = {name: port for name, port in wanted.items() if port and not is_free(port)}
    if not taken:
        return ""
    owners = _listeners(set(taken.values()))
    each = [
        f"port {port} (STACK_{name.upper()}) is in use{owners.get(port, '')}"
        for name, port in taken.items()
    ]
    return f"{'; '.join(each)}; stop what listens there, choose others, or take any free ports with STACK_PORTS=free"


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are in TIME_WAIT is free.
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
        # A process has ended, or is another user's.
        with contextlib.suppress(OSError):
            for link in list((process / "fd").iterdir()):
                yield from _socket(int(process.name), link)


def _socket(pid: int, link: Path) -> Iterator[tuple[int, str]]:
    with contextlib.suppress(FileNotFoundError):  # It has been closed.
        target = str(link.readlink())
        if target.startswith("socket:["):
            yield pid, target[len("socket:[") : -1]


def _name(pids: set[int]) -> str:
    """The process that listens; its children may have inherited the socket."""
    try:
        first = min((pid for pid in pids if _parent(pid) not in pids), default=min(pids))
        return f" by {Path(f'/proc/{first}/comm').read_text().strip()} (process {first})"
    except OSError:
        return ""


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
