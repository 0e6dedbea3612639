"""Writes the generated files."""

import builtins
from collections.abc import Collection, Iterable, Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from codegen.sqlc_gen_python.catalogue import Catalogue
from codegen.sqlc_gen_python.classes import ClassWriter
from codegen.sqlc_gen_python.imports import Imports
from codegen.sqlc_gen_python.layout import docstring, sql_literal, string_literal
from codegen.sqlc_gen_python.methods import MethodWriter
from codegen.sqlc_gen_python.options import Options
from codegen.sqlc_gen_python.query import Command, Query
from codegen.sqlc_gen_python.rows import RowWriter
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


class Renderer:
    """Writes the modules of one generated package."""

    def __init__(self, options: Options, sqlc_version: str) -> None:
        self._options = options
        self._version = sqlc_version

    def models(self, catalogue: Catalogue) -> str:
        """`models.py`: the enums, then the classes of tables and composite types."""
        names = {field.name for model in catalogue.models for field in model.fields}
        imports = Imports()
        classes = ClassWriter(imports, self._options, in_models=True)
        blocks = [classes.enum(enum) for enum in catalogue.enums]
        blocks += [classes.struct(model) for model in catalogue.models]
        has_enums = bool(catalogue.enums) and not self._options.emit_str_enum
        header = self._header(_exceptions(names, parameters=(), has_enums=has_enums))
        doc = docstring("The database's tables and types.", 0)
        return _module(header, doc, imports.render(), blocks)

    def queries(self, source: str, queries: Sequence[Query]) -> str:
        """The module of one query file: SQL, parameter and row classes, queriers."""
        structs = [s for query in queries for s in (query.params_class, query.row_class) if s]
        names = {field.name for struct in structs for field in struct.fields}
        imports = Imports()
        imports.add("typing", "Final")
        classes = ClassWriter(imports, self._options, in_models=False)
        methods = {query.method for query in queries}
        rows = RowWriter(imports, methods, is_pydantic=self._options.emit_pydantic_models)
        blocks = []
        for query in queries:
            blocks.append(f"{query.constant}: Final = {sql_literal(query.sql)}")
            blocks += [classes.struct(s) for s in (query.params_class, query.row_class) if s]
        queriers = [
            _querier(queries, imports, rows, is_async=is_async) for is_async in self._flavours
        ]
        parameters = {field.name for query in queries for field in query.params}
        header = self._header(_exceptions(names, parameters))
        doc = docstring(f"The queries of {source}.", 0)
        blocks += [*rows.functions.values(), *queriers]
        return _module(header, doc, imports.render(), blocks)

    def results(self, commands: Collection[Command], *, registers: bool) -> str:
        """`_results.py`: what methods for several rows return."""
        has_rows = Command.MANY in commands
        imports = Imports()
        imports.add("typing", "Any")
        for is_async in self._flavours:
            imports.add("psycopg", f"{_kind(is_async)}RawCursor")
            if has_rows:
                imports.add("psycopg", "capabilities", f"{_kind(is_async)}Connection")
                imports.add("psycopg.rows", "BaseRowFactory")
                imports.add("typing", "Final", "LiteralString", "TypeVar")
                imports.add("collections.abc", "Iterator", f"{_kind(is_async)}Iterator")
            if has_rows and is_async:
                imports.add("collections.abc", "AsyncGenerator", "Generator")
                imports.add("typing", "cast")
                imports.add("contextlib", "aclosing")
            if has_rows and registers:
                imports.add("._types", "register_types_async" if is_async else "register_types")
        return self._support(
            "_results.py.jinja",
            imports,
            registers=registers,
            has_rows=has_rows,
            has_counts=Command.EXECROWS in commands,
        )

    def types(self, registrations: Iterable[Registration], catalogue: Catalogue) -> str:
        """`_types.py`: tells connections about the schema's types."""
        found = sorted(registrations)
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
        for is_async in self._flavours:
            imports.add("psycopg", f"{_kind(is_async)}Connection")
        fields = {model.name: [f.name for f in model.fields] for model in catalogue.models}
        return self._support(
            "_types.py.jinja",
            imports,
            registrations=found,
            fields=fields,
            has_domains="domain" in kinds,
        )

    @property
    def _flavours(self) -> list[bool]:
        """Whether a querier is async, for each querier asked for."""
        asked = {False: self._options.emit_sync_querier, True: self._options.emit_async_querier}
        return [is_async for is_async, wanted in asked.items() if wanted]

    def _header(self, exceptions: str, *more: str) -> str:
        lines = [
            "# Code generated by sqlc. DO NOT EDIT.",
            "# versions:",
            f"#   sqlc {self._version}",
        ]
        return "\n".join([*lines, *more, *filter(None, [exceptions])])

    def _support(self, template: str, imports: Imports, **context: object) -> str:
        words = [("Async", "async ", "await ") if a else ("", "", "") for a in self._flavours]
        return _TEMPLATES.get_template(template).render(
            header=self._header(""),
            imports=imports.render(),
            flavours=words,
            is_pydantic=self._options.emit_pydantic_models,
            **context,
        )


def _kind(is_async: bool) -> str:
    return "Async" if is_async else ""


def _querier(queries: Sequence[Query], imports: Imports, rows: RowWriter, *, is_async: bool) -> str:
    kind = _kind(is_async)
    imports.add("psycopg", f"{kind}Connection")
    imports.add("typing", "Any")
    names = {query.method for query in queries}
    methods = MethodWriter(imports, rows, names, is_async=is_async)
    head = [
        f"class {kind}Querier:",
        f'    """Runs the queries on a psycopg {"async " if is_async else ""}connection."""',
        "",
        f"    def __init__(self, conn: {kind}Connection[Any]) -> None:",
        "        self._conn = conn",
    ]
    return "\n\n".join(["\n".join(head), *map(methods.write, queries)])


def _exceptions(
    fields: Iterable[str], parameters: Iterable[str], *, has_enums: bool = False
) -> str:
    """Switches off ruff's opinions of what the schema and the options chose."""
    codes = {
        "A002": any(hasattr(builtins, name) for name in parameters),
        "N803": any(name != name.lower() for name in parameters),
        "N815": any(name != name.lower() for name in fields),
        "UP042": has_enums,
    }
    found = [code for code, applies in codes.items() if applies]
    # RUF100 would object to a code that the reader's own configuration does not select.
    return f"# ruff: noqa: {', '.join([*found, 'RUF100'])}" if found else ""


def _module(header: str, doc: str, imports: str, blocks: Sequence[str]) -> str:
    """Joins the blocks with the blank lines that Python's formatters put between them."""
    text = f"{header}\n{doc}\n"
    if imports:
        text += f"\n{imports}\n"
    after_constant = True
    for block in blocks:
        is_constant = not block.startswith(("class ", "@", "def "))
        text += "\n" if is_constant and after_constant else "\n\n"
        text += f"{block}\n"
        after_constant = is_constant
    return text
