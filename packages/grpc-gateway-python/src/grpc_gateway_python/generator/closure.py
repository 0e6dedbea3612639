"""Collects the functions that every message needs, starting from the operations."""

from collections.abc import Iterator
from enum import Enum

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import is_map, map_fields, well_known_of, wrapped_of


class Use(Enum):
    """What generated code does with a message."""

    READ = "read"
    """Read the message from JSON."""
    SET = "set"
    """Set single fields from query parameters."""
    WRITE = "write"
    """Write the message as JSON."""


class Closure:
    """The uses of messages per module. A module is identified by its proto file.

    The functions of a message are in the module of its file. If no module is generated from this file, every module
    that uses the message has functions of its own.
    """

    def __init__(self, generated: frozenset[str]) -> None:
        self._generated = generated
        self._uses: dict[str, dict[tuple[str, Use], Descriptor]] = {}

    def home(self, message: Descriptor, module: str) -> str:
        """Returns the module that contains a message's functions for a module that uses it."""
        return message.file.name if message.file.name in self._generated else module

    def need(self, message: Descriptor, use: Use, module: str) -> None:
        """Records that a module uses a message and all messages inside it."""
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
        """Records that a module uses a field."""
        if (inner := _message_in(field, use)) is not None:
            self.need(inner, use, module)

    def writes(self, message: Descriptor, module: str) -> bool:
        """Tells whether a function that writes a message exists for a module."""
        uses = self._uses.get(self.home(message, module), {})
        return (message.full_name, Use.WRITE) in uses

    def uses_of(self, module: str) -> Iterator[tuple[Descriptor, Use]]:
        """Yields the messages and uses for which a module has functions, sorted."""
        uses = self._uses.get(module, {})
        for name, use in sorted(uses, key=lambda used: (used[0], used[1].value)):
            yield uses[name, use], use

    def modules(self) -> frozenset[str]:
        """Returns the modules that have functions of messages."""
        return frozenset(self._uses)


def _message_in(field: FieldDescriptor, use: Use) -> Descriptor | None:
    if use is Use.SET and field.is_repeated:
        return None
    if is_map(field):
        return map_fields(field)[1].message_type
    return field.message_type
