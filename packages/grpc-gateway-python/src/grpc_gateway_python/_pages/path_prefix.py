"""The path below which clients see the gateway, when a proxy in front of it removes a prefix from the paths."""

import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from starlette.types import Scope

from grpc_gateway_python._errors import StartError
from grpc_gateway_python._peers import address_of

Network = IPv4Network | IPv6Network

FORWARDED: Final = b"x-forwarded-prefix"
CHARACTERS_MAX: Final = 128
PREFIX: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""Segments of unreserved characters (RFC 3986, section 2.3); none is `.` or `..`, and none is empty."""


class PathPrefixError(StartError):
    """The path prefix isn't one."""


class PathPrefix:
    """Finds the path prefix of a request.

    Args:
        fixed: The prefix of requests that don't tell another one, such as `/shop`; empty for none.
        trusted: The addresses of the proxies whose X-Forwarded-Prefix counts.

    Raises:
        PathPrefixError: `fixed` is not a path prefix.
    """

    def __init__(self, fixed: str = "", trusted: Collection[Network] = ()) -> None:
        if fixed and not is_path_prefix(fixed):
            raise PathPrefixError(f"the path prefix must be like /shop, and is {fixed!r}")
        self._fixed = fixed
        self._trusted = trusted

    def of(self, scope: Scope) -> str:
        """Returns the prefix of a request: the server's `root_path`, the trusted proxy's, or the fixed one."""
        root_path: str = scope.get("root_path", "")
        return root_path or self._forwarded(scope) or self._fixed

    def _forwarded(self, scope: Scope) -> str:
        values = [value for name, value in scope["headers"] if name == FORWARDED]
        if len(values) != 1 or not self._is_trusted(scope.get("client")):
            return ""
        prefix = values[0].decode("latin-1").removesuffix("/")
        return prefix if is_path_prefix(prefix) else ""

    def _is_trusted(self, client: tuple[str, int] | None) -> bool:
        if client is None:
            return False
        address = address_of(client[0])
        return address is not None and any(address in network for network in self._trusted)


def is_path_prefix(text: str) -> bool:
    """Returns whether a text can stand before the paths of the gateway."""
    return len(text) <= CHARACTERS_MAX and PREFIX.fullmatch(text) is not None
