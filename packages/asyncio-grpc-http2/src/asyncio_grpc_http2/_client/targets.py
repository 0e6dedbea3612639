"""Targets: what a channel connects to (https://github.com/grpc/grpc/blob/master/doc/naming.md)."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

DNS_PORT: Final = 53
PORT_MAX: Final = 65_535
ADDRESSES_MAX: Final = 64
"""How many addresses a target may list; a name can resolve to as many."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where one server listens."""

    host: str
    """A name, an IP address without brackets, or the path of a Unix socket."""
    port: int | None
    """None for a Unix socket."""

    def __str__(self) -> str:
        if self.port is None:
            return f"unix:{self.host}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed target."""

    authority: str
    """The value of `:authority` in each call."""
    addresses: tuple[Address, ...]
    """The servers' addresses; for a name, the name itself with its port."""
    resolves: bool
    """Whether the address is a name that DNS resolves."""
    name_server: Address | None = None
    """The DNS server that resolves the name; None for the system's resolver."""

    @property
    def tls_name(self) -> str:
        """The name that TLS verifies: the authority without its port; `localhost` for a Unix socket."""
        first = self.addresses[0]
        return self.authority if first.port is None else first.host


def parse_target(target: str) -> Target:
    """Parses a gRPC target: `host:port`, or one with the scheme dns, ipv4, ipv6 or unix.

    Raises:
        ValueError: The target is invalid; the text names it.
    """
    scheme, colon, rest = target.partition(":")
    if colon and scheme == "unix":
        return _unix(target, rest)
    if colon and scheme in {"ipv4", "ipv6"}:
        return _listed(target, scheme, rest)
    name_server = None
    if colon and scheme == "dns":
        target_name = rest
        if rest.startswith("//"):
            server, slash, target_name = rest[2:].partition("/")
            if not slash:
                raise ValueError(f"target {target!r} names a DNS server and no host:port")
            name_server = _address(target, server, default_port=DNS_PORT) if server else None
    else:
        target_name = target
    address = _address(target, target_name)
    if _ip_version(address.host):
        return Target(str(address), (address,), resolves=False)
    return Target(str(address), (address,), resolves=True, name_server=name_server)


def _unix(target: str, path: str) -> Target:
    if path.startswith("//"):
        path = path[2:]
        if not path.startswith("/"):
            raise ValueError(f"target {target!r} has no absolute path")
    if not path:
        raise ValueError(f"target {target!r} has no path")
    return Target("localhost", (Address(path, None),), resolves=False)


def _listed(target: str, scheme: str, words: str) -> Target:
    addresses = tuple(_address(target, word) for word in words.lstrip("/").split(","))
    if len(addresses) > ADDRESSES_MAX:
        raise ValueError(f"target {target!r} has more than {ADDRESSES_MAX} addresses")
    version = int(scheme[-1])
    for address in addresses:
        if _ip_version(address.host) != version:
            raise ValueError(f"target {target!r}: {address.host} is no IPv{version} address")
    return Target(str(addresses[0]), addresses, resolves=False)


def _address(target: str, word: str, default_port: int | None = None) -> Address:
    host, colon, port = word.rpartition(":")
    if default_port is not None and (not colon or word.endswith("]")):
        host, port = word, str(default_port)
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
        if _ip_version(host) != 6:  # noqa: PLR2004 - brackets are for IPv6
            raise ValueError(f"target {target!r}: [{host}] is no IPv6 address")
    elif ":" in host:
        raise ValueError(f"target {target!r}: an IPv6 address needs brackets")
    if not host or not (port.isascii() and port.isdecimal() and int(port[:6]) <= PORT_MAX):
        raise ValueError(f"target {target!r}: {word!r} is not host:port")
    return Address(host, int(port))


def _ip_version(host: str) -> int | None:
    try:
        return ip_address(host).version
    except ValueError:
        return None
