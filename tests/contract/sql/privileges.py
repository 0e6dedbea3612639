"""The privileges that a statement needs, from PostgreSQL's own analysis of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
from psycopg.errors import Diagnostic
from psycopg.pq import ExecStatus

INSERT, SELECT, UPDATE, DELETE = 1, 2, 4, 8
"""Bits of AclMode (src/include/nodes/parsenodes.h)."""
WHOLE_TABLE = {INSERT: "INSERT", SELECT: "SELECT", DELETE: "DELETE"}
ATTRIBUTE_OFFSET = 7
"""Sets of columns count from FirstLowInvalidHeapAttributeNumber, which is -7 (src/include/access/sysattr.h)."""
PERMISSIONS = re.compile(
    r"\{RTEPERMISSIONINFO :relid (\d+) :inh \w+ :requiredPerms (\d+) .*?:updatedCols \(b ?([\d ]*)\)\}"
)

Column = str
ANY = ""
"""In the place of a column: the privilege on any column is enough, as for FOR UPDATE."""


@dataclass(frozen=True)
class Privilege:
    """A privilege on a table, or on one of its columns."""

    table: str
    verb: str
    column: Column | None = None


class Analyst:
    """A session in which PostgreSQL reports the parse tree of each statement."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._trees: list[str] = []
        connection.add_notice_handler(self._note)
        connection.execute("SET debug_pretty_print = off")
        connection.execute("SET debug_print_parse = on")
        connection.execute("SET client_min_messages = log")

    def needs(self, statement: str) -> set[Privilege]:
        """Returns the privileges that PostgreSQL checks when a statement runs; the statement isn't run."""
        self._trees.clear()
        result = self._connection.pgconn.prepare(b"", statement.encode())
        assert result.status == ExecStatus.COMMAND_OK, result.error_message
        # The server breaks the line of a tree between words.
        found = [
            match for tree in self._trees for match in PERMISSIONS.finditer(" ".join(tree.split()))
        ]
        return {
            privilege
            for relation, bits, columns in (match.groups() for match in found)
            for privilege in self._privileges(int(relation), int(bits), columns.split())
        }

    def _privileges(self, relation: int, bits: int, columns: list[str]) -> Iterator[Privilege]:
        table, names = self._relation(relation)
        if not names:
            return
        yield from (Privilege(table, verb) for bit, verb in WHOLE_TABLE.items() if bits & bit)
        if bits & UPDATE:
            updated = [names[int(number) - ATTRIBUTE_OFFSET] for number in columns]
            yield from (Privilege(table, "UPDATE", name) for name in updated or [ANY])

    def _relation(self, oid: int) -> tuple[str, dict[int, str]]:
        """Returns the name of a table of the schema public and its columns; none for another relation."""
        rows = self._connection.execute(
            "SELECT relname, attnum, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE pg_class.oid = %s AND relnamespace = 'public'::regnamespace AND attnum > 0",
            (oid,),
        ).fetchall()
        return (rows[0][0] if rows else "", {number: name for _, number, name in rows})

    def _note(self, diagnostic: Diagnostic) -> None:
        self._trees.append(diagnostic.message_detail or "")


def granted(connection: psycopg.Connection, role: str) -> set[Privilege]:
    """Returns the privileges of a role on the tables of the schema public, as they were granted."""
    tables = connection.execute(
        "SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)"
        " WHERE relnamespace = 'public'::regnamespace AND relkind <> 'S' AND grantee = %s::regrole",
        (role,),
    ).fetchall()
    columns = connection.execute(
        "SELECT relname, privilege_type, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid,"
        " aclexplode(attacl) WHERE relnamespace = 'public'::regnamespace AND grantee = %s::regrole",
        (role,),
    ).fetchall()
    return {Privilege(*row) for row in (*tables, *columns)}
