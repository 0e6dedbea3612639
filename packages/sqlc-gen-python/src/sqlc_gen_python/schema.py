"""Finds the types whose definition sqlc leaves out of its request.

sqlc hands over tables and enums, but of a domain only the name where it is used, and of a
composite type no fields. The schema files, which the request names, say the rest.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlc_gen_python.errors import GenerateError
from sqlc_gen_python.lexer import Kind, Token, tokens


@dataclass(frozen=True)
class TypeName:
    """A type as SQL spells it."""

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
    """`ALTER TYPE name RENAME TO other`, or another schema for it."""

    name: TypeName
    to: TypeName


Definition = Domain | Composite | Range

_END_OF_TYPE = {"collate", "constraint", "not", "null", "check", "default"}
# How dbmate, goose, sql-migrate and tern start what undoes a migration; sqlc stops there, too.
_UNDONE = re.compile(
    r"^(-- migrate:down|-- \+goose down|-- \+migrate down|---- create above / drop below ----)",
    re.IGNORECASE | re.MULTILINE,
)


def sql_files(paths: Iterable[str]) -> list[Path]:
    """Lists the files behind sqlc's `schema:` or `queries:`, each a file, a folder or a pattern.

    As sqlc does, it passes over hidden files and those that undo a migration.
    """
    found = [each for path in map(Path, paths) for each in matching(path)]
    files = [
        file for each in found for file in (sorted(each.iterdir()) if each.is_dir() else [each])
    ]
    return [
        file
        for file in files
        if file.suffix == ".sql" and file.name[0] != "." and not file.name.endswith(".down.sql")
    ]


def matching(path: Path) -> list[Path]:
    """Returns the files and folders that a path or pattern of sqlc's configuration stands for."""
    if path.exists():
        return [path]
    return sorted(Path(path.anchor or ".").glob(str(path.relative_to(path.anchor))))


def read_schema(path: Path) -> str:
    """Returns what a schema file does, without what undoes it.

    Raises `GenerateError` when it is no text.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise GenerateError(f"{path}: this file is not in UTF-8: {error.reason}") from None
    return _UNDONE.split(text, maxsplit=1)[0]


def definitions(sql: str) -> Iterator[Definition | Renamed]:
    """Yields the domains, composite types and range types that the text creates or renames."""
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
    """Splits at commas up to the closing bracket, leaving inner brackets whole."""
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
    """`numeric(10, 2)[]`, `timestamp (3) with time zone`, `"Sales".money_bag`."""
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
