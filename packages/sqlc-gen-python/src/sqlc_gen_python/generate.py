"""Turns sqlc's request into the files of a Python package."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlc_gen_python.build import build_query
from sqlc_gen_python.catalogue import Catalogue
from sqlc_gen_python.errors import GenerateError
from sqlc_gen_python.flavour import flavours
from sqlc_gen_python.names import module_name
from sqlc_gen_python.options import Options, parse_options
from sqlc_gen_python.query import Command, Query
from sqlc_gen_python.render import render_models, render_queries
from sqlc_gen_python.request import Request
from sqlc_gen_python.schema import definitions, matching, read_schema, sql_files
from sqlc_gen_python.support import SupportWriter


@dataclass(frozen=True)
class Analysis:
    """What a request asks for: the models and the queries, in the order of the request."""

    options: Options
    catalogue: Catalogue
    queries: Sequence[Query]


def analyse(request: Request, options: bytes, warn: Callable[[str], None]) -> Analysis:
    """Works out the names and types of everything that is generated.

    Raises `GenerateError` for what cannot be generated.
    """
    if request.settings.engine != "postgresql":
        raise GenerateError(f"engine {request.settings.engine}: only postgresql is supported")
    parsed = parse_options(options)
    _check_folder(request)
    schema = [read_schema(path) for path in sql_files(request.settings.schema_)]
    types = [found for sql in schema for found in definitions(sql)]
    catalogue = Catalogue(request.catalog, types, parsed, warn)
    queries = [build_query(query, catalogue, parsed) for query in request.queries]
    _check_names(queries)
    _check_files(request)
    return Analysis(parsed, catalogue, queries)


def generate(request: Request, warn: Callable[[str], None]) -> dict[str, str]:
    """Returns the text of each file by its name.

    Raises `GenerateError` for what cannot be generated.
    """
    analysis = analyse(request, request.plugin_options, warn)
    options, catalogue, queries = analysis.options, analysis.catalogue, analysis.queries
    version = request.sqlc_version
    files = {"models.py": render_models(catalogue, options, version)}
    for source in dict.fromkeys(query.filename for query in queries):
        found = [query for query in queries if query.filename == source]
        files[f"{module_name(source)}.py"] = render_queries(source, found, options, version)
    if flavours(options):
        files |= _support(SupportWriter(options, version), catalogue, queries)
    return files


def _support(
    writer: SupportWriter, catalogue: Catalogue, queries: Sequence[Query]
) -> dict[str, str]:
    """Writes the modules that some kinds of queries need beside them."""
    files = {}
    commands = {query.command for query in queries}
    registrations = {r for query in queries for r in query.registrations}
    if commands & {Command.ONE, Command.MANY, Command.EXECROWS}:
        files["_results.py"] = writer.results(commands, registers=bool(registrations))
    if registrations:
        files["_types.py"] = writer.types(registrations, catalogue)
    return files


def _check_names(queries: Sequence[Query]) -> None:
    """Refuses what would define one Python name twice."""
    modules = {"models": "the models", "_results": "the results", "_types": "the types"}
    methods: dict[tuple[str, str], str] = {}
    for query in queries:
        module = module_name(query.filename)
        if modules.setdefault(module, query.filename) != query.filename:
            raise GenerateError(
                f"{query.filename}: {module}.py is already the module of {modules[module]}"
            )
        other = methods.get((module, query.method))
        if other == query.name:
            raise GenerateError(f"{query.filename}: there are two queries {query.name}")
        if other is not None:
            raise GenerateError(
                f"{query.filename}: queries {other} and {query.name}"
                f" would both be the method {query.method}"
            )
        methods[module, query.method] = query.name


def _check_folder(request: Request) -> None:
    """Refuses to run elsewhere than in sqlc.yaml's folder, which sqlc does not tell plugins.

    The schema files would not be found, or be another project's.
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
            f"{missing[0]} is not what sqlc reads, seen from {Path.cwd()}:"
            " run sqlc in the folder of its configuration file"
        )


def _check_files(request: Request) -> None:
    """Refuses a query file without a query, which sqlc passes over if another file has one."""
    used = {query.filename for query in request.queries}
    for path in sql_files(request.settings.queries):
        if path.name not in used:
            raise GenerateError(f"{path}: there is no query in this file")
