"""Which messages need which functions, found from the operations."""

from collections.abc import Iterator
from enum import Enum

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import is_map, map_fields, well_known_of, wrapped_of


class Use(Enum):
    """What generated code does with a message."""

    READ = "read"
    """From JSON."""
    SET = "set"
    """Field by field, from query parameters."""
    WRITE = "write"
    """To JSON."""


class Closure:
    """The uses of messages per module, where a module is the proto file that it is made from.

    A message of a file that is not generated is at home in each module that needs it.
    """

    def __init__(self, generated: frozenset[str]) -> None:
        self._generated = generated
        self._uses: dict[str, dict[tuple[str, Use], Descriptor]] = {}

    def home(self, message: Descriptor, module: str) -> str:
        """Returns the module that holds a message's functions, seen from a module."""
        return message.file.name if message.file.name in self._generated else module

    def need(self, message: Descriptor, use: Use, module: str) -> None:
        """Notes that a module uses a message, and with it every message inside."""
        if well_known_of(message) or wrapped_of(message):
            return
        home = self.home(message, module)
        uses = self._uses.setdefault(home, {})
        if (message.full_name, use) in uses:
            return
        uses[message.full_name, use] = message
        for field in message.fields:
            self.need_field(field, use, home)

    def need_field(self, field: FieldDescriptor, use: Use, module: str) -> None:
        """Notes that a module uses a field."""
        if (inner := _message_in(field, use)) is not None:
            self.need(inner, use, module)

    def writes(self, message: Descriptor, module: str) -> bool:
        """Tells whether some module writes a message, seen from a module."""
        uses = self._uses.get(self.home(message, module), {})
        return (message.full_name, Use.WRITE) in uses

    def uses_of(self, module: str) -> Iterator[tuple[Descriptor, Use]]:
        """Yields what a module has to hold, sorted."""
        uses = self._uses.get(module, {})
        for name, use in sorted(uses, key=lambda each: (each[0], each[1].value)):
            yield uses[name, use], use

    def modules(self) -> frozenset[str]:
        """Returns the modules that hold anything."""
        return frozenset(self._uses)


def _message_in(field: FieldDescriptor, use: Use) -> Descriptor | None:
    if use is Use.SET and field.is_repeated:
        return None
    if is_map(field):
        return map_fields(field)[1].message_type
    return field.message_type
