"""Collects the imports of a generated module while its code is written."""

import re
import sys
from collections import defaultdict
from collections.abc import Container

from sqlc_gen_python._python.layout import brackets

# With the alias of ruff's import conventions (ICN001).
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
        """Returns the annotation as the module must write it, and adds its imports.

        Args:
            annotation: The annotation with unabbreviated module names.
            shadowed: The names in the class around it. In a class with a field `uuid` the
                annotations cannot use the module `uuid`, which is then imported as `_uuid`.
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
    """Returns 0 for the standard library, 1 for third-party, 2 for first-party, 3 for relative."""
    if module.startswith("."):
        return 3
    top = re.split(r"\W", module, maxsplit=1)[0]
    if top in _THIRD_PARTY:
        return 1
    return 0 if top in sys.stdlib_module_names else 2
