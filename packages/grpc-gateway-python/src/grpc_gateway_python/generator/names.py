"""The names in one generated module: its own functions and its imports."""

import keyword
import re
from typing import Final

import inflection
from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from protoc_plugin_kit.modules import is_importable, is_name, module_name, pb2_module

RUNTIME: Final = "grpc_gateway_python.transcoding"
STANDARD: Final = {
    "Sequence": "from collections.abc import Sequence",
    "import_module": "from importlib import import_module",
    "Any": "from typing import Any",
    "Final": "from typing import Final",
}
"""Name → its import statement, in isort's order."""
NO_WORD: Final = re.compile(r"[^A-Za-z0-9_]")
INDEX: Final = "services_gateway"
"""The module that lists all operations."""
OTHERS: Final = re.compile(
    r"(read|write)_(exact_)?(any|bool|bytes|double|duration|field_mask|float|http_body|list"
    r"|list_value|map|null_value|string|struct|time|timestamp|u?int(32|64)|value)"
    r"(_json_names|_key|_number|_text)?|root|details|operations|.*_(fields|nulls)"
)
"""Reserved names: functions of the runtime and constants of the module, with which the names for a message `String` or
an enum `Root` would collide."""


class Names:
    """Assigns names that don't collide, and records the imports that they need."""

    def __init__(self) -> None:
        self._own: dict[str, str] = {}
        self._modules: dict[str, str] = {}
        self._taken: set[str] = set()
        self._runtime: set[str] = set()
        self._standard: set[str] = set()

    def runtime(self, name: str) -> str:
        """Returns a name of the transcoding runtime, and imports it."""
        self._runtime.add(name)
        return name

    def standard(self, name: str) -> str:
        """Returns a name of the standard library, and imports it."""
        self._standard.add(name)
        return name

    def module(self, path: str) -> str:
        """Returns the local name of a module, and imports it."""
        if path not in self._modules:
            name = _identifier(path.rpartition(".")[2])
            if name in self._taken:
                name = _identifier(path)
            self._modules[path] = self.free(name)
        return self._modules[path]

    def free(self, base: str) -> str:
        """Returns a name that is unique in the module: the base itself if possible."""
        name = base
        number = 2
        while name in self._taken:
            name = f"{base}_{number}"
            number += 1
        self._taken.add(name)
        return name

    def own(self, kind: str, element: Descriptor | EnumDescriptor) -> str:
        """Returns the name of the module's function of a kind for a message or an enum."""
        key = f"{kind} {element.full_name}"
        if key not in self._own:
            base = f"{kind}_{snake(element)}".strip("_")
            if OTHERS.fullmatch(base):
                base += "_type"
            self._own[key] = self.free(base)
        return self._own[key]

    def python_class(self, element: Descriptor | EnumDescriptor) -> str:
        """Returns the expression of a message class or an enum."""
        expression = self.module(pb2_module(element.file))
        for part in relative_name(element).split("."):
            expression = _member(expression, part)
        return expression

    def python_type(self, message: Descriptor) -> str:
        """Returns the annotation of a message class; `names_pb2.None` would be a syntax error."""
        if any(map(keyword.iskeyword, relative_name(message).split("."))):
            return self.standard("Any")
        return self.python_class(message)

    def imports(self) -> list[str]:
        """Returns the import statements of the assigned names, in isort's order."""
        modules = self._modules
        called = {path for path in modules if not is_importable(path)}
        if called:
            self.standard("import_module")
        statements = [line for name, line in STANDARD.items() if name in self._standard]
        packages: dict[str, list[str]] = {RUNTIME: list(self._runtime)}
        for path in modules.keys() - called:
            package, _, last = path.rpartition(".")
            name = modules[path]
            packages.setdefault(package, []).append(last if last == name else f"{last} as {name}")
        if statements:
            statements.append("")
        statements += [
            f"from {package} import {', '.join(sorted(found, key=_isort_key))}"
            if package
            else "\n".join(f"import {name}" for name in sorted(found))
            for package, found in sorted(packages.items())
            if found
        ]
        calls = [f'{modules[path]} = import_module("{path}")' for path in sorted(called)]
        return [*statements, "", *calls] if calls else statements


def _isort_key(name: str) -> tuple[int, str]:
    """Sorts constants before classes before functions, as isort does."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def relative_name(element: Descriptor | EnumDescriptor) -> str:
    """Returns a name without its package, `Outer.Inner`."""
    package = element.file.package
    return element.full_name.removeprefix(f"{package}." if package else "")


def snake(element: Descriptor | EnumDescriptor) -> str:
    """Returns a name in snake_case, without its package."""
    return inflection.underscore(relative_name(element).replace(".", "_"))


def gateway_module(file_name: str) -> str:
    """Returns the name of the module that is generated from a file."""
    module = module_name(file_name, "_gateway")
    is_index = module.rpartition(".")[2] == INDEX
    return module_name(file_name, "_proto_gateway") if is_index else module


def gateway_path(file_name: str) -> str:
    """Returns the path of the module that is generated from a file."""
    return gateway_module(file_name).replace(".", "/") + ".py"


def attribute(owner: str, field: FieldDescriptor) -> str:
    """Returns the expression of a field."""
    return _member(owner, field.name)


def assignment(owner: str, field: FieldDescriptor, value: str) -> str:
    """Returns the statement that sets a field."""
    if keyword.iskeyword(field.name):
        return f'setattr({owner}, "{field.name}", {value})'
    return f"{owner}.{field.name} = {value}"


def _member(owner: str, name: str) -> str:
    return f'getattr({owner}, "{name}")' if keyword.iskeyword(name) else f"{owner}.{name}"


def _identifier(path: str) -> str:
    """Returns an identifier for a module; a file's name may be `2fa.proto` or `lambda/v1.proto`."""
    name = NO_WORD.sub("_", path)
    return name if is_name(name) else f"_{name}"
