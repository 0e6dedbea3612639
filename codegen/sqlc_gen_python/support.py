"""Writes the modules that generated queries lean on: `_results.py` and `_types.py`."""

from collections.abc import Collection, Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen.sqlc_gen_python.catalogue import Catalogue
from codegen.sqlc_gen_python.flavour import flavours
from codegen.sqlc_gen_python.imports import Imports
from codegen.sqlc_gen_python.layout import header, item, string_literal
from codegen.sqlc_gen_python.options import Options
from codegen.sqlc_gen_python.query import Command
from codegen.sqlc_gen_python.rows import wrapped
from codegen.sqlc_gen_python.types import Registration

_TEMPLATES = Environment(
    loader=PackageLoader("codegen.sqlc_gen_python"),
    autoescape=False,  # noqa: S701 - it writes Python, not HTML
    keep_trailing_newline=True,
    lstrip_blocks=True,
    trim_blocks=True,
    undefined=StrictUndefined,
)
_TEMPLATES.filters["string_literal"] = string_literal
_TEMPLATES.filters["item"] = item


class SupportWriter:
    """Writes the support modules of one generated package."""

    def __init__(self, options: Options, sqlc_version: str) -> None:
        self._options = options
        self._version = sqlc_version
        self._flavours = flavours(options)

    def results(self, commands: Collection[Command], *, registers: bool) -> str:
        """`_results.py`: what methods for several rows return."""
        has_rows = Command.MANY in commands
        imports = Imports()
        imports.add("typing", "Any")
        for flavour in self._flavours:
            imports.add("psycopg", f"{flavour.prefix}RawCursor")
            if has_rows:
                imports.add("psycopg", "capabilities", f"{flavour.prefix}Connection")
                imports.add("psycopg.rows", "BaseRowFactory")
                imports.add("typing", "Final", "LiteralString", "TypeVar")
                imports.add("collections.abc", "Iterator", f"{flavour.prefix}Iterator")
            if has_rows and flavour.is_async:
                imports.add("collections.abc", "AsyncGenerator", "Generator")
                imports.add("typing", "cast")
                imports.add("contextlib", "aclosing")
            if has_rows and registers:
                imports.add("._types", f"register_types{flavour.suffix}")
        return self._render(
            "_results.py.jinja",
            imports,
            registers=registers,
            has_rows=has_rows,
            has_counts=Command.EXECROWS in commands,
        )

    def types(self, registrations: Iterable[Registration], catalogue: Catalogue) -> str:
        """`_types.py`: tells connections about the schema's types."""
        # A domain is loaded as the type below it, which so has to be known before.
        found = sorted(registrations, key=lambda each: (each.kind == "domain", each))
        kinds = {registration.kind for registration in found}
        imports = Imports()
        imports.add("typing", "Any", "TypeVar")
        imports.add("weakref", "WeakSet")
        imports.add("psycopg", "BaseConnection", "errors")
        imports.add("psycopg.types", "TypeInfo")
        for kind in kinds & {"enum", "composite", "range"}:
            imports.add(f"psycopg.types.{kind}", f"{kind.title()}Info", f"register_{kind}")
        if "domain" in kinds:
            imports.add("psycopg.pq", "Format")
        if kinds & {"enum", "composite"}:
            imports.add(".", "models")
        for flavour in self._flavours:
            imports.add("psycopg", f"{flavour.prefix}Connection")
        composites = {each.python for each in found if each.kind == "composite"}
        fields = {
            model.name: [
                (f.name, wrapped(f"value.{f.name}", f.type, imports)) for f in model.fields
            ]
            for model in catalogue.models
            if model.name in composites
        }
        return self._render(
            "_types.py.jinja",
            imports,
            registrations=found,
            fields=fields,
            has_domains="domain" in kinds,
        )

    def _render(self, template: str, imports: Imports, **context: object) -> str:
        return _TEMPLATES.get_template(template).render(
            header="\n".join(header(self._version)),
            imports=imports.render(),
            flavours=self._flavours,
            is_pydantic=self._options.emit_pydantic_models,
            **context,
        )
