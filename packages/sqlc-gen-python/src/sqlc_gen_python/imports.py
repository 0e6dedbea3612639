"""Collects what a generated module imports while its code is being written."""

import re
import sys
from collections import defaultdict
from collections.abc import Container

from sqlc_gen_python.layout import brackets

# With the alias that ruff's import conventions ask for.
_MODULES = {"datetime": "dt", "decimal": "decimal", "ipaddress": "ipaddress", "uuid": "uuid"}
_THIRD_PARTY = {"psycopg", "pydantic"}
_BUILTINS = ("bool", "bytes", "float", "int", "list", "str", "tuple")
_FROM = {"Any": "typing", "Range": "psycopg.types.range", "Multirange": "psycopg.types.multirange"}
_NAME = re.compile(r"(?<![\w.])\w+")


class Imports:
    """The imports of one module."""

    def __init__(self) -> None:
        self._modules: set[str] = set()
        self._names: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, module: str, *names: str) -> None:
        """Imports a module, or names from it."""
        if names:
            self._names[module].update(names)
        else:
            self._modules.add(module)

    def spell(self, annotation: object, shadowed: Container[str] = ()) -> str:
        """Returns the annotation as the module can write it, and imports what it needs.

        `shadowed` are the names of the class around it: inside a class, a field `uuid` hides
        the module `uuid` from the annotations, so that one is then imported as `_uuid`.
        """
        return _NAME.sub(lambda name: self._spell(name[0], shadowed), str(annotation))

    def _spell(self, name: str, shadowed: Container[str]) -> str:
        if name in _FROM:
            self.add(_FROM[name], name)
        elif name in _BUILTINS and name in shadowed:
            self.add("builtins")
            return f"builtins.{name}"
        elif name in _MODULES or name == "models":
            known = _MODULES.get(name, name)
            alias = f"_{known}" if known in shadowed else known
            imported = name if alias == name else f"{name} as {alias}"
            self.add(*([".", imported] if name == "models" else [imported]))
            return alias
        return name

    def render(self) -> str:
        """Writes the import block in isort's order."""
        sections: tuple[list[str], ...] = ([], [], [], [])
        for module in sorted(self._modules):
            sections[_section(module)].append(f"import {module}")
        for module, names in sorted(self._names.items()):
            ordered = sorted(names)
            line = f"from {module} import {', '.join(ordered)}"
            exploded = brackets(f"from {module} import (", ordered, ")")
            sections[_section(module)].append(exploded if "\n" in exploded else line)
        return "\n\n".join("\n".join(section) for section in sections if section)


def _section(module: str) -> int:
    """Sorts into the standard library, third-party packages, the user's and relative imports."""
    if module.startswith("."):
        return 3
    top = re.split(r"\W", module, maxsplit=1)[0]
    if top in _THIRD_PARTY:
        return 1
    return 0 if top in sys.stdlib_module_names else 2
