"""Splits SQL of PostgreSQL into tokens and keeps every character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    """The kind of a token."""

    SPACE = auto()
    COMMENT = auto()
    STRING = auto()
    """Includes bit strings, escape strings and dollar-quoted strings."""
    QUOTED_NAME = auto()
    PARAMETER = auto()
    """`$1`."""
    NUMBER = auto()
    WORD = auto()
    """A keyword or an unquoted name."""
    SYMBOL = auto()
    """Any other single character."""


@dataclass(frozen=True)
class Token:
    """A piece of SQL text."""

    kind: Kind
    text: str

    @property
    def name(self) -> str:
        """The identifier of a word or a quoted name, and the text of any other token."""
        if self.kind is Kind.QUOTED_NAME:
            return self.text[1:-1].replace('""', '"')
        return self.text.lower() if self.kind is Kind.WORD else self.text


# PostgreSQL's manual, chapter 4.1. Block comments nest, so the pattern matches only their start.
_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--[^\r\n]*|/\*)
  | (?P<string>
        [eE]'(?:[^'\\]|\\.|'')*'
      | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'
      | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
    )
  | (?P<quoted_name>(?:[uU]&)?"(?:[^"]|"")*")
  | (?P<parameter>\$\d+)
  | (?P<number>\d[\w.]*|\.\d\w*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<symbol>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def tokens(sql: str) -> Iterator[Token]:
    """Yields the tokens of the text; their concatenation is the text."""
    position = 0
    while match := _TOKEN.match(sql, position):
        kind = next(kind for kind in Kind if match[kind] is not None)
        end = _end_of_block_comment(sql, position) if match.group() == "/*" else match.end()
        yield Token(kind, sql[position:end])
        position = end


def _end_of_block_comment(sql: str, start: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)
