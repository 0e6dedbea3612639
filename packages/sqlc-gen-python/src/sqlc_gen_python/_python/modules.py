"""Writes the generated modules."""

import builtins
from collections.abc import Iterable, Sequence

from sqlc_gen_python._model.catalogue import Catalogue
from sqlc_gen_python._model.query import Query
from sqlc_gen_python._python.batch_writer import BatchWriter
from sqlc_gen_python._python.class_writer import ClassWriter
from sqlc_gen_python._python.flavour import Flavour, flavours
from sqlc_gen_python._python.imports import Imports
from sqlc_gen_python._python.layout import brackets, docstring, sql_literal
from sqlc_gen_python._python.method_writer import MethodWriter
from sqlc_gen_python._python.row_writer import RowWriter
from sqlc_gen_python._sqlc.options import Options


def render_models(catalogue: Catalogue, options: Options, header: str) -> str:
    """Writes `models.py`: enums, then the classes of composite types and tables."""
    names = {field.name for model in catalogue.models for field in model.fields}
    imports = Imports()
    classes = ClassWriter(imports, options, in_models=True)
    blocks = [classes.enum(enum) for enum in catalogue.enums]
    blocks += [classes.struct(model) for model in catalogue.models]
    has_enums = bool(catalogue.enums) and not options.emit_str_enum
    top = [header, *_exceptions(names, parameters=(), has_enums=has_enums)]
    top.append(docstring("The database's tables and types.", 0))
    return _module(top, imports.render(), blocks)


def render_queries(source: str, queries: Sequence[Query], options: Options, header: str) -> str:
    """Writes the module of a query file: SQL, parameter and row classes, queriers."""
    structs = [s for query in queries for s in (query.params_class, query.row_class) if s]
    names = {field.name for struct in structs for field in struct.fields}
    imports = Imports()
    imports.add("typing", "Final")
    classes = ClassWriter(imports, options, in_models=False)
    methods = {query.method for query in queries}
    rows = RowWriter(imports, methods, is_pydantic=options.emit_pydantic_models)
    blocks = []
    for query in queries:
        blocks.append(f"{query.constant}: Final = {sql_literal(query.sql)}")
        blocks += [classes.struct(s) for s in (query.params_class, query.row_class) if s]
    has_queriers = bool(flavours(options))
    batch_writer = BatchWriter(imports, rows, options.support_import)
    batches = [block for query in queries if has_queriers for block in batch_writer.write(query)]
    queriers = [
        _querier(queries, imports, rows, flavour, options.support_import)
        for flavour in flavours(options)
    ]
    parameters = {field.name for query in queries for field in query.params}
    top = [header, *_exceptions(names, parameters)]
    top.append(docstring(f"The queries of {source}.", 0))
    blocks += [*rows.functions.values(), *batches, *queriers]
    return _module(top, imports.render(), blocks)


def render_querier(modules: Sequence[str], options: Options, header: str) -> str:
    """Writes `querier.py`: queriers with the queries of all files."""
    imports = Imports()
    imports.add(".", *modules)
    blocks = []
    for flavour in flavours(options):
        name = f"{flavour.prefix}Querier"
        bases = [f"{module}.{name}" for module in modules]
        doc = f'"""Runs all queries of the package on a psycopg {flavour.async_}connection."""'
        blocks.append(f"{brackets(f'class {name}(', bases, '):')}\n    {doc}")
    return _module([header, docstring("All queries of the package.", 0)], imports.render(), blocks)


def render_types(
    types: Sequence[str], functions: Sequence[str], imports: Imports, header: str
) -> str:
    """Writes `_types.py`: the types that are registered on connections."""
    constant = brackets("schema_types: Final = SchemaTypes(", types, ")")
    top = [header, docstring("The types that are registered on connections.", 0)]
    return _module(top, imports.render(), [*functions, constant])


def _querier(
    queries: Sequence[Query], imports: Imports, rows: RowWriter, flavour: Flavour, support: str
) -> str:
    imports.add("psycopg", f"{flavour.prefix}Connection")
    imports.add("typing", "Any")
    names = {query.method for query in queries}
    methods = MethodWriter(imports, rows, names, flavour, support)
    head = [
        f"class {flavour.prefix}Querier:",
        f'    """Runs the queries on a psycopg {flavour.async_}connection."""',
        "",
        f"    def __init__(self, conn: {flavour.prefix}Connection[Any]) -> None:",
        "        self._conn = conn",
    ]
    return "\n\n".join(["\n".join(head), *map(methods.write, queries)])


def _exceptions(
    fields: Iterable[str], parameters: Iterable[str], *, has_enums: bool = False
) -> list[str]:
    """Writes the `noqa` comment for rules that names in the schema or the options violate."""
    codes = {
        "A002": any(hasattr(builtins, name) for name in parameters),
        "N803": any(name != name.lower() for name in parameters),
        "N815": any(name != name.lower() for name in fields),
        "SLF001": any(name.startswith("_") for name in parameters),
        "UP042": has_enums,
    }
    found = [code for code, applies in codes.items() if applies]
    # RUF100 would report codes that the user's configuration does not select.
    return [f"# ruff: noqa: {', '.join([*found, 'RUF100'])}"] if found else []


def _module(top: Sequence[str], imports: str, blocks: Sequence[str]) -> str:
    """Joins the blocks with the blank lines of Python's formatters."""
    text = "\n".join([*top, "", imports, ""]) if imports else "\n".join([*top, ""])
    after_constant = True
    for block in blocks:
        is_constant = not block.startswith(("class ", "@", "def "))
        text += "\n" if is_constant and after_constant else "\n\n"
        text += f"{block}\n"
        after_constant = is_constant
    return text
