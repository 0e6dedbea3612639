"""Rewrites a statement for one argument into the statement for many: the batch form of a query marked `@batch`."""

from collections.abc import Mapping, Sequence

from sqlc_gen_python._sql.lexer import Kind, Token, tokens

MARK = "@batch"
"""The line of a query's comment that asks for its batch form."""
RECORD = "batch"
"""The name under which the batch form of an INSERT reads its rows."""

_OTHER_CLAUSES = frozenset(
    ["between", "distinct", "except", "fetch", "for", "group", "having", "intersect", "join", "limit", "offset", "or",
     "order", "union", "window"]
)  # fmt: skip
"""Clauses that mean something else for many keys than for one, or whose rows a key does not tell apart."""


class NotBatchableError(Exception):
    """The statement has no batch form; the text says why."""


def insert_many(
    sql: str, columns: Mapping[int, tuple[str, str]], *, has_returning: bool = False
) -> str:
    """Returns `INSERT … SELECT` from one jsonb parameter for an `INSERT … VALUES` of one row.

    Args:
        sql: The statement.
        columns: The number of each parameter → its name and its type in the records.
        has_returning: Whether RETURNING must follow the values, instead of nothing.

    Raises:
        NotBatchableError: the statement is another one.
    """
    pieces = list(tokens(sql))
    solid = [at for at, piece in enumerate(pieces) if piece.kind not in {Kind.SPACE, Kind.COMMENT}]
    names = [pieces[at].name for at in solid]
    if names[:2] != ["insert", "into"]:
        raise NotBatchableError("it is no INSERT")
    # INSERT INTO table (columns) VALUES (values)
    opening = names.index("(") if "(" in names else 0
    if not opening or not set(names[3:opening:2]) <= {"."}:
        raise NotBatchableError("it must name its columns, and give its table no alias")
    closing = _closing(names, opening)
    if names[closing + 1 : closing + 3] != ["values", "("]:
        raise NotBatchableError("it has no VALUES after its columns")
    last = _closing(names, closing + 2)
    if has_returning and names[last + 1 : last + 2] != ["returning"]:
        raise NotBatchableError("it has no RETURNING after its values")
    if not has_returning and names[last + 1 :] not in ([], [";"]):
        found = " ".join(names[last + 1 : last + 3])
        raise NotBatchableError(f"only one row of VALUES is supported, without {found}")
    if any(pieces[at].kind is Kind.PARAMETER for at in solid[last + 1 :]):
        raise NotBatchableError("its RETURNING contains a parameter")
    inside = names[closing + 3 : last]
    for word in ("default", "select"):
        if word in inside:
            raise NotBatchableError(f"VALUES contains {word.upper()}")
    head = "".join(piece.text for piece in pieces[: solid[closing + 1]]).rstrip()
    values = "".join(
        f"{RECORD}.{_quoted(columns[int(piece.text[1:])][0])}"
        if piece.kind is Kind.PARAMETER
        else piece.text
        for piece in pieces[solid[closing + 2] + 1 : solid[last]]
    ).strip()
    record = ", ".join(f"{_quoted(name)} {type_}" for name, type_ in columns.values())
    tail = "".join(piece.text for piece in pieces[solid[last] + 1 :]).rstrip().rstrip(";").rstrip()
    return f"{head}\nSELECT {values}\nFROM jsonb_to_recordset($1) AS {RECORD} ({record}){tail}"


def select_many(sql: str, column: str, array: str) -> str:
    """Returns the SELECT with `= ANY` for a SELECT of one table with `column = $1`.

    Args:
        sql: The statement.
        column: The name of the column.
        array: The type of the array in SQL.

    Raises:
        NotBatchableError: the statement is another one.
    """
    pieces = list(tokens(sql))
    solid = [at for at, piece in enumerate(pieces) if piece.kind not in {Kind.SPACE, Kind.COMMENT}]
    names = [pieces[at].name for at in solid]
    outer = _outermost(names)
    if names[:1] != ["select"] or "where" not in outer:
        raise NotBatchableError("it is no SELECT … WHERE column = $1")
    source = names[names.index("from") + 1 : names.index("where")] if "from" in outer else []
    for at in solid:
        if pieces[at].kind is Kind.WORD and pieces[at].name in _OTHER_CLAUSES:
            raise NotBatchableError(f"it contains {pieces[at].text.upper()}")
    if not source or "," in source or "(" in source:
        raise NotBatchableError("it doesn't read one table")
    at = names.index("$1")
    start = at - 2 - (2 if names[at - 3] == "." else 0)
    is_compared = names[at - 2 : at] == [column, "="] and names[start - 1] in {"where", "and"}
    is_whole = names[at + 1 : at + 2] in ([], [";"], ["and"])
    if names.count("$1") > 1 or not is_compared or not is_whole or at not in _positions(names):
        raise NotBatchableError(f"the key must be compared once, as {column} = $1")
    pieces[solid[at]] = Token(Kind.PARAMETER, f"ANY ($1::{array})")
    return "".join(piece.text for piece in pieces).strip().rstrip(";").rstrip()


def _closing(names: Sequence[str], opening: int) -> int:
    """Returns the position of the bracket that closes the one at a position."""
    depth = 0
    for at in range(opening, len(names)):
        depth += {"(": 1, ")": -1}.get(names[at], 0)
        if not depth:
            return at
    return len(names)


def _outermost(names: Sequence[str]) -> list[str]:
    return [names[at] for at in _positions(names)]


def _positions(names: Sequence[str]) -> list[int]:
    """Returns the positions outside of all brackets."""
    depth, found = 0, []
    for at, name in enumerate(names):
        depth -= name == ")"
        if not depth:
            found.append(at)
        depth += name == "("
    return found


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
