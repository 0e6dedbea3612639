"""The types of a statement, which PostgreSQL prepares and doesn't run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from sqlc_gen_python._sql.schema import TypeName

SECONDS_MAX = 10
_TYPE = """
SELECT nspname, typname, typtype, format_type(pg_type.oid, NULL),
    CASE WHEN typlen = -1 AND typcategory = 'A' THEN typelem ELSE 0 END::oid
FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_namespace.oid = typnamespace
WHERE pg_type.oid = $1
"""
# The catalogue has no NOT NULL for columns of views, so views are left out.
_NULLABLE = """
SELECT attnum
FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_class ON pg_class.oid = attrelid
WHERE attrelid = $1 AND relkind IN ('r', 'p', 'f') AND NOT attnotnull AND attnum > 0
"""


@dataclass(frozen=True)
class ServerType:
    """A type in PostgreSQL's catalogue."""

    name: TypeName
    sql: str
    """The name in a cast."""


@dataclass(frozen=True)
class ServerColumn:
    """A column of a result."""

    type: ServerType
    is_nullable_column: bool
    """Whether it is a table's column without NOT NULL; False for expressions."""


@dataclass(frozen=True)
class Description:
    """The parameters and columns of a statement."""

    params: Sequence[ServerType]
    columns: Sequence[ServerColumn]


class Server:
    """One database."""

    def __init__(self, conn: psycopg.Connection) -> None:
        self._conn = conn
        self._type = cache(self._read_type)
        self._nullable = cache(self._read_nullable)

    @classmethod
    @contextmanager
    def connect(cls, url: str) -> "Iterator[Server]":
        """Connects for a `with` block; waits at most `SECONDS_MAX` for the server and for locks."""
        with psycopg.connect(url, autocommit=True, connect_timeout=SECONDS_MAX) as conn:
            conn.execute("SELECT set_config('lock_timeout', %s, false)", (f"{SECONDS_MAX}s",))
            yield cls(conn)

    def describe(self, sql: str) -> Description:
        """Lets the server infer the types of a statement.

        Raises:
            psycopg.Error: PostgreSQL rejects the statement.
        """
        pgconn = self._conn.pgconn
        self._checked(pgconn.prepare(b"", sql.encode()))
        result = self._checked(pgconn.describe_prepared(b""))
        return Description(
            [self._type(result.param_type(number)) for number in range(result.nparams)],
            [
                ServerColumn(
                    self._type(result.ftype(number)),
                    result.ftablecol(number) in self._nullable(result.ftable(number)),
                )
                for number in range(result.nfields)
            ],
        )

    def _checked(self, result: PGresult) -> PGresult:
        if result.status == ExecStatus.FATAL_ERROR:
            raise psycopg.errors.error_from_result(result, encoding="utf-8")
        return result

    def _read_type(self, oid: int) -> ServerType:
        row = psycopg.RawCursor(self._conn).execute(_TYPE, (oid,)).fetchone()
        if row is None:
            return ServerType(TypeName("pg_catalog", "unknown"), "unknown")
        schema, name, kind, sql, element = row
        if element:
            inner = self._type(element).name
            return ServerType(TypeName(inner.schema, inner.name, array_dims=1), sql)
        return ServerType(TypeName(schema, name), sql if kind != "p" else name)

    def _read_nullable(self, table: int) -> frozenset[int]:
        if not table:
            return frozenset()
        rows = psycopg.RawCursor(self._conn).execute(_NULLABLE, (table,))
        return frozenset(number for (number,) in rows)
