"""Reads the type definitions that sqlc's request lacks.

The request contains tables and enums, but neither the base types of domains nor the fields of
composite types. This module reads them from the schema files that the request names.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlc_gen_python._sql.lexer import Kind, Token, tokens


@dataclass(frozen=True)
class TypeName:
    """The name of a type in SQL."""

    schema: str
    name: str
    array_dims: int = 0


@dataclass(frozen=True)
class Domain:
    """`CREATE DOMAIN name AS base`."""

    name: TypeName
    base: TypeName


@dataclass(frozen=True)
class Composite:
    """`CREATE TYPE name AS (field type, …)`."""

    name: TypeName
    fields: tuple[tuple[str, TypeName], ...]


@dataclass(frozen=True)
class Range:
    """`CREATE TYPE name AS RANGE (subtype = …)`."""

    name: TypeName
    subtype: TypeName


@dataclass(frozen=True)
class Renamed:
    """`ALTER TYPE name RENAME TO other` or `SET SCHEMA other`."""

    name: TypeName
    to: TypeName


Definition = Domain | Composite | Range

_END_OF_TYPE = {"collate", "constraint", "not", "null", "check", "default"}


def definitions(sql: str) -> Iterator[Definition | Renamed]:
    """Yields the domains, composite types and ranges that the text creates, and its renamings."""
    for statement in _statements(sql):
        words = [token.name for token in statement[:2]]
        if words == ["create", "domain"]:
            name, rest = _qualified(statement[2:])
            base = rest[1:] if rest and rest[0].name == "as" else rest
            yield Domain(name, _type(base))
        elif words == ["create", "type"]:
            name, rest = _qualified(statement[2:])
            yield from _created_type(name, [token.name for token in rest], rest)
        elif words in (["alter", "domain"], ["alter", "type"]):
            name, rest = _qualified(statement[2:])
            match [token.name for token in rest]:
                case ["rename", "to", other]:
                    yield Renamed(name, TypeName(name.schema, other))
                case ["set", "schema", other]:
                    yield Renamed(name, TypeName(other, name.name))


def _created_type(name: TypeName, words: list[str], rest: list[Token]) -> Iterator[Definition]:
    if words[:2] == ["as", "("]:
        fields = [(part[0].name, _type(part[1:])) for part in _parts(rest[2:]) if part]
        yield Composite(name, tuple(fields))
    elif words[:3] == ["as", "range", "("]:
        for part in _parts(rest[3:]):
            if [token.name for token in part[:2]] == ["subtype", "="]:
                yield Range(name, _type(part[2:]))


def _statements(sql: str) -> Iterator[list[Token]]:
    statement: list[Token] = []
    for token in tokens(sql):
        if token.text == ";":
            yield statement
            statement = []
        elif token.kind not in {Kind.SPACE, Kind.COMMENT}:
            statement.append(token)
    yield statement


def _parts(inside: list[Token]) -> Iterator[list[Token]]:
    """Splits at the commas before the closing bracket that are in no inner brackets."""
    part: list[Token] = []
    depth = 0
    for token in inside:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            break
        if token.text == "," and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _qualified(rest: list[Token]) -> tuple[TypeName, list[Token]]:
    names = [token.name for token in rest[:3]]
    if names[1:2] == ["."]:
        return TypeName(names[0], names[-1]), rest[3:]
    return TypeName("", names[0]), rest[1:]


def _type(spelled: list[Token]) -> TypeName:
    """Parses a type such as `numeric(10, 2)[]`, `timestamp (3) with time zone` or `"S".money_bag`."""
    words: list[str] = []
    depth = dims = 0
    for token in spelled:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind is Kind.WORD and token.name in _END_OF_TYPE:
            break
        if token.text == "[":
            dims += 1
        elif depth == 0 and token.kind in {Kind.WORD, Kind.QUOTED_NAME}:
            words.append(token.name)
    qualified = len(spelled) > 1 and spelled[1].text == "."
    schema = words.pop(0) if qualified else ""
    return TypeName(schema, " ".join(words), dims)
