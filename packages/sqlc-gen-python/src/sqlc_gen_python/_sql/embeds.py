"""Rejects `sqlc.embed` of a table that sqlc takes for the table of another schema."""

from collections.abc import Callable, Sequence

from sqlc_gen_python._errors import GenerateError
from sqlc_gen_python._sql.words import words
from sqlc_gen_python._sqlc.request import Query

_AFTER_TABLE = frozenset(
    [
        "cross",
        "fetch",
        "for",
        "full",
        "group",
        "having",
        "inner",
        "join",
        "left",
        "limit",
        "natural",
        "offset",
        "on",
        "order",
        "returning",
        "right",
        "set",
        "tablesample",
        "union",
        "using",
        "values",
        "where",
        "window",
        "except",
        "intersect",
    ]
)
"""Words that may follow a table without an alias."""


def check_embeds(query: Query, schemas_of: Callable[[str], Sequence[str]], place: str) -> None:
    """Checks that `sqlc.embed(t)` doesn't embed the table `t` of another schema.

    sqlc would take `t` for the table of the default schema.

    Args:
        query: The query.
        schemas_of: Returns the other schemas that have a table of a name.
        place: The start of an error's message.

    Raises:
        GenerateError: the table needs an alias.
    """
    names = [word.name for word in words(query.text)]
    for column in query.columns:
        table = column.embed_table
        if table is None or table.schema_:
            continue
        for schema in schemas_of(table.name):
            for at in range(len(names)):
                if names[at : at + 3] != [schema, ".", table.name]:
                    continue
                alias = [name for name in names[at + 3 : at + 5] if name != "as"][:1]
                is_alias = alias and alias[0].isidentifier() and alias[0] not in _AFTER_TABLE
                if is_alias and alias != [table.name]:
                    continue
                raise GenerateError(
                    f"{place}: sqlc takes sqlc.embed({table.name}) for the table of the default"
                    f" schema, not for {schema}.{table.name}; write"
                    f" FROM {schema}.{table.name} AS {schema}_{table.name} and embed the alias"
                )
