"""Rejects parameters whose type sqlc may have guessed wrongly.

sqlc gives a parameter the type of the column beside it and ignores operators and casts between
them: in `j->>'k' = $1` it infers `jsonb`, but PostgreSQL compares texts. Such a parameter would be
sent as `Jsonb` and fail at run time, so it needs a cast.
"""

from collections.abc import Sequence

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._sql.lexer import Token
from sqlc_gen_python._sql.words import OPERATOR, words
from sqlc_gen_python._sqlc.request import Parameter, Query

_SAME_ON_BOTH_SIDES = frozenset(["=", "<>", "!=", "<", ">", "<=", ">=", "@>", "<@", "||"])
_TEXT_OR_JSON = "text, or ::{} for JSON"
_CAST_OF = {
    "?": "text",
    "->": "text",
    "->>": "text",
    "-": "text",
    "?|": "text[]",
    "?&": "text[]",
    "#>": "text[]",
    "#>>": "text[]",
    "#-": "text[]",
    "@?": "jsonpath",
    "@@": "jsonpath",
}


def check_guesses(query: Query, place: str) -> None:
    """Checks that sqlc cannot have guessed the type of a parameter wrongly.

    Raises:
        GenerateError: a parameter needs a cast; the message suggests one.
    """
    found = list(words(query.text))
    for param in query.params:
        column = param.column
        if not column.original_name or not column.type:
            continue
        places = [at for at, word in enumerate(found) if word.text == f"${param.number}"]
        name = column.type.name.removeprefix("pg_catalog.")
        cast = None
        if name in {"json", "jsonb"} and not all(
            _is_json(found, at, query, param) for at in places
        ):
            cast = next(
                filter(None, (_cast_of(found, at) for at in places)), None
            ) or _TEXT_OR_JSON.format(name)
        elif column.is_array and any(_is_element(found, at) for at in places):
            cast = name
        if cast:
            raise GenerateError(
                f"{place}: parameter ${param.number} ({column.name or column.original_name}):"
                f" sqlc guesses the type of the column {column.original_name};"
                f" add a cast to the parameter, such as ::{cast}"
            )


def _is_json(words: Sequence[Token], at: int, query: Query, param: Parameter) -> bool:
    """Whether the parameter is compared with the column itself, or stored in it."""
    before = [word.name for word in words[max(at - 5, 0) : at]][::-1]
    after = [word.name for word in words[at + 1 : at + 3]]
    if after[:1] == ["::"] or before[:2] == ["(", "cast"]:
        return True
    if after[:1] == ["is"]:
        return not before[:1] or not OPERATOR.issuperset(before[0])
    name = param.column.original_name
    if before[:1] and before[0] in _SAME_ON_BOTH_SIDES and before[1:2] == [name]:
        return not _is_path(after)
    if before[:2] == ["from", "distinct"]:
        return name in before[2:]
    if after[:1] and after[0] in _SAME_ON_BOTH_SIDES:
        return _column_at(words, at + 2) == name
    return _is_in_list(words, at, query, name)


def _is_in_list(words: Sequence[Token], at: int, query: Query, name: str) -> bool:
    """Whether it is a value of an INSERT, or an argument of coalesce together with the column."""
    opening = _enclosing(words, at)
    if opening is None:
        between = [word.name for word in words[:at]]
        last = max((i for i, word in enumerate(between) if word in {"select", "from"}), default=0)
        return query.insert_into_table is not None and between[last : last + 1] == ["select"]
    if words[opening - 1].name in {"coalesce", "nullif"}:
        closing = next(i for i in range(at, len(words)) if words[i].text == ")")
        return name in [word.name for word in words[opening:closing]] and not any(
            _is_path([word.name]) for word in words[opening:closing]
        )
    while words[opening - 1].text == "," and words[opening - 2].text == ")":
        depth, opening = 1, opening - 2
        while depth and opening:
            opening -= 1
            depth += {")": 1, "(": -1}.get(words[opening].text, 0)
    return words[opening - 1].name == "values"


def _enclosing(words: Sequence[Token], at: int) -> int | None:
    depth = 0
    for index in range(at - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(words[index].text, 0)
        if depth < 0:
            return index
    return None


def _column_at(words: Sequence[Token], at: int) -> str | None:
    """Returns the column at a position, qualified or not, if it is a whole operand."""
    while [word.text for word in words[at + 1 : at + 2]] == ["."]:
        at += 2
    after = [word.name for word in words[at + 1 : at + 2]]
    return None if _is_path(after) or at >= len(words) else words[at].name


def _is_path(after: Sequence[str]) -> bool:
    """Whether an operator or a cast follows that changes the operand's type."""
    return bool(after) and (after[0] == "::" or after[0] in {"->", "->>", "#>", "#>>", "-", "#-"})


def _cast_of(words: Sequence[Token], at: int) -> str | None:
    """Returns the type of the right operand of the operator before the parameter."""
    return _CAST_OF.get(words[at - 1].text) if at else None


def _is_element(words: Sequence[Token], at: int) -> bool:
    """Whether the parameter is compared with the elements of an array column, as in `$1 = ANY (c)`."""
    after = [word.name for word in words[at + 1 : at + 4]]
    return len(after) > 2 and after[1] in {"any", "all", "some"} and after[2] == "("  # noqa: PLR2004
