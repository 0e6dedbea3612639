"""The command: every package of a sqlc.yaml against its database."""

from collections.abc import Iterator
from pathlib import Path

import psycopg

from sqlc_gen_python.errors import GenerateError
from sqlc_gen_python.generate import Analysis, analyse
from sqlc_gen_python.query import Command, Query
from sqlc_gen_python.schema import sql_files
from sqlc_gen_python.sql import statement
from sqlc_gen_python.verify.compare import differences
from sqlc_gen_python.verify.config import Package, read_packages
from sqlc_gen_python.verify.server import Server


def verify(file: Path) -> tuple[int, list[str]]:
    """Returns the number of queries, and a line for each type that is not true.

    Nothing is run: PostgreSQL prepares each statement and says what it takes and returns.

    Raises `GenerateError` for a configuration that cannot be used and for a server that cannot
    be reached.
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
    for asked, query in zip(package.request.queries, analysis.queries, strict=True):
        place = f"{files.get(query.filename, query.filename)}: query {query.name}"
        # Of a COPY there is nothing to prepare: it takes what the INSERT takes.
        sql = statement(asked) if query.command is Command.COPYFROM else query.sql
        for problem in _query(query, sql, analysis, server):
            yield f"{place}: {problem}"


def _query(query: Query, sql: str, analysis: Analysis, server: Server) -> Iterator[str]:
    try:
        found = server.describe(sql)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        yield f"PostgreSQL refuses it: {error.diag.message_primary or error}"
        return
    yield from differences(query, analysis.catalogue.types, found)
