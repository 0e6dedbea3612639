"""The copies of a service: processes that share its work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embedded_stack.errors import StackError
from embedded_stack.topology import Topology

Scale = Mapping[str, int]
"""Service → number of its copies; a service that is missing has one."""


@dataclass(frozen=True)
class Copy:
    """One process of a service."""

    service: str
    name: str
    """The service's name, followed by a number when there are several copies."""
    address: str
    """The host:port on which it listens."""


def copies(service: str, addresses: Sequence[str]) -> list[Copy]:
    """Names the copies of a service."""
    if len(addresses) == 1:
        return [Copy(service, service, addresses[0])]
    return [
        Copy(service, f"{service}-{n}", address) for n, address in enumerate(addresses, start=1)
    ]


def parse(text: str, topology: Topology) -> dict[str, int]:
    """Reads a scale such as `web=2,worker=3`.

    Raises:
        StackError: the text is wrong; names the mistake.
    """
    scale: dict[str, int] = {}
    for word in text.split(",") if text else []:
        name, separator, count = word.strip().partition("=")
        if mistake := _mistake(name, separator, count, topology):
            raise StackError(f"wrong --scale {text}: {mistake}")
        if name in scale:
            raise StackError(f"wrong --scale {text}: {name} is there twice")
        scale[name] = int(count)
    return scale


def _mistake(name: str, separator: str, count: str, topology: Topology) -> str:
    maxima = {name: s.copies_max for name, s in topology.services.items() if s.copies_max > 1}
    if name not in maxima:
        only = f", only {' and '.join(maxima)}" if maxima else ""
        return f"{name or 'nothing'} cannot be scaled{only}"
    if not separator or not count:
        return f"{name} has no number of copies; say {name}=2"
    if not (count.isascii() and count.isdecimal()):
        return f"{count} is not a number; say {name}=2"
    # int() rejects texts of thousands of digits.
    if not 1 <= int(count[: len(str(maxima[name])) + 1]) <= maxima[name]:
        return f"there can be 1 to {maxima[name]} copies of {name}"
    return ""
