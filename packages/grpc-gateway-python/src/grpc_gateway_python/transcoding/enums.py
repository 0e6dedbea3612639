"""Enum values in JSON: the name, or the number of a value that this version of the contract doesn't have."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from google.protobuf.descriptor import EnumDescriptor

from grpc_gateway_python.transcoding.integers import integer_of
from grpc_gateway_python.transcoding.place import Place

if TYPE_CHECKING:
    # The generic class exists only in the type stubs.
    from google.protobuf.internal.enum_type_wrapper import _EnumTypeWrapper

INT32_MAX = 2**31 - 1

E = TypeVar("E", bound=int)


class _Names(dict[int, str | int]):
    def __missing__(self, number: int) -> int:
        return number


class EnumNames(Generic[E]):
    """The names and numbers of one enum."""

    __slots__ = ("_closed", "_names", "_numbers", "write")

    def __init__(self, enum: "_EnumTypeWrapper[E]") -> None:
        descriptor: EnumDescriptor = enum.DESCRIPTOR
        self._closed = descriptor.is_closed
        self._numbers = {value.name: value.number for value in descriptor.values}
        # If values are aliases (equal numbers), the name that is declared first is written.
        self._names = _Names((value.number, value.name) for value in reversed(descriptor.values))
        self.write: Callable[[int], str | int] = self._names.__getitem__
        """Returns the value's name, or its number when it has no name."""

    def read(self, json: object, place: Place, name: str) -> E:
        """Reads a name or a number; an open enum accepts every 32-bit number."""
        number = self._numbers.get(json) if type(json) is str else self._number(json)
        if number is None:
            raise place.invalid(name, f"must be one of {', '.join(self._numbers)}")
        return cast("E", number)

    def read_text(self, text: str, place: Place, name: str) -> E:
        """Reads a name or a number from a path or query parameter."""
        number = integer_of(text)
        return self.read(text if number is None else number, place, name)

    def _number(self, json: object) -> int | None:
        if type(json) is float and json.is_integer():
            json = int(json)
        if type(json) is not int or not -INT32_MAX - 1 <= json <= INT32_MAX:
            return None
        return None if self._closed and json not in self._names else json
