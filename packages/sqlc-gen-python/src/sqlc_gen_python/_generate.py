"""Turns sqlc's request into the files of a Python package."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._model.build import build_query
from sqlc_gen_python._model.catalogue import Catalogue
from sqlc_gen_python._model.names import module_name
from sqlc_gen_python._model.query import Query
from sqlc_gen_python._python.flavour import flavours
from sqlc_gen_python._python.layout import header
from sqlc_gen_python._python.modules import render_models, render_querier, render_queries
from sqlc_gen_python._python.support_module import render_support
from sqlc_gen_python._python.types_module import TypesWriter
from sqlc_gen_python._sql.files import matching, read_schema, sql_files
from sqlc_gen_python._sql.schema import definitions
from sqlc_gen_python._sqlc.options import Options, parse_options
from sqlc_gen_python._sqlc.request import Request, parse_request


@dataclass(frozen=True)
class Analysis:
    """The models and queries of a request; the queries are in the order of the request."""

    options: Options
    catalogue: Catalogue
    queries: Sequence[Query]


def analyse(request: Request, options: bytes, warn: Callable[[str], object]) -> Analysis:
    """Determines the names and types of all generated classes and methods.

    Args:
        request: sqlc's request.
        options: The plugin's options, as JSON.
        warn: Called with the message of each warning.

    Raises:
        GenerateError: the request cannot be turned into Python.
    """
    if request.settings.engine != "postgresql":
        raise GenerateError(f"engine {request.settings.engine}: only postgresql is supported")
    parsed = parse_options(options)
    _check_folder(request)
    schema = [read_schema(path) for path in sql_files(request.settings.schema_)]
    types = [found for sql in schema for found in definitions(sql)]
    catalogue = Catalogue(request.catalog, types, parsed, warn)
    queries = [build_query(query, catalogue, parsed) for query in request.queries]
    _check_names(queries, parsed)
    _check_files(request)
    return Analysis(parsed, catalogue, queries)


def generate(request: bytes, warn: Callable[[str], object]) -> dict[str, str]:
    """Generates a package.

    Args:
        request: sqlc's `GenerateRequest` in JSON, as sqlc writes it to a plugin's standard input.
        warn: Called with the message of each warning.

    Returns:
        The text of each file by its name.

    Raises:
        GenerateError: the request cannot be turned into Python.
    """
    parsed = parse_request(request)
    analysis = analyse(parsed, parsed.plugin_options, warn)
    options, queries = analysis.options, analysis.queries
    version, settings = parsed.sqlc_version, parsed.settings
    files = _support(options, version)
    if options.support_module_only:
        return files
    of_schema = header(version, settings.schema_)
    files["models.py"] = render_models(analysis.catalogue, options, of_schema)
    sources = dict.fromkeys(query.filename for query in queries)
    for source in sources:
        found = [query for query in queries if query.filename == source]
        text = render_queries(source, found, options, header(version, [source]))
        files[f"{module_name(source)}.py"] = text
    if not flavours(options):
        return files
    modules = [module_name(source) for source in sources]
    files["querier.py"] = render_querier(modules, options, header(version, settings.queries))
    registrations = {r for query in queries for r in query.registrations}
    if registrations:
        files["_types.py"] = TypesWriter(options, analysis.catalogue).write(
            registrations, of_schema
        )
    return files


def _support(options: Options, version: str) -> dict[str, str]:
    if not (options.own_support and flavours(options)):
        return {}
    return {f"{options.own_support}.py": render_support(flavours(options), header(version))}


def _check_names(queries: Sequence[Query], options: Options) -> None:
    """Rejects queries and files that would define one Python name twice."""
    modules = {"models": "the models", "querier": "the queriers", "_types": "the types"}
    if options.own_support:
        modules[options.own_support] = "the support code"
    methods: dict[str, Query] = {}
    for query in queries:
        if query.batch:
            methods[query.batch_method] = query
    for query in queries:
        module = module_name(query.filename)
        if modules.setdefault(module, query.filename) != query.filename:
            raise GenerateError(
                f"{query.filename}: {module}.py is already the module of {modules[module]}"
            )
        other = methods.setdefault(query.method, query)
        if other is query:
            continue
        if other.name == query.name:
            raise GenerateError(f"{query.filename}: query {query.name} is defined twice")
        place = "" if other.filename == query.filename else f" of {other.filename}"
        raise GenerateError(
            f"{query.filename}: queries {other.name}{place} and {query.name}"
            f" would both be the method {query.method}"
        )


def _check_folder(request: Request) -> None:
    """Rejects runs outside the folder of sqlc.yaml, which sqlc doesn't tell plugins.

    Elsewhere the schema files would be missing, or belong to another project.
    """
    texts = {path.name: path.read_bytes() for path in sql_files(request.settings.queries)}
    missing = [path for path in request.settings.schema_ if not matching(Path(path))]
    missing += [
        query.filename
        for query in request.queries
        if query.name.encode() not in texts.get(query.filename, query.name.encode())
    ]
    if missing:
        raise GenerateError(
            f"{missing[0]}: sqlc reads another file than the plugin finds in {Path.cwd()}:"
            " run sqlc in the folder of its configuration file"
        )


def _check_files(request: Request) -> None:
    """Rejects query files without a query; sqlc ignores them if another file has one."""
    used = {query.filename for query in request.queries}
    for path in sql_files(request.settings.queries):
        if path.name not in used:
            raise GenerateError(f"{path}: this file contains no query")
