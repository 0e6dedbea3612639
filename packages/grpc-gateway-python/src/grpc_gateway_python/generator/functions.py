"""The names of the functions that generated code calls for scalars and messages."""

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from grpc_gateway_python._contracts.kinds import (
    is_null_value,
    json_reader_of,
    text_reader_of,
    well_known_of,
    wrapped_of,
    writer_of,
)
from grpc_gateway_python.generator.closure import Closure, Use
from grpc_gateway_python.generator.exact import ExactIntegers
from grpc_gateway_python.generator.names import Names, gateway_module
from grpc_gateway_python.generator.options import Options


class Functions:
    """Finds functions, and records the imports and enums that they need."""

    def __init__(
        self,
        names: dict[str, Names],
        closure: Closure,
        options: Options,
        exact: ExactIntegers,
        module: str,
    ) -> None:
        self._all_names = names
        self._names = names[module]
        self._closure = closure
        self._exact = exact
        self._json_names = options.json_names
        self._module = module
        self.enums: dict[str, EnumDescriptor] = {}
        """The enums that the code uses so far."""

    @staticmethod
    def has_functions(message: Descriptor) -> bool:
        """Tells whether a message's functions are generated; those of well-known types are in the runtime."""
        return not well_known_of(message) and wrapped_of(message) is None

    def function(self, use: Use, message: Descriptor) -> str:
        """Returns the name of a message's function, and imports it if it is in another module."""
        home = self._closure.home(message, self._module)
        name = self._all_names[home].own(use.value, message)
        if home == self._module:
            return name
        return f"{self._names.module(gateway_module(home))}.{name}"

    def reader(self, field: FieldDescriptor, declared: FieldDescriptor) -> str:
        """Returns the function that reads a scalar field from JSON."""
        if is_null_value(field):
            return self._names.runtime("read_null_value")
        if field.enum_type:
            return f"{self.enum(field.enum_type)}.read"
        return self._names.runtime(
            json_reader_of(field, number=self._exact.number(field, declared))
        )

    def text_reader(self, field: FieldDescriptor, declared: FieldDescriptor) -> str:
        """Returns the function that reads a scalar field from a parameter."""
        self._names.runtime("ROOT")
        if is_null_value(field):
            return self._names.runtime("read_null_value")
        if field.enum_type:
            return f"{self.enum(field.enum_type)}.read_text"
        return self._names.runtime(
            text_reader_of(field, number=self._exact.number(field, declared))
        )

    def writer(self, field: FieldDescriptor, declared: FieldDescriptor) -> str:
        """Returns the function that writes a scalar field to JSON, empty when none is needed."""
        if is_null_value(field):
            return self._names.runtime("write_null_value")
        if field.enum_type:
            return f"{self.enum(field.enum_type)}.write"
        writer = writer_of(field, number=self._exact.number(field, declared))
        return self._names.runtime(writer) if writer.startswith("write_") else writer

    def enum(self, enum: EnumDescriptor) -> str:
        """Returns the variable of an enum's EnumNames; every module has its own."""
        self.enums[enum.full_name] = enum
        return self._names.own("", enum).upper()
