"""Compares the types of all packages of a sqlc.yaml with their databases."""

from collections.abc import Iterator
from pathlib import Path

import psycopg

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._generate import Analysis, analyse
from sqlc_gen_python._model.query import Command, Query
from sqlc_gen_python._sql.files import sql_files
from sqlc_gen_python._sql.statement import statement
from sqlc_gen_python._verify.compare import batch_differences, differences
from sqlc_gen_python._verify.config import Package, read_packages
from sqlc_gen_python._verify.server import Server


def verify(file: Path) -> tuple[int, list[str]]:
    """Lets PostgreSQL prepare the queries, without running them, and compares the types.

    Args:
        file: The configuration of sqlc.

    Returns:
        The number of queries, and a line for each type that differs.

    Raises:
        GenerateError: the configuration cannot be used, or a server cannot be reached.
    """
    lines: list[str] = []
    number = 0
    for package in read_packages(file):
        analysis = analyse(package.request, package.options, lambda _: None)
        number += len(analysis.queries)
        try:
            with Server.connect(package.database_url) as server:
                lines += _package(package, analysis, server)
        except psycopg.OperationalError as error:
            problem = " ".join(str(error).split())
            raise GenerateError(f"{file}: {analysis.options.package}: {problem}") from None
    return number, lines


def _package(package: Package, analysis: Analysis, server: Server) -> Iterator[str]:
    files = {path.name: path for path in sql_files(package.request.settings.queries)}
    for requested, query in zip(package.request.queries, analysis.queries, strict=True):
        place = f"{files.get(query.filename, query.filename)}: query {query.name}"
        # PostgreSQL cannot prepare COPY; the INSERT has the same parameters.
        sql = statement(requested) if query.command is Command.COPYFROM else query.sql
        for problem in _query(query, sql, analysis, server):
            yield f"{place}: {problem}"


def _query(query: Query, sql: str, analysis: Analysis, server: Server) -> Iterator[str]:
    try:
        found = server.describe(sql)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        yield f"PostgreSQL rejects it: {error.diag.message_primary or error}"
        return
    yield from differences(query, analysis.catalogue.types, found)
    if query.batch is None:
        return
    try:
        yield from batch_differences(query.batch, found, server)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        yield f"PostgreSQL rejects its batch: {error.diag.message_primary or error}"
