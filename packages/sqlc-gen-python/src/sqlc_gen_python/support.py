"""Writes the modules that generated queries lean on: `_results.py` and `_types.py`."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from sqlc_gen_python.catalogue import Catalogue
from sqlc_gen_python.flavour import flavours
from sqlc_gen_python.imports import Imports
from sqlc_gen_python.layout import brackets, header, string_literal
from sqlc_gen_python.model import Struct
from sqlc_gen_python.names import snake_case
from sqlc_gen_python.options import Options
from sqlc_gen_python.query import Command
from sqlc_gen_python.rows import wrapped
from sqlc_gen_python.types import SAME_IN_BINARY, Kind, Registration

_TEMPLATES = Environment(
    loader=PackageLoader("sqlc_gen_python"),
    autoescape=False,  # noqa: S701 - it writes Python, not HTML
    keep_trailing_newline=True,
    lstrip_blocks=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_ORDER: Final[Sequence[Kind]] = ("enum", "composite", "plain", "range", "domain")
"""In which kinds of types are registered."""


class SupportWriter:
    """Writes the support modules of one generated package."""

    def __init__(self, options: Options, sqlc_version: str) -> None:
        self._options = options
        self._version = sqlc_version
        self._flavours = flavours(options)

    def results(self, commands: Collection[Command], *, registers: bool) -> str:
        """`_results.py`: how methods get their rows, in which format, and how many there are."""
        fetches = Command.ONE in commands
        has_rows = Command.MANY in commands
        imports = Imports()
        imports.add("typing", "Any")
        if fetches or has_rows:
            imports.add("psycopg", "BaseConnection", "adapters", "pq")
            imports.add("psycopg.rows", "BaseRowFactory")
            imports.add("typing", "Final", "LiteralString", "TypeVar")
            imports.add("weakref", "WeakKeyDictionary")
        for flavour in self._flavours:
            imports.add("psycopg", f"{flavour.prefix}RawCursor")
            if fetches or has_rows:
                imports.add("psycopg", f"{flavour.prefix}Connection")
            if has_rows:
                imports.add("psycopg", "capabilities")
                imports.add("collections.abc", "Iterator", f"{flavour.prefix}Iterator")
                imports.add("collections.abc", "Generator")
                imports.add("typing", "cast")
                imports.add("contextlib", "aclosing" if flavour.is_async else "closing")
            if has_rows and flavour.is_async:
                imports.add("collections.abc", "AsyncGenerator")
            if has_rows and registers:
                imports.add("._types", f"register_types{flavour.suffix}")
        return self._render(
            "_results.py.jinja",
            imports,
            registers=registers,
            fetches=fetches,
            has_rows=has_rows,
            same_in_binary=brackets(
                "for name in (", [f'"{name}"' for name in SAME_IN_BINARY], ")", indent=4
            ),
            has_counts=Command.EXECROWS in commands,
        )

    def types(self, registrations: Iterable[Registration], catalogue: Catalogue) -> str:
        """`_types.py`: tells connections about the schema's types."""
        # Types with a class come first; a domain is loaded as the type below it, so it is last.
        found = sorted(registrations, key=lambda each: (_ORDER.index(each.kind), each))
        kinds = {registration.kind for registration in found}
        names = list(dict.fromkeys(each.name for each in found))
        bases = {each.python for each in found if each.kind == "domain"}
        names += sorted(bases.difference(names))
        imports = _imports_of_types(kinds)
        for flavour in self._flavours:
            imports.add("psycopg", f"{flavour.prefix}Connection", f"{flavour.prefix}RawCursor")
        composites = {each.python for each in found if each.kind == "composite"}
        models = [model for model in catalogue.models if model.name in composites]
        return self._render(
            "_types.py.jinja",
            imports,
            kinds=kinds,
            names=brackets("_NAMES: Final = [", [string_literal(name) for name in names], "]"),
            calls=[_registering(each, names) for each in found],
            classes=sum(each.kind in {"enum", "composite"} for each in found),
            functions=[text for model in models for text in self._conversions(model, imports)],
        )

    def _conversions(self, model: Struct, imports: Imports) -> Iterator[str]:
        """How psycopg makes a model of a composite type's values, and how it takes it apart."""
        name = snake_case(model.name)
        signature = ["values: Sequence[Any]", "_: CompositeInfo"]
        yield "\n".join(
            [
                brackets(f"def _make_{name}(", signature, f") -> models.{model.name}:"),
                f"    {brackets(f'return models.{model.name}(', self._arguments(model), ')', 4)}",
            ]
        )
        signature = [f"value: models.{model.name}", "_: CompositeInfo"]
        values = [wrapped(f"value.{field.name}", field.type, imports) for field in model.fields]
        yield "\n".join(
            [
                brackets(f"def _values_of_{name}(", signature, ") -> Sequence[Any]:"),
                f"    {brackets('return [', values, ']', 4)}",
            ]
        )

    def _arguments(self, model: Struct) -> list[str]:
        if not self._options.emit_pydantic_models:
            return ["*values"]
        return [f"{field.name}=values[{at}]" for at, field in enumerate(model.fields)]

    def _render(self, template: str, imports: Imports, **context: object) -> str:
        return _TEMPLATES.get_template(template).render(
            header="\n".join(header(self._version)),
            imports=imports.render(),
            flavours=self._flavours,
            **context,
        )


def _imports_of_types(kinds: AbstractSet[Kind]) -> Imports:
    imports = Imports()
    imports.add("collections.abc", "Sequence")
    imports.add("psycopg", "BaseConnection", "errors")
    imports.add("psycopg.abc", "Loader")
    imports.add("psycopg.pq", "Format")
    imports.add("psycopg.rows", "tuple_row")
    imports.add("threading", "Lock")
    imports.add("typing", "Any", "Final", "NamedTuple")
    imports.add("weakref", "WeakKeyDictionary")
    for kind in kinds & {"enum", "composite", "range"}:
        imports.add(f"psycopg.types.{kind}", f"{kind.title()}Info", f"register_{kind}")
    if kinds & {"domain", "plain"}:
        imports.add("psycopg.types", "TypeInfo")
    if kinds & {"enum", "composite"}:
        imports.add(".", "models")
    if "enum" in kinds:
        imports.add("enum", "Enum")
    if "composite" in kinds:
        imports.add("functools", "cache")
    return imports


def _registering(type_: Registration, names: Sequence[str]) -> str:
    """The call that registers one type."""
    number = names.index(type_.name)
    arguments = ["conn", f"_NAMES[{number}]", f"rows[{number}]"]
    function = f"_register_{type_.kind}"
    if type_.kind == "enum":
        arguments.append(f"models.{type_.python}")
    if type_.kind == "domain":
        arguments.append(f"rows[{names.index(type_.python)}]")
    if type_.kind == "composite":
        name = snake_case(type_.python)
        function = "register_composite"
        arguments = [
            f"_composite(_NAMES[{number}], *rows[{number}][:2], *rows[{number}][3])",
            "conn",
            f"models.{type_.python}",
            f"make_object=_make_{name}",
            f"make_sequence=_values_of_{name}",
        ]
    return brackets(f"{function}(", arguments, ")", indent=8)
