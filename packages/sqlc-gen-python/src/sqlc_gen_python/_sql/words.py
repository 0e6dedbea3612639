"""Splits SQL into words: tokens without spaces and comments, and whole operators."""

from collections.abc import Iterator

from sqlc_gen_python._sql.lexer import Kind, Token, tokens

OPERATOR = frozenset("+-*/<>=~!@#%^&|`?")
"""The characters of operators."""


def words(sql: str) -> Iterator[Token]:
    """Yields the tokens without spaces and comments; an operator is one token."""
    text = ""
    for token in tokens(sql):
        is_part = token.kind is Kind.SYMBOL and (token.text in OPERATOR or token.text == ":")
        if text and not is_part:
            yield Token(Kind.SYMBOL, text)
            text = ""
        if is_part:
            text += token.text
        elif token.kind not in {Kind.SPACE, Kind.COMMENT}:
            yield token
    if text:
        yield Token(Kind.SYMBOL, text)
