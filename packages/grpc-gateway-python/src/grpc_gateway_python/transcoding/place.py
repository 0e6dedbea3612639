"""Positions in a JSON document, for the field paths of errors."""

from typing import Final

from grpc_gateway_python.transcoding.violations import InvalidRequestError, invalid

DEPTH_MAX: Final = 100
"""The deepest nesting of messages; it is the default limit of Protobuf's implementations."""


class Place:
    """The position of a message. The text of its path is built only for an error, which keeps valid requests fast."""

    __slots__ = ("_parent", "_step", "depth")

    def __init__(self, parent: "Place | None" = None, step: str = "") -> None:
        self._parent = parent
        self._step = step
        self.depth: int = parent.depth + 1 if parent else 1
        if self.depth > DEPTH_MAX:
            raise self.invalid("", f"nests deeper than {DEPTH_MAX} levels")

    def member(self, name: str) -> "Place":
        """Returns the place of the message in a field."""
        return Place(self, name)

    def item(self, name: str, index: int) -> "Place":
        """Returns the place of a message in a repeated field."""
        return Place(self, f"{name}[{index}]")

    def entry(self, name: str, key: object) -> "Place":
        """Returns the place of a message in a map, two levels deeper: on the wire, a map entry is a message, too."""
        return Place(Place(self, entry_step(name, key)))

    def path(self, name: str = "") -> str:
        """Returns the path of a field of this message, or of the message itself if the name is empty."""
        steps = [name] if name else []
        place: Place | None = self
        while place is not None:
            if place._step:  # noqa: SLF001 - of the same class
                steps.append(place._step)  # noqa: SLF001 - of the same class
            place = place._parent  # noqa: SLF001 - of the same class
        return ".".join(reversed(steps))

    def invalid(self, name: str, description: str) -> InvalidRequestError:
        """Returns the error for a field of this message."""
        return invalid(self.path(name), description)


ROOT: Final = Place()


def entry_step(name: str, key: object) -> str:
    """Returns the path element of a map entry, in protovalidate's syntax."""
    quoted = f'"{key}"' if isinstance(key, str) else str(key).lower()
    return f"{name}[{quoted}]"
