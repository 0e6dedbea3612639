"""Names in a generated module: of services, and of the messages that it imports."""

import keyword
from collections.abc import Iterable
from typing import Final

import inflection
from google.protobuf.descriptor import Descriptor

from protoc_plugin_kit.modules import is_importable, is_name, pb2_module
from rpc_contract.generator import Reason

RESERVED: Final = frozenset(
    {
        "Access",
        "Any",
        "AsyncGenerator",
        "D",
        "Database",
        "EventIds",
        "Method",
        "Protocol",
        "Service",
        "StreamingMethod",
        "Transaction",
        "TypeVar",
        "abstractmethod",
        "import_module",
    }
)
"""Names that every generated module imports or defines."""


def function_name(name: str) -> str:
    """Returns the name, with a `_` when it is a keyword of Python's."""
    return f"{name}_" if keyword.iskeyword(name) else name


class Names:
    """Gives out the names of one module; each stands for one thing."""

    def __init__(self) -> None:
        self._taken = set(RESERVED)
        self._messages: dict[str, str] = {}
        self._error_functions: dict[str, str] = {}
        self._imports: set[str] = set()

    def free(self, name: str) -> str:
        """Returns the name, with a `_` where Python or the module has another use for it."""
        while name in self._taken or keyword.iskeyword(name):
            name += "_"
        self._taken.add(name)
        return name

    def use(self, messages: Iterable[Descriptor]) -> None:
        """Imports messages; of those with a name in common, the later ones get longer names."""
        for message in sorted(set(messages), key=lambda message: message.full_name):
            module = pb2_module(message.file)
            if not is_importable(module) or not is_name(message.name):
                # No statement can import `lambda.v1` or `None`.
                self._imports.add("from importlib import import_module")
                called = f'getattr(import_module("{module}"), "{message.name}")'
                self._messages[message.full_name] = called
                continue
            name = message.name
            if name in self._taken:
                name = self.free(inflection.camelize(message.full_name.replace(".", "_")))
            self._taken.add(name)
            self._messages[message.full_name] = name
            alias = "" if name == message.name else f" as {name}"
            self._imports.add(f"from {module} import {message.name}{alias}")

    def error_function(self, reason: Reason) -> str:
        """Returns the expression of the function that makes the error of a reason, and imports it."""
        key = f"{reason.module}.{reason.function}"
        if key not in self._error_functions:
            self._error_functions[key] = self._imported_function(reason.module, reason.function)
        return self._error_functions[key]

    def _imported_function(self, module: str, function: str) -> str:
        if not is_importable(module):
            self._imports.add("from importlib import import_module")
            return f'import_module("{module}").{function}'
        name = self.free(function)
        alias = "" if name == function else f" as {name}"
        self._imports.add(f"from {module} import {function}{alias}")
        return name

    @property
    def imports(self) -> list[str]:
        """The statements that bring messages and functions, sorted."""
        return sorted(self._imports)

    def expression(self, message: Descriptor) -> str:
        """Returns the expression of a message's class."""
        return self._messages[message.full_name]

    def annotation(self, message: Descriptor) -> str:
        """Returns the type of a message, Any where no annotation can say it."""
        expression = self.expression(message)
        return "Any" if "(" in expression else expression
