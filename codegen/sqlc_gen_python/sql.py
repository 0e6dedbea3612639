"""The SQL text that a generated constant holds."""

import re

from codegen.sqlc_gen_python.lexer import Kind, Token, tokens
from codegen.sqlc_gen_python.request import Query


def statement(query: Query) -> str:
    """Returns the query with `IN (slice)` as an array comparison and no trailing blanks.

    psycopg's raw cursors send the text as it stands, `$1` and `%` included. A slice is one
    array parameter, so `IN ($1)` becomes `= ANY ($1)` and `NOT IN ($1)` becomes `<> ALL ($1)`.
    """
    slices = {f"${param.number}" for param in query.params if param.column.is_sqlc_slice}
    return "".join(map(_text, _with_arrays([*tokens(query.text)], slices))).strip()


def copy_statement(query: Query) -> str:
    """Returns the COPY that stands for an INSERT of parameters."""
    table = query.insert_into_table
    name = ".".join(_quoted(part) for part in (table.schema_, table.name) if part) if table else ""
    params = sorted(query.params, key=lambda param: param.number)
    columns = ", ".join(_quoted(param.column.original_name) for param in params)
    return f"COPY {name} ({columns}) FROM STDIN"


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _text(token: Token) -> str:
    if token.kind is Kind.SPACE:
        return re.sub(r"[^\S\n]*\n", "\n", token.text)
    return token.text.rstrip() if token.kind is Kind.COMMENT else token.text


def _with_arrays(pieces: list[Token], slices: set[str]) -> list[Token]:
    """Turns `[NOT] IN (slice)` into a comparison with an array."""
    solid = [i for i, piece in enumerate(pieces) if piece.kind not in {Kind.SPACE, Kind.COMMENT}]
    for at, index in enumerate(solid):
        around = [pieces[i].name for i in solid[max(at - 3, 0) : at + 2]]
        if pieces[index].text not in slices or around[-4:] != ["in", "(", pieces[index].text, ")"]:
            continue
        word_in, word_not = solid[at - 2], solid[at - 3]
        if around[0] == "not":
            pieces[word_not] = Token(Kind.SYMBOL, "<>")
            pieces[word_in] = Token(Kind.WORD, "ALL")
        else:
            pieces[word_in] = Token(Kind.WORD, "= ANY")
    return pieces
