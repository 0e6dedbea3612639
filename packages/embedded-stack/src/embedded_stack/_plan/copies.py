"""The processes that share a service's work, and where each of them listens."""

from collections.abc import Mapping
from dataclasses import dataclass

from embedded_stack._plan.settings import Part
from embedded_stack.errors import StackError

SCALABLE = (Part.ORDERS, Part.PAYMENTS)
"""The gateway is one process: it alone has the address that clients know."""

COPIES_MAX = 6
"""As many as the embedded PostgreSQL has connections for, and half as many as topics have partitions."""

Scale = Mapping[Part, int]
"""How many copies of a part; one, unless it is named."""


@dataclass(frozen=True)
class Copy:
    """One process of a service."""

    part: Part
    name: str
    """The part's own name, with a number if there are several."""
    address: str
    """The host:port on which it listens."""


def copies(part: Part, addresses: list[str]) -> list[Copy]:
    """Names the copies of a part."""
    if len(addresses) == 1:
        return [Copy(part, part.value, addresses[0])]
    return [Copy(part, f"{part}-{number}", at) for number, at in enumerate(addresses, start=1)]


def parse(text: str) -> dict[Part, int]:
    """Reads a scale such as `orders=2,payments=3`.

    Raises:
        StackError: it is none; names what is wrong with it.
    """
    scale: dict[Part, int] = {}
    for word in text.split(",") if text else []:
        name, separator, count = word.strip().partition("=")
        if name not in SCALABLE:
            wrong = f"{name or 'nothing'} cannot be scaled, only {' and '.join(SCALABLE)}"
        elif Part(name) in scale:
            wrong = f"{name} is there twice"
        elif not separator or not count:
            wrong = f"{name} has no number of copies; say {name}=2"
        elif not (count.isascii() and count.isdecimal()):
            wrong = f"{count} is not a number; say {name}=2"
        elif not 1 <= int(count[: len(str(COPIES_MAX)) + 1]) <= COPIES_MAX:
            wrong = f"there can be 1 to {COPIES_MAX} copies of {name}"
        else:
            scale[Part(name)] = int(count)
            continue
        raise StackError(f"wrong --scale {text}: {wrong}")
    return scale
