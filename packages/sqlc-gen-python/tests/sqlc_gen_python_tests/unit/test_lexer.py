from hypothesis import given
from hypothesis import strategies as st

from sqlc_gen_python._sql.lexer import Kind, tokens

PIECES = st.sampled_from(
    [
        "'",
        '"',
        "$",
        "$$",
        "$a$",
        "$1",
        "--",
        "/*",
        "*/",
        "\n",
        " ",
        "e'",
        "\\",
        "a",
        "é",
        "1.5",
        ";",
        "%",
    ]
)


@given(st.lists(PIECES).map("".join) | st.text())
def test_tokens_keep_every_character(sql: str) -> None:
    assert "".join(token.text for token in tokens(sql)) == sql


def test_kinds_of_tokens() -> None:
    sql = """a "b""c" 'd''$1' e'f\\'g' $1 $x$ $2 'h' $x$ $$i$$ -- $3
/* /* $4 */ */ 1.5 U&'j' k$5 ::"""
    found = [(token.kind, token.text) for token in tokens(sql) if token.kind is not Kind.SPACE]
    assert found == [
        (Kind.WORD, "a"),
        (Kind.QUOTED_NAME, '"b""c"'),
        (Kind.STRING, "'d''$1'"),
        (Kind.STRING, "e'f\\'g'"),
        (Kind.PARAMETER, "$1"),
        (Kind.STRING, "$x$ $2 'h' $x$"),
        (Kind.STRING, "$$i$$"),
        (Kind.COMMENT, "-- $3"),
        (Kind.COMMENT, "/* /* $4 */ */"),
        (Kind.NUMBER, "1.5"),
        (Kind.STRING, "U&'j'"),
        (Kind.WORD, "k$5"),
        (Kind.SYMBOL, ":"),
        (Kind.SYMBOL, ":"),
    ]


def test_names_of_identifiers() -> None:
    assert [token.name for token in tokens('Ab."C""d"')] == ["ab", ".", 'C"d']
