"""The SQL text of the generated constants."""

import re

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._sql.lexer import Kind, Token, tokens
from sqlc_gen_python._sqlc.request import Query


def statement(query: Query) -> str:
    """Returns the query without trailing blanks and with array comparisons for its slices.

    psycopg's raw cursors send the text unchanged, with `$1` and `%`. A slice is one array
    parameter, so `IN ($1)` becomes `= ANY ($1)` and `NOT IN ($1)` becomes `<> ALL ($1)`.
    """
    slices = {f"${param.number}" for param in query.params if param.column.is_sqlc_slice}
    return "".join(map(_text, _with_arrays([*tokens(query.text)], slices))).strip()


def check(query: Query, place: str, *, is_copy: bool) -> None:
    """Checks that PostgreSQL understands the text as sqlc did.

    Raises:
        GenerateError: sqlc missed a parameter, or a slice or `:copyfrom` is used where it can't be.
    """
    text = re.sub(r"\s+", " ", "".join(map(_bare, tokens(query.text))).lower())
    # sqlc ignores the parameters of statements such as MERGE and leaves them in the text.
    known = {f"${param.number}" for param in query.params}
    for found in re.findall(
        r"\$\d+|\bsqlc ?\. ?n?arg ?\(|(?<![-+*/<>=~!@#%^&|`?])@[a-z_]\w*", text
    ):
        if found not in known:
            raise GenerateError(
                f"{place}: sqlc finds no parameters in this kind of statement: {found}"
            )
    for param in query.params:
        number = rf"\${param.number}\b"
        inside = rf"\bin ?\((?! ?{number} ?\))(?! ?(?:select|with|values)\b)[^()]*{number}"
        if param.column.is_sqlc_slice and re.search(inside, text):
            raise GenerateError(f"{place}: sqlc.slice must be the only item in the brackets of IN")
        if is_copy and not param.column.original_name:
            raise GenerateError(f"{place}: :copyfrom needs {param.column.name} without a cast")
        if is_copy and len(re.findall(number, text)) > 1:
            raise GenerateError(f"{place}: :copyfrom needs a parameter for each column")


def _bare(token: Token) -> str:
    """Returns the token's text, with comments and quoted text blanked out."""
    if token.kind is Kind.COMMENT:
        return " "
    return "''" if token.kind in {Kind.STRING, Kind.QUOTED_NAME} else token.text


def copy_statement(query: Query) -> str:
    """Returns the COPY statement that replaces an INSERT of parameters."""
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
    """Replaces `[NOT] IN (slice)` by a comparison with an array."""
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
