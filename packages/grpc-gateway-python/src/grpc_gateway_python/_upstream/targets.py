"""Where the copies of a service are, as gRPC wants it said."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from grpc_gateway_python._errors import StartError

PORT_MAX: Final = 65_535
COPIES_MAX: Final = 64
"""A list that is longer is a mistake; a name in DNS can stand for more."""


class TargetError(StartError):
    """An address of a service is wrong; the text names the setting that it came from."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Where a service is, and what its servers allow."""

    address: str
    """As gRPC's naming document has it."""
    watched: bool = False
    """Whether clients may probe them every second, and they tell their health, as this project's do."""


def grpc_target(setting: str, addresses: str) -> str:
    """Returns the gRPC target of one host:port, or of several with commas between them.

    A host is a name or an IP address; several must be IP addresses of one version, as gRPC's
    naming document has it for `ipv4:` and `ipv6:`.

    Raises:
        TargetError: it is neither; the text names the setting.
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
    if not host or not (port.isascii() and port.isdecimal() and int(port[:6]) <= PORT_MAX):
        raise TargetError(f"{setting}: {address or 'an empty word'} is not host:port")
    return host
