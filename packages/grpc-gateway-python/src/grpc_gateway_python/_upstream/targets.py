"""The addresses of a service's servers, as gRPC targets."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from grpc_gateway_python._errors import StartError

PORT_MAX: Final = 65_535
COPIES_MAX: Final = 64
"""How many addresses a setting may list; a DNS name can resolve to more."""
NAME: Final = re.compile(r"[\w.-]+")
"""A host name or an IPv4 address."""
SCHEME: Final = re.compile(r"dns:(//[\w.:\[\]-]*/)?|ipv4:|ipv6:")
"""What a target may begin with; `dns://` names the DNS server to ask."""
NO_HOSTS: Final = frozenset({"dns", "ipv4", "ipv6", "unix"})
"""Names of schemes, which a host can't have: gRPC takes `dns:80` for a scheme and a name."""


class TargetError(StartError):
    """An address of a service is wrong; the text names the setting that it came from."""


@dataclass(frozen=True, slots=True)
class Servers:
    """The address of a service, and whether its servers allow probes."""

    address: str
    """A gRPC target (https://github.com/grpc/grpc/blob/master/doc/naming.md)."""
    watched: bool = False
    """Whether the servers allow a keepalive probe every second and implement grpc.health.v1."""


def grpc_target(setting: str, addresses: str) -> str:
    """Returns the gRPC target of one host:port, or of several separated by commas.

    A single host is a name or an IP address; it may have a scheme, such as `dns:///orders:8080`. Several hosts must
    be IP addresses of one version, because gRPC's schemes `ipv4:` and `ipv6:` accept nothing else.

    Raises:
        TargetError: An address is invalid; the text names the setting.
    """
    words = addresses.split(",")
    if len(words) > COPIES_MAX:
        raise TargetError(f"{setting}: names more than {COPIES_MAX} addresses")
    hosts = [_host(setting, word) for word in words]
    if len(words) == 1:
        return addresses
    try:
        versions = {ip_address(host.strip("[]")).version for host in hosts}
    except ValueError:
        raise TargetError(f"{setting}: several addresses must be IP addresses") from None
    if len(versions) > 1:
        raise TargetError(f"{setting}: must not mix IPv4 and IPv6")
    return f"ipv{versions.pop()}:{addresses}"


def _host(setting: str, address: str) -> str:
    host, _, port = address.rpartition(":")
    is_port = port.isascii() and port.isdecimal() and int(port[:6]) <= PORT_MAX
    if not (is_port and _is_host(host)):
        raise TargetError(f"{setting}: {address or 'an empty word'} is not host:port")
    return host


def _is_host(target: str) -> bool:
    scheme = SCHEME.match(target)
    host = target[scheme.end() :] if scheme else target
    if not (host.startswith("[") and host.endswith("]")):
        return NAME.fullmatch(host) is not None and host not in NO_HOSTS
    try:
        IPv6Address(host[1:-1])
    except ValueError:
        return False
    return True
