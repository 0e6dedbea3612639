"""Sockets that a server listens on."""

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path

_BACKLOG = 1024


def bound_sockets(address: str) -> list[socket.socket]:
    """Binds `host:port`, `[host]:port` or `unix:path`.

    A name is bound at all its addresses; port 0 takes a free port. A socket file that exists is replaced.

    Raises:
        OSError: the address can't be bound.
        ValueError: the address has another form.
    """
    if address.startswith("unix:"):
        return [_unix_socket(address.removeprefix("unix:").removeprefix("//"))]
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdecimal():
        raise ValueError(f"address {address!r} isn't host:port or unix:path")
    host = host.removeprefix("[").removesuffix("]")
    found = socket.getaddrinfo(
        host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    bound: list[socket.socket] = []
    try:
        for family, *_, target in dict.fromkeys(found):
            chosen = bound[0].getsockname()[1] if bound else target[1]
            bound.append(_tcp_socket(family, (target[0], chosen, *target[2:])))
    except OSError:
        for listener in bound:
            listener.close()
        raise
    return bound


def remove_file(listener: socket.socket) -> None:
    """Removes the file of a Unix socket."""
    if listener.family == socket.AF_UNIX:
        with suppress(FileNotFoundError):
            Path(os.fsdecode(listener.getsockname())).unlink()


def _tcp_socket(family: int, target: tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            # "::" means IPv4, too, as with grpcio, unless the name has an IPv4 address of its own.
            only_ipv6 = target[0] != "::"
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, only_ipv6)
        listener.bind(target)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _unix_socket(path: str) -> socket.socket:
    with suppress(FileNotFoundError):
        if stat.S_ISSOCK(Path(path).stat().st_mode):
            Path(path).unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener
