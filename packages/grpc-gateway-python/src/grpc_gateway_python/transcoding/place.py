"""Where in a JSON document something stands."""

from typing import Final

from grpc_gateway_python.transcoding.violations import InvalidRequestError, invalid

DEPTH_MAX: Final = 100
"""How deep messages may nest, as in every Protobuf implementation."""


class Place:
    """A message's place; the text of its path is made only when an error needs it."""

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
        """Returns the place of a message in a map; on the wire an entry is a message too."""
        return Place(Place(self, entry_step(name, key)))

    def path(self, name: str = "") -> str:
        """Returns the path of a field here, or of this place itself."""
        steps = [name] if name else []
        place: Place | None = self
        while place is not None:
            if place._step:  # noqa: SLF001 - of the same class
                steps.append(place._step)  # noqa: SLF001 - of the same class
            place = place._parent  # noqa: SLF001 - of the same class
        return ".".join(reversed(steps))

    def invalid(self, name: str, description: str) -> InvalidRequestError:
        """Returns the error of a field here."""
        return invalid(self.path(name), description)


ROOT: Final = Place()


def entry_step(name: str, key: object) -> str:
    """Returns how a path names a map's entry, as protovalidate does."""
    quoted = f'"{key}"' if isinstance(key, str) else str(key).lower()
    return f"{name}[{quoted}]"
